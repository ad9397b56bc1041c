/// The buckets of LFU: one for each count in use, chained from the smallest to the largest.
///
/// The keys of all buckets stand in one ring, rarest at the tail; a bucket knows the newest of its
/// keys. So a use moves a key by one bucket in constant time.
struct FrequencyBuckets: Sendable, Equatable {
  struct Bucket: Sendable, Equatable {
    var uses: Int
    /// The slot of its key that was used last.
    var newest: Int32
    var rarer: Int32
    var commoner: Int32
  }

  /// Bucket 0 is the sentinel of the chain.
  var buckets = [Bucket(uses: 0, newest: 0, rarer: 0, commoner: 0)]
  private var free: Int32 = 0

  /// A bucket for `uses` right above the bucket `rarer`, with one key in `slot`.
  mutating func make(uses: Int, above rarer: Int32, newest slot: Int32) -> Int32 {
    let commoner = buckets[Int(rarer)].commoner
    let bucket = Bucket(uses: uses, newest: slot, rarer: rarer, commoner: commoner)
    let number: Int32
    if free != 0 {
      number = free
      free = buckets[Int(number)].commoner
      buckets[Int(number)] = bucket
    } else {
      number = Int32(buckets.count)
      buckets.append(bucket)
    }
    buckets[Int(rarer)].commoner = number
    buckets[Int(commoner)].rarer = number
    return number
  }

  /// Takes an empty bucket out of the chain.
  mutating func release(_ number: Int32) {
    let gone = buckets[Int(number)]
    buckets[Int(gone.rarer)].commoner = gone.commoner
    buckets[Int(gone.commoner)].rarer = gone.rarer
    buckets[Int(number)].commoner = free
    free = number
  }
}
