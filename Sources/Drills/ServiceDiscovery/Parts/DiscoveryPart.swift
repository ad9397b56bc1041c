import Kernel
import Patterns

/// Any process of a universe: a registry server, an instance, its machine's agent, a picker.
struct DiscoveryPart: Machine {
  /// What can happen to it.
  enum Input: Sendable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(DiscoveryMessage, from: NodeID)
    /// A timer went off.
    case timer(Int)
    /// The driver gives an order.
    case told(DiscoveryOrder)
  }

  /// What it asks for or states.
  enum Output: Sendable, Equatable {
    /// Send a message.
    case send(DiscoveryMessage, to: NodeID)
    /// Set the machine's one timer.
    case wakeMe(at: Instant)
    /// Write to disk before anything that follows.
    case persist(DiscoveryDisk.Record)
    /// Check an instance on this machine; a dead process refuses at once.
    case check(NodeID, Int)
    /// Look whether an instance's process on this machine lives.
    case inspect(NodeID)
    /// Tell the driver.
    case answer(DiscoveryAnswer)
  }

  /// Timer 0 is the machine's own; the others bring what a dead process would have answered.
  enum Timer {
    static let own = 0
    static let dead = 1
    static let refused = 1_000
  }

  /// What kind of process it is; in a box, since hosts hand processes on.
  indirect enum Role: Sendable, Equatable {
    case registry(RegistryPart)
    case app(AppPart)
    case host(HostPart)
    case picker(PickerPart)
    case caller
  }

  var role: Role

  /// Steps the process; its state leaves the enumeration meanwhile, so that nothing is copied.
  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .registry(var part):
      role = .caller
      let outputs = part.step(input, at: now)
      role = .registry(part)
      return outputs
    case .app(var part):
      role = .caller
      let outputs = part.step(input, at: now)
      role = .app(part)
      return outputs
    case .host(var part):
      role = .caller
      let outputs = part.step(input, at: now)
      role = .host(part)
      return outputs
    case .picker(var part):
      role = .caller
      let outputs = part.step(input, at: now)
      role = .picker(part)
      return outputs
    case .caller: return Self.callerStep(input)
    }
  }

  /// A caller that goes through a proxy only hands calls on.
  private static func callerStep(_ input: Input) -> [Output] {
    guard case .received(.relayed(let call, let isGood), _) = input else { return [] }
    return [.answer(.relayReturned(call, isGood: isGood))]
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .registry(let part): part.checkInvariants()
    case .app(let part): part.checkInvariants()
    case .host(let part): part.checkInvariants()
    case .picker(let part): part.checkInvariants()
    case .caller: nil
    }
  }
}
