import Kernel
import Patterns

/// The invariants of a run; the first violation of each is kept.
struct CQRSChecks: InvariantChecks {
  static let all = [
    Invariant(
      "stream versions", "The events of a stream are numbered from 0 without gaps or repeats."),
    Invariant(
      "one winner", "An exact append succeeds only on the version that its command decided on."),
    Invariant("snapshot", "What is loaded from a snapshot is what all the events add up to."),
    Invariant(
      "rows", "With one transaction, or a guard, a row is what the events of its account add up to."
    ),
    Invariant("switch", "Readers are switched to a new table only when it has caught up."),
    Invariant("token", "A read that waited for a position shows what was written there."),
  ]

  var log = InvariantLog(Self.all)

  mutating func appended(
    _ handler: CommandHandler, before: Int?, isExact: Bool, at now: Instant
  ) {
    guard isExact, handler.decidedOn != before else { return }
    violated(
      "one winner", at: now,
      "decided on event \(handler.decidedOn ?? -1), appended after event \(before ?? -1)")
  }

  mutating func versions(
    _ store: EventStore<LedgerEvent>, _ stream: String, count: Int, at now: Instant
  ) {
    guard store.version(of: stream) != count - 1 else { return }
    violated("stream versions", at: now, "\(stream) has \(count) events and the wrong last number")
  }

  mutating func switched(_ model: ReadModelSwitch, at now: Instant) {
    if let violation = model.checkInvariants() {
      violated("switch", at: now, violation.witness)
    }
  }
}
