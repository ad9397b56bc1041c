import Kernel
import Verification

/// What a service that comes late gets of what was published before and after.
struct NewcomerMeters: Sendable {
  private var cameAt: Instant?
  /// Numbers of messages; looked up, never walked through.
  private var seen: Set<Int> = []

  static let metrics: [Metric] = [
    Metric(
      "history_read", .fraction,
      "Share of the messages from before the new service came that it got to read."),
    Metric(
      "news_read", .fraction, "Share of the messages from after it came that it got to read."),
    Metric("working", .count, "Consumers that carried out at least one message."),
  ]

  /// The new service is there.
  mutating func came(at now: Instant) { cameAt = cameAt ?? now }

  /// It got message `number`.
  mutating func read(_ number: Int) { seen.insert(number) }

  /// The figures, in the order of `metrics`.
  func measurements(_ history: DeliveryHistory) -> [Measurement] {
    func share(_ isOwed: (DeliveryHistory.Message) -> Bool) -> Double? {
      let owed = history.messages.filter { $0.refusedAt == nil && isOwed($0) }
      guard cameAt != nil, !owed.isEmpty else { return nil }
      return Double(owed.count { seen.contains($0.number) }) / Double(owed.count)
    }
    let came = cameAt ?? .distantFuture
    let working = Set(history.handlings.filter { $0.step == .applied }.map(\.consumer))
    return [
      Measurement("history_read", share { $0.publishedAt < came }, .fraction),
      Measurement("news_read", share { $0.publishedAt >= came }, .fraction),
      Measurement("working", Double(working.count), .count),
    ]
  }
}
