import Kernel
import Patterns
import Presentation

/// How near the sampled policies come to the real one: the experiment that Redis's manual draws.
extension RedisCacheBench {
  /// Keys fill the memory, all are read, the oldest first, and then half as many new ones come.
  ///
  /// A perfect LRU would evict the half that was read first and nobody else.
  mutating func sampling(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count =
      line.arguments.isEmpty ? 1_000 : try line.count(0, of: "keys", upTo: 10_000)
    let options = store.options
    guard options.policy != .noeviction else {
      throw Diagnostic(
        "The policy is noeviction, so nothing would go.", found: "noeviction",
        expected: "'CONFIG SET maxmemory-policy allkeys-lru' first")
    }
    var rows: [[Text]] = []
    for samples in Set([1, 3, 5, 10, 64, options.samples]).sorted() {
      var changed = options
      changed.samples = samples
      let share = Self.youngShare(changed, keys: count)
      if samples == options.samples { counts.youngEvicted = share }
      let mark = samples == options.samples ? "now" : ""
      rows.append([Text("\(samples)"), Text(Unit.fraction.text(share)), Text(mark)])
    }
    return Document([
      .table(
        Table(
          [
            .init("maxmemory-samples", .trailing), .init("evicted though young", .trailing),
            .init(""),
          ], rows)),
      .text(
        "\(count) keys are read, one a second; then half as many new ones need their room. Young are "
          + "those of the half that was read last, and the new ones."),
    ])
  }

  /// The share of evicted keys that were not of the half read longest ago.
  private static func youngShare(_ options: RedisCacheStore.Options, keys count: Int) -> Double {
    var changed = options
    changed.maxmemory = count * (options.overhead + 100)
    var server = RedisCacheStore(changed, seed: 1)
    var gone: [UInt64] = []
    var now = Instant.zero
    // Those read first also end first, so that volatile-ttl has the same keys to prefer.
    for key in 0..<count {
      let ttl = TimeSpan.seconds(Int64(10 * count + key))
      _ = server.set(UInt64(key), bytes: 100, ttl: ttl, at: now, evicted: &gone)
    }
    for key in 0..<count {
      now += .seconds(1)
      _ = server.get(UInt64(key), at: now)
    }
    gone.removeAll()
    for key in count..<(count + count / 2) {
      _ = server.set(
        UInt64(key), bytes: 100, ttl: .seconds(Int64(100 * count)), at: now, evicted: &gone)
    }
    guard !gone.isEmpty else { return 0 }
    return Double(gone.count { $0 >= UInt64(count / 2) }) / Double(gone.count)
  }
}
