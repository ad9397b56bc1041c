import OrderedCollections

/// A time-series database: samples of every series in order of time, and an index by name.
///
/// Times are whole milliseconds, as in Prometheus. A series that ended carries a staleness marker,
/// a certain not-a-number, as its last sample.
public struct SeriesStore: Sendable, Equatable {
  /// A sample: when it was taken and what it was.
  public struct Point: Sendable, Hashable {
    /// Milliseconds since the start.
    public let at: Int64
    /// The value.
    public let value: Double
  }

  /// What becomes of a sample that is offered.
  public enum Taking: Sendable, Hashable {
    /// It is stored.
    case stored
    /// Its series already has a later sample.
    case outOfOrder
    /// Its series already has another value at this time.
    case duplicate
    /// It would be a new series, and there are as many as there may be.
    case tooManySeries
  }

  /// The bits of the not-a-number that ends a series.
  static let staleBits: UInt64 = 0x7ff0_0000_0000_0002

  /// The value that ends a series.
  public static let stale = Double(bitPattern: staleBits)

  /// Whether `value` is the marker that ends a series, and not just any not-a-number.
  public static func isStale(_ value: Double) -> Bool { value.bitPattern == staleBits }

  struct Series: Sendable, Equatable {
    let labels: MetricLabels
    /// Bits instead of numbers, so that stores with a not-a-number in them can be equal.
    var times: [Int64] = []
    var bits: [UInt64] = []

    /// The number of samples up to and including `time`.
    func count(through time: Int64) -> Int {
      var low = 0
      var high = times.count
      while low < high {
        let middle = (low + high) / 2
        if times[middle] <= time { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// The most series that are taken; nil for no bound.
  public let limit: Int?
  private(set) var series: [Series] = []
  private var numbers: [MetricLabels: Int] = [:]
  /// For each name the numbers of its series, sorted by labels; looked up, never walked through.
  private var byName: [String: [Int]] = [:]
  /// Samples stored.
  public private(set) var sampleCount = 0
  /// Samples refused, of whatever kind.
  public private(set) var refusedCount = 0

  /// An empty store that takes up to `limit` series.
  public init(limit: Int? = nil) { self.limit = limit }

  /// How many series there ever were.
  public var seriesCount: Int { series.count }

  /// How many series are called `name`.
  public func seriesCount(_ name: String) -> Int { byName[name]?.count ?? 0 }

  /// How many series have a sample no older than `time` and are not ended.
  public func activeCount(since time: Int64) -> Int {
    series.count { one in
      guard let last = one.times.last, let bits = one.bits.last else { return false }
      return last >= time && bits != Self.staleBits
    }
  }

  /// Offers the sample `value` of the series `labels`.
  @discardableResult
  public mutating func append(_ labels: MetricLabels, _ value: Double, at time: Int64) -> Taking {
    let taking: Taking
    if let number = numbers[labels] {
      taking = append(value, to: number, at: time)
    } else if let limit, series.count >= limit {
      taking = .tooManySeries
    } else {
      taking = append(value, to: register(labels), at: time)
    }
    if taking != .stored { refusedCount += 1 }
    return taking
  }

  private mutating func append(_ value: Double, to number: Int, at time: Int64) -> Taking {
    if let last = series[number].times.last, last >= time {
      if last > time { return .outOfOrder }
      return series[number].bits.last == value.bitPattern ? .stored : .duplicate
    }
    series[number].times.append(time)
    series[number].bits.append(value.bitPattern)
    sampleCount += 1
    return .stored
  }

  private mutating func register(_ labels: MetricLabels) -> Int {
    let number = series.count
    series.append(Series(labels: labels))
    numbers[labels] = number
    var named = byName[labels.name] ?? []
    var low = 0
    var high = named.count
    while low < high {
      let middle = (low + high) / 2
      if series[named[middle]].labels < labels { low = middle + 1 } else { high = middle }
    }
    named.insert(number, at: low)
    byName[labels.name] = named
    return number
  }

  /// The series that fit `matchers`, sorted by labels.
  func select(_ matchers: [LabelMatcher]) -> [Int] {
    let tests = matchers.map(\.test)
    let name = matchers.first { $0.label == MetricLabels.nameLabel && $0.kind == .equal }?.value
    let candidates = name.map { byName[$0] ?? [] } ?? Array(series.indices)
    let found = candidates.filter { number in
      tests.allSatisfy { $0.fits(series[number].labels) }
    }
    return name == nil ? found.sorted { series[$0].labels < series[$1].labels } : found
  }

  /// The labels of every series, in the order in which they came.
  public var allLabels: [MetricLabels] { series.map(\.labels) }

  /// The samples of the series `labels`, staleness markers included.
  public func points(_ labels: MetricLabels) -> [Point] {
    guard let number = numbers[labels] else { return [] }
    let one = series[number]
    return zip(one.times, one.bits).map { Point(at: $0, value: Double(bitPattern: $1)) }
  }
}
