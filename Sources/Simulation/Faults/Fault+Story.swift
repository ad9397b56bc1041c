import Kernel

extension Fault {
  /// What happens, as a sentence for the trace, without the node itself.
  public func story(_ roster: Roster) -> String {
    switch self {
    case .crash: "the process dies; what it had not synced is lost"
    case .restart: "the process starts anew"
    case .pause: "the process stands still"
    case .resume: "the process goes on"
    case .slow(_, let factor): "work takes \(Self.times(factor)) as long"
    case .slowLink(let scope, let factor):
      "messages\(scope.text(roster)) take \(Self.times(factor)) as long"
    case .partition(let sides):
      "cut between " + sides.map { Self.names($0, roster) }.joined(separator: " | ")
    case .block(let from, let to):
      "cut from \(Self.names(from, roster)) to \(Self.names(to, roster))"
    case .drop(let share, let scope): "\(Self.percent(share)) of messages\(scope.text(roster)) lost"
    case .delay(let span, let scope): "messages\(scope.text(roster)) take \(span) longer"
    case .duplicate(let share, let scope):
      "\(Self.percent(share)) of messages\(scope.text(roster)) arrive twice"
    case .reorder(let span, let scope):
      "messages\(scope.text(roster)) take up to \(span) longer and overtake each other"
    case .skew(_, let span): "the wall clock is off by \(span)"
    case .jump(_, let span): "the wall clock steps by \(span)"
    case .drift(_, let rate): "the clocks run at \(Self.times(rate)) the true rate"
    case .fill: "the disk is full"
    case .lose: "the disk acknowledges syncs that it does not make"
    case .load(let factor): "the load is \(Self.times(factor)) the usual"
    case .errors(_, let share): "\(Self.percent(share)) of calls are answered with an error"
    case .heal: "every fault in force ends"
    }
  }

  /// What the end of the fault brings back, as a sentence for the trace.
  var endStory: String {
    switch self {
    case .crash: "the process starts anew"
    case .pause: "the process goes on"
    case .slow: "work takes as long as usual"
    case .slowLink, .delay, .reorder: "messages take as long as before"
    case .partition, .block: "the cut is over"
    case .drop: "the losses are over"
    case .duplicate: "the doubling is over"
    case .skew: "the wall clock steps back"
    case .drift: "the clocks run at the true rate"
    case .fill: "the disk has room"
    case .lose: "the disk keeps what it acknowledged"
    case .load: "the load is as before"
    case .errors: "the errors are over"
    case .restart, .resume, .jump, .heal: "done"
    }
  }

  private static func times(_ factor: Double) -> String {
    "\(DecimalText.significant(factor, digits: 6)) times"
  }
}
