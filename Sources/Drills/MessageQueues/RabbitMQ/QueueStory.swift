import Kernel
import Patterns
import Simulation

/// Which of the many things that brokers state are told: changes, and the first of each trouble.
struct QueueStory: Sendable {
  private var told: [String: Int] = [:]

  /// Whether something of this kind is among the first `limit` of its kind.
  mutating func isFirst(_ kind: String, upTo limit: Int = 1) -> Bool {
    told[kind, default: 0] += 1
    return told[kind, default: 0] <= limit
  }

  /// A broker's statement for the trace; nil when it is not told.
  mutating func fact(_ fact: RabbitFact) -> Fact? {
    switch fact {
    case .entered(let queue, let role, let term):
      guard role == .leader, queue != QueueSetup.deadQueue else { return nil }
      return Fact("leads", "leads the queue \(queue) in term \(term)")
    case .restored(let queue, let messages):
      guard queue != QueueSetup.deadQueue else { return nil }
      return Fact("restored", "restores \(queue) with \(messages) messages from disk")
    case .died(let queue, let entry, let reason):
      guard queue != QueueSetup.deadQueue else { return nil }
      guard isFirst("died \(reason.rawValue)") else { return nil }
      return Fact(
        "died",
        "message \(entry.message.body) is the first to die in \(queue): "
          + Self.words(reason))
    case .deadEnd(let queue, let entry):
      guard isFirst("dead end") else { return nil }
      return Fact(
        "dead-end", "message \(entry.message.body), dead in \(queue), goes nowhere",
        weight: .harm)
    case .full(let queue):
      guard isFirst("full") else { return nil }
      return Fact("full", "\(queue) is full and refuses")
    case .returned(let queue, let entry):
      guard isFirst("returned") else { return nil }
      return Fact("returned", "message \(entry.message.body) is the first to come back to \(queue)")
    case .closed(_, let closure): return Fact("closed", closure.text, weight: .harm)
    case .lost(let node):
      return Fact("gave-up", "gives up the channels of broker \(node.index + 1)", about: node)
    }
  }

  private static func words(_ reason: RabbitDeath.Reason) -> String {
    switch reason {
    case .rejected: "a consumer rejected it"
    case .expired: "its time was over"
    case .maxlen: "the queue was longer than allowed"
    case .deliveryLimit: "it came back more often than the delivery limit allows"
    }
  }
}
