import Kernel

/// The beginnings and ends of a plan's faults, in the order in which they are due.
///
/// A host keeps one event for `next` in its queue; when it comes, `carryOut` applies everything
/// that is due, and the host acts on the changes and schedules the event for the new `next`. At
/// the same instant, ends come before beginnings, and each of them in the order of the plan.
public struct FaultSchedule: Sendable {
  private enum Action: Sendable {
    case begin(TimedFault)
    case end(number: Int)
  }

  private struct Entry: Sendable {
    let at: Instant
    let action: Action

    var isEnd: Bool { if case .end = action { true } else { false } }
  }

  /// What is still due, soonest last.
  private var entries: [Entry] = []

  /// The schedule of `plan`.
  public init(_ plan: FaultPlan = FaultPlan()) {
    for fault in plan.faults { add(fault) }
  }

  /// When the next beginning or end is due, or nil.
  public var next: Instant? { entries.last?.at }

  /// Adds a fault, after those at the same instant.
  public mutating func add(_ fault: TimedFault) {
    insert(Entry(at: fault.at, action: .begin(fault)))
  }

  /// Applies to `environment` everything due at `now` or before, and returns what came of each.
  public mutating func carryOut(
    in environment: inout Environment, at now: Instant
  ) -> [AppliedFault] {
    var done: [AppliedFault] = []
    while let entry = entries.last, entry.at <= now {
      entries.removeLast()
      switch entry.action {
      case .begin(let timed):
        let applied = environment.apply(timed.fault, at: now, for: timed.duration)
        done.append(applied)
        if let number = applied.number, let duration = timed.duration {
          insert(Entry(at: now + duration, action: .end(number: number)))
        }
      case .end(let number):
        if let applied = environment.end(number, at: now) { done.append(applied) }
      }
    }
    return done
  }

  private mutating func insert(_ entry: Entry) {
    let place = entries.firstIndex { other in
      other.at < entry.at || other.at == entry.at && (other.isEnd || !entry.isEnd)
    }
    entries.insert(entry, at: place ?? entries.count)
  }
}
