import Kernel
import Patterns

/// The process of an instance: it serves calls, answers checks, and in Eureka and etcd registers
/// itself.
struct AppPart: Sendable, Equatable {
  enum Client: Sendable, Equatable {
    /// Somebody else registers the instance.
    case none
    case eureka(EurekaClient, resumed: EurekaResume?)
    case etcd(EtcdClient)
  }

  /// Where a client stands that has been running before the universe began.
  struct EurekaResume: Sendable, Equatable {
    var heartbeatIn: TimeSpan
  }

  typealias Input = DiscoveryPart.Input
  typealias Output = DiscoveryPart.Output

  let me: NodeID
  let host: NodeID
  var client: Client

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .received(.check(let number), let sender): return [.send(.checked(number), to: sender)]
    case .received(.call(let call), let sender): return [.send(.reply(call), to: sender)]
    case .started: return [.send(.hello, to: host)] + drive(input, at: now)
    case .told(.heartbeat): return heartbeat()
    case .received, .timer, .told: return drive(input, at: now)
    }
  }

  /// One heartbeat besides those of the client; nobody waits for its answer.
  private func heartbeat() -> [Output] {
    let call = -1
    switch client {
    case .none: return []
    case .eureka(let machine, _):
      let renewal = EurekaMessage.Request.renew(me, lastDirty: machine.info.lastDirty)
      return [.send(.eureka(.request(call, renewal)), to: machine.servers[0])]
    case .etcd(let machine):
      guard let lease = machine.lease else { return [] }
      return [.send(.etcd(.request(call, .leaseKeepAlive(lease))), to: machine.server)]
    }
  }

  private mutating func drive(_ input: Input, at now: Instant) -> [Output] {
    switch client {
    case .none: return []
    case .eureka(var machine, let resumed):
      client = .none
      let outputs = Self.step(&machine, resumed, input, at: now)
      client = .eureka(machine, resumed: nil)
      return outputs.compactMap { translate($0) }
    case .etcd(var machine):
      client = .none
      let outputs = Self.step(&machine, input, at: now)
      client = .etcd(machine)
      return outputs.compactMap { translate($0) }
    }
  }

  private static func step(
    _ machine: inout EurekaClient, _ resumed: EurekaResume?, _ input: Input, at now: Instant
  ) -> [EurekaClient.Output] {
    switch input {
    case .started:
      guard let resumed else { return machine.step(.started, at: now) }
      let copy = EurekaApplications([])
      return machine.step(
        .resumed(copy, heartbeatIn: resumed.heartbeatIn, fetchIn: .zero), at: now)
    case .received(.eureka(let message), let sender):
      return machine.step(.received(message, from: sender), at: now)
    case .told(.deregister): return machine.step(.shutDown, at: now)
    case .timer: return machine.step(.wake, at: now)
    case .received, .told: return []
    }
  }

  private static func step(
    _ machine: inout EtcdClient, _ input: Input, at now: Instant
  ) -> [EtcdClient.Output] {
    switch input {
    case .started: machine.step(.started, at: now)
    case .received(.etcd(let message), let sender):
      machine.step(.received(message, from: sender), at: now)
    case .told(.deregister): machine.step(.shutDown, at: now)
    case .timer: machine.step(.wake, at: now)
    case .received, .told: []
    }
  }

  private func translate(_ output: EurekaClient.Output) -> Output? {
    switch output {
    case .send(let message, let target): .send(.eureka(message), to: target)
    case .wakeMe(let instant): .wakeMe(at: instant)
    case .entered(.registrationFailed): .answer(.registrationRefused(me))
    case .entered(.leaseLost): .answer(.fact(.leaseLost(me)))
    case .entered(.heartbeatFailed): .answer(.fact(.heartbeatFailed))
    case .entered(.registered), .entered(.viewChanged), .entered(.fetched),
      .entered(.fetchFailed):
      nil
    }
  }

  private func translate(_ output: EtcdClient.Output) -> Output? {
    switch output {
    case .send(let message, let target): .send(.etcd(message), to: target)
    case .wakeMe(let instant): .wakeMe(at: instant)
    case .entered(.registered): .answer(.fact(.registered(me)))
    case .entered(.registrationFailed): .answer(.registrationRefused(me))
    case .entered(.leaseLost): .answer(.fact(.leaseLost(me)))
    case .entered(.viewChanged), .entered(.compacted), .entered(.streamBroken),
      .entered(.listFailed):
      nil
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch client {
    case .none: nil
    case .eureka(let machine, _): machine.checkInvariants()
    case .etcd(let machine): machine.checkInvariants()
    }
  }
}
