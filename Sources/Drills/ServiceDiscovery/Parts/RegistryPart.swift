import Kernel
import Patterns

/// A machine of the registry: one of the four servers.
struct RegistryPart: Sendable, Equatable {
  enum Server: Sendable, Equatable {
    case eureka(EurekaServer)
    case consul(ConsulServer)
    case etcd(EtcdServer)
    case kubernetes(KubeControlPlane)
    /// Taken out while it is stepped, so that nothing in it is shared and copied.
    case away
  }

  typealias Input = DiscoveryPart.Input
  typealias Output = DiscoveryPart.Output

  var server: Server
  /// What a server that began with a copied registry still has to say.
  var pending: [EurekaServer.Output] = []

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch server {
    case .eureka(var machine):
      server = .away
      let outputs = Self.step(&machine, &pending, input, at: now)
      server = .eureka(machine)
      return outputs
    case .consul(var machine):
      server = .away
      let outputs = Self.step(&machine, input, at: now)
      server = .consul(machine)
      return outputs
    case .etcd(var machine):
      server = .away
      let outputs = Self.step(&machine, input, at: now)
      server = .etcd(machine)
      return outputs
    case .kubernetes(var machine):
      server = .away
      let outputs = Self.step(&machine, input, at: now)
      server = .kubernetes(machine)
      return outputs
    case .away: return []
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch server {
    case .eureka(let machine): machine.checkInvariants()
    case .consul(let machine): machine.checkInvariants()
    case .etcd(let machine): machine.checkInvariants()
    case .kubernetes(let machine): machine.checkInvariants()
    case .away: nil
    }
  }

  /// The instances of the service that this machine would name now.
  func instances(of service: ServiceID) -> [NodeID] {
    switch server {
    case .eureka(let machine): machine.instances.filter { $0.service == service }.map(\.node)
    case .consul(let machine): machine.catalog.instances(of: service)
    case .etcd(let machine):
      machine.state.store.read(EtcdInstanceKey.all)
        .compactMap { EtcdInstanceKey.instance($0.key)?.node }.sorted()
    case .kubernetes(let machine):
      KubeWatcher.backends(of: service, in: machine.store.slices(of: service))
    case .away: []
    }
  }
}

extension RegistryPart {
  private static func step(
    _ machine: inout EurekaServer, _ pending: inout [EurekaServer.Output], _ input: Input,
    at now: Instant
  ) -> [Output] {
    var outputs: [EurekaServer.Output]
    switch input {
    case .started:
      outputs = pending.isEmpty ? machine.step(.started, at: now) : pending
      pending = []
    case .received(.eureka(let message), let sender):
      outputs = machine.step(.received(message, from: sender), at: now)
    case .timer: outputs = machine.step(.wake, at: now)
    case .received, .told: return []
    }
    return outputs.compactMap { output in
      switch output {
      case .send(let message, let target): .send(.eureka(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .entered(let fact): story(fact).map { .answer(.fact($0)) }
      }
    }
  }

  private static func story(_ fact: EurekaServerFact) -> DiscoveryFact? {
    switch fact {
    case .opened: nil
    case .registered(let node, let isNew, let isReplication):
      isNew && !isReplication ? .registered(node) : nil
    case .cancelled(let node, let isReplication): isReplication ? nil : .cancelled(node)
    case .evicted(let node, let expiry): .evicted(node, expiry: expiry)
    case .preserving(let isOn, let renewals, let threshold):
      .preserving(isOn, renewals: renewals, threshold: threshold)
    }
  }

  private static func step(
    _ machine: inout ConsulServer, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [ConsulServer.Output]
    switch input {
    case .started: outputs = machine.step(.started, at: now)
    case .received(.consulRaft(let message), _): outputs = machine.step(.raft(message), at: now)
    case .received(.gossip(let message), let sender):
      outputs = machine.step(.gossip(message, from: sender), at: now)
    case .received(.consulAsk(let call, let request), let sender):
      outputs = machine.step(.asked(call, request, from: sender), at: now)
    case .received(.consulAnswer(let call, let response), _):
      outputs = machine.step(.answered(call, response), at: now)
    case .timer: outputs = machine.step(.wake, at: now)
    case .received, .told: return []
    }
    let leads = machine.replica.isLeader
    return outputs.flatMap { output -> [Output] in
      switch output {
      case .persist(let write): [.persist(.consul(write))]
      case .raft(let message): [.send(.consulRaft(message), to: message.target)]
      case .gossip(let message, let target): [.send(.gossip(message), to: target)]
      case .answer(let call, let response, let target):
        [.send(.consulAnswer(call, response), to: target)]
      case .call(let call, let request, let server):
        [.send(.consulAsk(call, request), to: server)]
      case .wakeMe(let instant): [.wakeMe(at: instant)]
      case .entered(let fact): story(fact, leads: leads)
      }
    }
  }

  private static func story(_ fact: ConsulServerFact, leads: Bool) -> [Output] {
    switch fact {
    case .role(let role, let term): return [.answer(.fact(.role(role, term: term)))]
    case .changed(.serfHealth(let agent, let status), _):
      return leads ? [.answer(.fact(.serf(agent, status)))] : []
    case .gossip(let fact): return [.answer(.fact(.gossip(fact)))]
    case .changed, .refused: return []
    }
  }

  private static func step(
    _ machine: inout EtcdServer, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [EtcdServer.Output]
    switch input {
    case .started: outputs = machine.step(.started, at: now)
    case .received(.etcd(let message), let sender):
      outputs = machine.step(.received(message, from: sender), at: now)
    case .timer: outputs = machine.step(.wake, at: now)
    case .received, .told: return []
    }
    let leads = machine.raft.role == .leader
    return outputs.compactMap { output in
      switch output {
      case .persist(let write): .persist(.etcd(write))
      case .send(let message, let target): .send(.etcd(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .entered(.entered(let role, let term)): .answer(.fact(.role(role, term: term)))
      case .entered(.leaseRevoked(_, let keys)):
        leads ? .answer(.fact(.leaseRevoked(keys: keys))) : nil
      case .entered: nil
      }
    }
  }

  private static func step(
    _ machine: inout KubeControlPlane, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [KubeControlPlane.Output]
    switch input {
    case .started: outputs = machine.step(.started, at: now)
    case .received(.kubeRaft(let message), _): outputs = machine.step(.raft(message), at: now)
    case .received(.kubeAsk(let call, let request), let sender):
      outputs = machine.step(.asked(call, request, from: sender), at: now)
    case .told(.deletePod(let pod)):
      outputs = machine.step(.asked(-1, .write(.deletePod(pod)), from: machine.me), at: now)
    case .timer: outputs = machine.step(.wake, at: now)
    case .received, .told: return []
    }
    return outputs.compactMap { output in
      switch output {
      case .persist(let write): .persist(.kubernetes(write))
      case .raft(let message): .send(.kubeRaft(message), to: message.target)
      case .answer(let call, let response, let target):
        .send(.kubeAnswer(call, response), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .entered(let fact): story(fact)
      }
    }
  }

  private static func story(_ fact: KubeControlPlaneFact) -> Output? {
    switch fact {
    case .role(let role, let term): .answer(.fact(.role(role, term: term)))
    case .judged(let host, let isReady): .answer(.fact(.judged(host, isReady: isReady)))
    case .acting, .changed, .refused: nil
    }
  }
}
