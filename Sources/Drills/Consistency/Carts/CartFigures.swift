import Kernel
import Patterns

/// What is measured of shopping carts.
enum CartFigures {
  static let metrics: [Metric] = [
    Metric("changes", .count, "Additions, removals and deletions that devices began."),
    Metric("availability", .fraction, "Share of the changes that were confirmed."),
    Metric(
      "availability_trouble", .fraction,
      "Share of the changes begun while a fault was in force that were confirmed."),
    Metric("unknown_outcomes", .count, "Changes of which nobody knows whether they took effect."),
    Metric("change_p50", .seconds, "Median time of a confirmed change, reading included."),
    Metric("change_p99", .seconds, "99th percentile of the time of a confirmed change."),
    Metric(
      "lost_additions", .count,
      "Confirmed additions that nobody undid and that the cart does not show in the end."),
    Metric(
      "returned", .count,
      "Items that were taken out, that nobody put in again, and that the cart shows in the end."),
    Metric("sibling_reads", .count, "Reads that found more than one version of the cart."),
    Metric("siblings_most", .count, "The most versions that one read found."),
    Metric("divergent_carts", .count, "Carts that devices see differently when all is quiet."),
  ]

  static func measurements(_ record: CartRecord, _ setup: CartSetup) -> [Measurement] {
    let changes = record.done.filter { $0.action != .look }
    let troubled = changes.filter(\.isTroubled)
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    func span(_ name: String, _ share: Double) -> Measurement {
      Measurement(name, latency(changes, share)?.seconds, .seconds)
    }
    return [
      count("changes", changes.count),
      Measurement("availability", self.share(changes), .fraction),
      Measurement("availability_trouble", self.share(troubled), .fraction),
      count("unknown_outcomes", changes.count { $0.outcome == .unknown }),
      span("change_p50", 0.5), span("change_p99", 0.99),
      count("lost_additions", record.lostAdditions(carts: setup.carts).count),
      count("returned", record.returned(carts: setup.carts).count),
      count("sibling_reads", record.siblingReads),
      count("siblings_most", record.siblingsMost),
      count("divergent_carts", divergent(record, setup).count),
    ]
  }

  /// The carts that devices saw differently in the end.
  static func divergent(_ record: CartRecord, _ setup: CartSetup) -> [Int] {
    let looks = record.done.filter { $0.action == .look && $0.outcome == .ok }
    return (0..<setup.carts).filter { cart in
      Set(looks.filter { $0.cart == cart }.map(\.items)).count > 1
    }
  }

  private static func share(_ changes: [CartRecord.Done]) -> Double? {
    guard !changes.isEmpty else { return nil }
    return Double(changes.count { $0.outcome == .ok }) / Double(changes.count)
  }

  private static func latency(_ changes: [CartRecord.Done], _ share: Double) -> TimeSpan? {
    changes.filter { $0.outcome == .ok }.map { $0.endedAt - $0.beganAt }.sorted()
      .nearestRank(share)
  }

  /// Changes a second: confirmed, and not.
  static func series(_ record: CartRecord, until end: Instant) -> [TimeSeries] {
    let slots = max(1, Int(end.nanoseconds / TimeSpan.seconds(1).nanoseconds))
    var good = [Double](repeating: 0, count: slots)
    var bad = good
    for entry in record.done where entry.action != .look {
      let slot = min(slots - 1, Int(entry.endedAt.nanoseconds / 1_000_000_000))
      if entry.outcome == .ok { good[slot] += 1 } else { bad[slot] += 1 }
    }
    return [
      TimeSeries("confirmed", .count, .strip, step: .seconds(1), values: good),
      TimeSeries("not confirmed", .count, .strip, step: .seconds(1), values: bad),
    ]
  }
}
