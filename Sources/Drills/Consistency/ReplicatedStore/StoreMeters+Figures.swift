import Kernel
import Patterns
import Verification

extension StoreMeters {
  /// What each figure means.
  static let metrics: [Metric] = [
    Metric("operations", .count, "Operations that clients began while they worked."),
    Metric("availability", .fraction, "Share of the operations that were answered well."),
    Metric(
      "availability_trouble", .fraction,
      "Share of the operations begun while a fault was in force that were answered well."),
    Metric("availability_worst", .fraction, "The same share for the client that got least."),
    Metric("unknown_outcomes", .count, "Writes of which nobody knows whether they took effect."),
    Metric("read_p50", .seconds, "Median time of reads that were answered well."),
    Metric("read_p99", .seconds, "99th percentile of the time of reads answered well."),
    Metric("write_p50", .seconds, "Median time of writes that were answered well."),
    Metric("write_p99", .seconds, "99th percentile of the time of writes answered well."),
    Metric("stale_reads", .count, "Reads that missed a write acknowledged before they began."),
    Metric(
      "staleness_max", .seconds, "Longest time by which a read missed an acknowledged write."),
    Metric("lost_writes", .count, "Acknowledged writes that the store does not have in the end."),
    Metric(
      "lost_increments", .count, "Acknowledged increments that the counter does not show."),
    Metric("ryw_violations", .count, "Reads that missed the same client's own earlier write."),
    Metric("monotonic_violations", .count, "Reads older than an earlier read of the same client."),
    Metric("divergent_keys", .count, "Keys that clients read differently when all was quiet."),
  ]

  /// The figures, in the order of `metrics`.
  func measurements(
    _ setup: StoreSetup, survivors: Set<StoreRequest.ID>?
  ) -> [Measurement] {
    let worked = done.filter { $0.beganAt < setup.quietFrom }
    let troubled = worked.filter(\.isTroubled)
    let versioned = versioned.map(\.operation)
    let stale = BoundedStaleness.staleReads(versioned)
    let sessions = sessionViolations(versioned)
    let perClient = (0..<clientCount).compactMap { client in
      Self.share(worked.filter { $0.client == client })
    }
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    func time(_ name: String, _ isWrite: Bool, _ share: Double) -> Measurement {
      Measurement(name, latency(worked, isWrite, share)?.seconds, .seconds)
    }
    return [
      count("operations", worked.count),
      Measurement("availability", Self.share(worked), .fraction),
      Measurement("availability_trouble", Self.share(troubled), .fraction),
      Measurement("availability_worst", perClient.min(), .fraction),
      count("unknown_outcomes", worked.count { $0.outcome == .unknown }),
      time("read_p50", false, 0.5), time("read_p99", false, 0.99),
      time("write_p50", true, 0.5), time("write_p99", true, 0.99),
      count("stale_reads", stale.count),
      Measurement("staleness_max", stale.map(\.age).max()?.seconds ?? 0, .seconds),
      count("lost_writes", lostWrites(setup, survivors)),
      count("lost_increments", setup.isCounter ? lostIncrements(setup) : nil),
      count("ryw_violations", sessions.ownWrites),
      count("monotonic_violations", sessions.reads),
      count("divergent_keys", divergentKeys(setup)),
    ]
  }

  private func lostWrites(_ setup: StoreSetup, _ survivors: Set<StoreRequest.ID>?) -> Int? {
    guard setup.kind.isLeaderless else { return survivors.map { lost($0).count } }
    return setup.kind == .crdt && setup.isCounter ? nil : overtaken.count
  }

  /// Acknowledged writes that lost to one that was over before they began, each with that one.
  var overtaken: [(loser: Done, winner: Done)] {
    let writes = done.filter { $0.isWrite && $0.outcome == .ok && $0.version != nil }
    let byStart = writes.sorted { ($0.beganAt, $0.client) < ($1.beganAt, $1.client) }
    // Operations end in the order in which they are noted.
    var ended = 0
    var newest: [Int: Done] = [:]
    var result: [(loser: Done, winner: Done)] = []
    for write in byStart {
      while ended < writes.count, writes[ended].endedAt < write.beganAt {
        let over = writes[ended]
        ended += 1
        if let held = newest[over.key]?.version, let version = over.version, version < held {
          continue
        }
        newest[over.key] = over
      }
      guard let winner = newest[write.key], let best = winner.version, let own = write.version,
        own < best
      else { continue }
      result.append((write, winner))
    }
    return result
  }

  /// Acknowledged writes that are not among the survivors.
  func lost(_ survivors: Set<StoreRequest.ID>) -> [Done] {
    done.filter { $0.isWrite && $0.outcome == .ok && !survivors.contains($0.request) }
  }

  /// Acknowledged increments less what the counter shows in the end; nil when nobody read it.
  func lostIncrements(_ setup: StoreSetup) -> Int? {
    let acknowledged = done.count { $0.isWrite && $0.outcome == .ok }
    let final = done.last { !$0.isWrite && $0.outcome == .ok && $0.beganAt >= setup.lookFrom }
    return final.map { max(0, acknowledged - ($0.value ?? 0)) }
  }

  private func divergentKeys(_ setup: StoreSetup) -> Int {
    let looks = done.filter {
      !$0.isWrite && $0.outcome == .ok && $0.beganAt >= setup.lookFrom
    }
    return (0..<setup.keys).count { key in
      Set(looks.filter { $0.key == key }.map(\.value)).count > 1
    }
  }

  /// Reads that go back behind what the same client wrote or read before, key by key.
  private func sessionViolations(
    _ operations: [VersionedOperation]
  ) -> (ownWrites: Int, reads: Int) {
    struct Lane: Hashable {
      let session: Int
      let key: Datum
    }
    var written: [Lane: Int] = [:]
    var read: [Lane: Int] = [:]
    var result = (ownWrites: 0, reads: 0)
    for operation in operations {
      let lane = Lane(session: operation.session, key: operation.key)
      switch operation.kind {
      case .write: written[lane] = max(written[lane] ?? .min, operation.version)
      case .read:
        if (written[lane] ?? .min) > operation.version { result.ownWrites += 1 }
        if (read[lane] ?? .min) > operation.version { result.reads += 1 }
        read[lane] = max(read[lane] ?? .min, operation.version)
      }
    }
    return result
  }

  private static func share(_ operations: [Done]) -> Double? {
    guard !operations.isEmpty else { return nil }
    return Double(operations.count { $0.outcome == .ok }) / Double(operations.count)
  }

  private func latency(_ worked: [Done], _ isWrite: Bool, _ share: Double) -> TimeSpan? {
    worked.filter { $0.isWrite == isWrite && $0.outcome == .ok }
      .map { $0.endedAt - $0.beganAt }.sorted().nearestRank(share)
  }

  /// A figure a second: operations answered well, and not.
  func series(until end: Instant) -> [TimeSeries] {
    let slots = max(1, Int(end.nanoseconds / TimeSpan.seconds(1).nanoseconds))
    var good = [Double](repeating: 0, count: slots)
    var bad = good
    for entry in done {
      let slot = min(slots - 1, Int(entry.endedAt.nanoseconds / 1_000_000_000))
      if entry.outcome == .ok { good[slot] += 1 } else { bad[slot] += 1 }
    }
    return [
      TimeSeries("answered", .count, .strip, step: .seconds(1), values: good),
      TimeSeries("not answered", .count, .strip, step: .seconds(1), values: bad),
    ]
  }
}
