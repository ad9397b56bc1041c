import Patterns

/// The deliberate bugs of Redis streams and pub/sub.
enum RedisStreamsMutant: String, CaseIterable {
  case claimKeepsIdle = "claim-keeps-idle"
  case claimIgnoresIdle = "claim-ignores-idle"
  case forgetsPending = "forgets-pending"
  case hasNoLimit = "has-no-limit"

  var streamShortcut: RedisStreamShortcut? { RedisStreamShortcut(rawValue: rawValue) }

  var mutant: Mutant {
    switch self {
    case .claimKeepsIdle:
      Mutant(
        rawValue, title: "a claim leaves the idle time as it was",
        summary: "The entry of a dead worker goes to the first who claims it, and is idle for just "
          + "as long as before: the next claim takes it away again, and both do the work.",
        settings: [
          "min-idle-time": "6s", "claim.every": "500ms", "work.p50": "2s", "work.p99": "3s",
          "rate": "2.5", "workers": "6", "duration": "40s", "settle": "2m",
        ], faults: crashes, caughtBy: .finding("no message is applied twice"))
    case .claimIgnoresIdle:
      Mutant(
        rawValue, title: "a claim takes entries however short they have been out",
        summary: "XAUTOCLAIM does not compare the idle time with what was asked for: workers take "
          + "each other's entries while they are worked on.",
        settings: [
          "claim.every": "1s", "work.p50": "1s", "work.p99": "3s", "rate": "1", "duration": "30s",
          "settle": "30s",
        ], caughtBy: .finding("no message is applied twice"))
    case .forgetsPending:
      Mutant(
        rawValue, title: "reading as a group remembers nothing",
        summary: "Entries that are handed out are not put into the list of pending ones. If their "
          + "worker dies there is nothing to claim.",
        settings: [
          "min-idle-time": "6s", "claim.every": "1s", "work.p50": "1s", "work.p99": "2s",
          "rate": "3", "workers": "4", "duration": "40s", "settle": "2m",
        ], faults: crashes, caughtBy: .finding("no confirmed message is lost"))
    case .hasNoLimit:
      Mutant(
        rawValue, title: "lets the output buffers of subscribers grow",
        summary: "client-output-buffer-limit is not enforced: a subscriber that stands still takes "
          + "the memory of the server.",
        settings: [
          "delivery": "pubsub", "client-output-buffer-limit": "4096", "rate": "40",
          "duration": "20s", "settle": "10s",
        ], faults: ["at 5s pause worker-1 for 12s"],
        caughtBy: .invariant("output buffer limit"))
    }
  }

  /// Workers that die one after the other.
  private var crashes: [String] {
    (0..<5).map { "at \(6 + $0 * 6)s crash worker-\($0 % 3 + 1) for 10s" }
  }
}
