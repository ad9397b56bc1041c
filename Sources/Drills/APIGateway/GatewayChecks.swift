import Kernel
import Patterns

/// The invariants of a run of the gateway; the first violation of each is kept.
struct GatewayChecks: Sendable {
  static let all = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant(
      "one record",
      "Every request that has ended has one record in the access log, or is counted as left out."),
    Invariant(
      "authenticated", "A gateway lets no request through whose token does not count."),
    Invariant(
      "revoked keys",
      "No node takes a revoked API key for longer than it may remember whose it is."),
    Invariant(
      "identity", "Where headers are stripped, an upstream sees one identity header, the gateway's."
    ),
    Invariant("limit", "No node admits more of a consumer than the rate and the burst allow."),
    Invariant("attempts", "No part is tried more often than the retries allow."),
    Invariant("key fetches", "Between two fetches of keys lies at least the interval."),
    Invariant("workers", "No gateway holds more requests open than it has workers."),
  ]

  private var found: [(name: String, at: Instant, witness: String)] = []
  private var fetchedAt: [Instant?]
  private var admitted: [[Int]]

  init(_ settings: GatewaySettings) {
    fetchedAt = Array(repeating: nil, count: settings.gateways)
    admitted = Array(repeating: [0, 0, 0, 0], count: settings.gateways)
  }

  var verdicts: [InvariantVerdict] {
    Self.all.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }

  mutating func fetched(_ gateway: Int, _ settings: GatewaySettings, at now: Instant) {
    if let last = fetchedAt[gateway], now < last + settings.design.keys.interval {
      violated("key fetches", at: now, "a fetch \(now - last) after the one before")
    }
    fetchedAt[gateway] = now
  }

  /// A gateway that died knows nothing of what it fetched.
  mutating func died(_ gateway: Int) { fetchedAt[gateway] = nil }

  /// A node has admitted a request under a counter.
  mutating func admitted(
    _ counter: Int, at gateway: Int, _ settings: GatewaySettings, now: Instant
  ) {
    guard let limit = settings.design.limit, settings.scope != "shared" else { return }
    admitted[gateway][counter] += 1
    let most =
      Double(limit.burst) + limit.rate.perSecond * (now - Instant.zero).seconds + 1
    if Double(admitted[gateway][counter]) > most {
      violated("limit", at: now, "\(admitted[gateway][counter]) admitted, \(Int(most)) allowed")
    }
  }
}
