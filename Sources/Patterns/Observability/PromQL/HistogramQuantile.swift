/// The quantile of a histogram whose buckets count everything up to their bound.
///
/// Within a bucket the observations are taken to be spread evenly: a quantile is a guess as fine
/// as the buckets are.
public struct HistogramQuantile: Sendable {
  /// A bucket: how many observations were at most its bound.
  public struct Bucket: Sendable, Hashable {
    /// The upper bound, as in the label `le`.
    public let bound: Double
    /// The observations up to it.
    public let count: Double

    /// A bucket.
    public init(upTo bound: Double, count: Double) {
      self.bound = bound
      self.count = count
    }
  }

  /// The value that the share `q` of the observations does not exceed, as Prometheus computes it.
  public static func value(_ q: Double, _ buckets: [Bucket]) -> Double {
    if q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    let sorted = monotonic(merged(buckets.sorted { $0.bound < $1.bound }))
    guard let last = sorted.last, last.bound == .infinity, sorted.count >= 2 else { return .nan }
    guard last.count != 0 else { return .nan }
    var rank = q * last.count
    let end = sorted.count - 1
    var low = 0
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].count >= rank { high = middle } else { low = middle + 1 }
    }
    if low == end { return sorted[end - 1].bound }
    if low == 0, sorted[0].bound <= 0 { return sorted[0].bound }
    var start = 0.0
    var count = sorted[low].count
    if low > 0 {
      start = sorted[low - 1].bound
      count -= sorted[low - 1].count
      rank -= sorted[low - 1].count
    }
    return start + (sorted[low].bound - start) * (rank / count)
  }

  /// Buckets with the same bound made one.
  private static func merged(_ sorted: [Bucket]) -> [Bucket] {
    var merged: [Bucket] = []
    for bucket in sorted {
      if let last = merged.last, last.bound == bucket.bound {
        merged[merged.count - 1] = Bucket(upTo: bucket.bound, count: last.count + bucket.count)
      } else {
        merged.append(bucket)
      }
    }
    return merged
  }

  /// Counts that never fall: a bucket scraped in the middle of an update counts as the one below.
  private static func monotonic(_ buckets: [Bucket]) -> [Bucket] {
    var most = buckets.first?.count ?? 0
    return buckets.map { bucket in
      if bucket.count > most { most = bucket.count }
      return bucket.count < most ? Bucket(upTo: bucket.bound, count: most) : bucket
    }
  }
}
