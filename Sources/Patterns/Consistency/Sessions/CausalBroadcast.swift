import Kernel

/// Delivers messages of a group so that none comes before one that it may depend on.
///
/// Each message carries how many of each member's messages its sender had delivered. One that came
/// too early waits.
///
/// Source: Birman, Schiper and Stephenson, "Lightweight causal and atomic group multicast" (1991).
public struct CausalBroadcast<Payload: Sendable & Hashable>: Machine {
  /// A message with its past.
  public struct Message: Sendable, Hashable {
    /// Its sender and its number there.
    public let dot: Dot
    /// What the sender had delivered when it sent it, its own messages included.
    public let past: VersionVector
    /// What it says.
    public let payload: Payload
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// The application says something to all.
    case broadcast(Payload)
    /// A message arrived, perhaps again.
    case received(Message)
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send it to all others.
    case send(Message)
    /// Hand it to the application.
    case deliver(Message)
  }

  /// The member.
  public let id: NodeID
  /// How many messages of each member have been delivered.
  public private(set) var delivered = VersionVector()
  /// What came too early, in the order of arrival.
  public private(set) var waiting: [Message] = []

  /// The member `id`, to whom nothing was said.
  public init(_ id: NodeID) { self.id = id }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .broadcast(let payload):
      let past = delivered
      let message = Message(dot: delivered.increment(id), past: past, payload: payload)
      return [.send(message), .deliver(message)]
    case .received(let message):
      guard !delivered.contains(message.dot), !waiting.contains(message) else { return [] }
      waiting.append(message)
      var outputs: [Output] = []
      while let place = waiting.firstIndex(where: { delivered.covers($0.past) }) {
        let next = waiting.remove(at: place)
        delivered.raise(next.dot.node, to: next.dot.counter)
        outputs.append(.deliver(next))
      }
      return outputs
    }
  }

  /// What waits lacks something of its past.
  public func checkInvariants() -> InvariantViolation? {
    guard let ready = waiting.first(where: { delivered.covers($0.past) }) else { return nil }
    return InvariantViolation("nothing waits that is due", witness: "\(id) holds \(ready.dot) back")
  }
}
