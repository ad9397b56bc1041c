import Kernel
import Patterns

/// Whoever keeps a view of the service and picks from it: a caller, a proxy, or a name server.
struct PickerPart: Sendable, Equatable {
  enum View: Sendable, Equatable {
    case none
    case eureka(EurekaClient, resumed: EurekaApplications?, fetchIn: TimeSpan)
    case consul(ConsulResolver)
    case etcd(EtcdClient)
    case rules(KubeWatcher)
    case names(NameCache, server: NodeID)
  }

  typealias Input = DiscoveryPart.Input
  typealias Output = DiscoveryPart.Output

  let service: ServiceID
  var view: View
  /// How long answers of a name server may be kept.
  let nameTTL: TimeSpan
  /// Whether the registry is silent for this picker.
  var isLost = false
  private var lookups = 0
  private var openLookup: Int?

  init(_ view: View, service: ServiceID, nameTTL: TimeSpan) {
    self.view = view
    self.service = service
    self.nameTTL = nameTTL
  }

  /// The instances that it may pick, in order.
  var instances: [NodeID] {
    switch view {
    case .none: []
    case .eureka(let client, _, _): client.instances(of: service)
    case .consul(let resolver): resolver.instances
    case .etcd(let client): client.instances(of: service)
    case .rules(let watcher): watcher.rules[service] ?? []
    case .names(let cache, _): cache.answer?.addresses ?? []
    }
  }

  /// Whether the name has to be looked up before the view is used at `now`.
  func needsLookup(at now: Instant) -> Bool {
    if case .names(let cache, _) = view { cache.needsLookup(at: now) } else { false }
  }

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .received(.relay(let call), _): return [.answer(.relayArrived(call))]
    case .received(.reply(let call), _): return [.answer(.replied(call))]
    case .received(.lookup(let number), let sender):
      let answer = NameAnswer(instances, timeToLive: nameTTL)
      return [.send(.address(number, answer), to: sender)]
    case .received, .started, .timer, .told: return drive(input, at: now)
    }
  }

  private mutating func drive(_ input: Input, at now: Instant) -> [Output] {
    switch view {
    case .none: return []
    case .eureka(var machine, let resumed, let fetchIn):
      view = .none
      let outputs = Self.step(&machine, resumed, fetchIn, input, at: now)
      view = .eureka(machine, resumed: nil, fetchIn: fetchIn)
      return outputs.flatMap { translate($0) }
    case .consul(var machine):
      view = .none
      let outputs = Self.step(&machine, input, at: now)
      view = .consul(machine)
      return outputs.flatMap { translate($0) }
    case .etcd(var machine):
      view = .none
      let outputs = Self.step(&machine, input, at: now)
      view = .etcd(machine)
      return outputs.flatMap { translate($0) }
    case .rules(var machine):
      view = .none
      let outputs = Self.step(&machine, input, at: now)
      view = .rules(machine)
      return outputs.map { translate($0) }
    case .names(let cache, let server): return look(input, cache, server, at: now)
    }
  }

  /// The resolver of a headless service: one question at a time, given up after 5 s.
  private mutating func look(
    _ input: Input, _ cache: NameCache, _ server: NodeID, at now: Instant
  ) -> [Output] {
    switch input {
    case .told(.lookup):
      guard openLookup == nil else { return [] }
      lookups += 1
      openLookup = lookups
      return [.send(.lookup(lookups), to: server), .wakeMe(at: now + .seconds(5))]
    case .received(.address(let number, let answer), _):
      guard number == openLookup else { return [] }
      openLookup = nil
      let before = instances
      var changed = cache
      changed.take(answer, at: now)
      view = .names(changed, server: server)
      return difference(from: before) + [.answer(.lookedUp(true))]
    case .timer:
      guard openLookup != nil else { return [] }
      openLookup = nil
      return [.answer(.lookedUp(false))]
    case .received, .started, .told: return []
    }
  }

  private func difference(from before: [NodeID]) -> [Output] {
    let added = instances.filter { !before.contains($0) }
    let removed = before.filter { !instances.contains($0) }
    guard !added.isEmpty || !removed.isEmpty else { return [] }
    return [.answer(.view(added: added, removed: removed))]
  }

  /// Notes that the registry is silent, or no longer.
  private mutating func note(lost: Bool) -> [Output] {
    guard lost != isLost else { return [] }
    isLost = lost
    return [.answer(.lostRegistry(lost))]
  }
}

extension PickerPart {
  private static func step(
    _ machine: inout EurekaClient, _ resumed: EurekaApplications?, _ fetchIn: TimeSpan,
    _ input: Input, at now: Instant
  ) -> [EurekaClient.Output] {
    switch input {
    case .started:
      guard let resumed else { return machine.step(.started, at: now) }
      return machine.step(
        .resumed(resumed, heartbeatIn: .zero, fetchIn: fetchIn), at: now)
    case .received(.eureka(let message), let sender):
      return machine.step(.received(message, from: sender), at: now)
    case .timer: return machine.step(.wake, at: now)
    case .received, .told: return []
    }
  }

  private static func step(
    _ machine: inout ConsulResolver, _ input: Input, at now: Instant
  ) -> [ConsulResolver.Output] {
    switch input {
    case .started: machine.step(.started, at: now)
    case .received(.consulAnswer(let call, let response), _):
      machine.step(.answered(call, response), at: now)
    case .timer: machine.step(.wake, at: now)
    case .received, .told: []
    }
  }

  private static func step(
    _ machine: inout EtcdClient, _ input: Input, at now: Instant
  ) -> [EtcdClient.Output] {
    switch input {
    case .started: machine.step(.started, at: now)
    case .received(.etcd(let message), let sender):
      machine.step(.received(message, from: sender), at: now)
    case .timer: machine.step(.wake, at: now)
    case .received, .told: []
    }
  }

  private static func step(
    _ machine: inout KubeWatcher, _ input: Input, at now: Instant
  ) -> [KubeWatcher.Output] {
    switch input {
    case .started: machine.step(.started, at: now)
    case .received(.kubeAnswer(let call, let response), _):
      machine.step(.answered(call, response), at: now)
    case .timer: machine.step(.wake, at: now)
    case .received, .told: []
    }
  }

  private mutating func translate(_ output: EurekaClient.Output) -> [Output] {
    switch output {
    case .send(let message, let target): [.send(.eureka(message), to: target)]
    case .wakeMe(let instant): [.wakeMe(at: instant)]
    case .entered(.viewChanged(let added, let removed)):
      note(lost: false) + [.answer(.view(added: added, removed: removed))]
    case .entered(.fetchFailed): note(lost: true)
    case .entered(.fetched): note(lost: false)
    case .entered(.registered), .entered(.registrationFailed), .entered(.leaseLost),
      .entered(.heartbeatFailed):
      []
    }
  }

  private mutating func translate(_ output: ConsulResolver.Output) -> [Output] {
    switch output {
    case .call(let call, let request, let server): [.send(.consulAsk(call, request), to: server)]
    case .wakeMe(let instant): [.wakeMe(at: instant)]
    case .viewChanged(let added, let removed):
      [.answer(.view(added: added, removed: removed))]
    case .failed: note(lost: true)
    case .answered: note(lost: false)
    }
  }

  private mutating func translate(_ output: EtcdClient.Output) -> [Output] {
    switch output {
    case .send(let message, let target): [.send(.etcd(message), to: target)]
    case .wakeMe(let instant): [.wakeMe(at: instant)]
    case .entered(.viewChanged(let added, let removed, _)):
      note(lost: false) + [.answer(.view(added: added, removed: removed))]
    case .entered(.listFailed), .entered(.streamBroken): note(lost: true)
    case .entered(.compacted): [.answer(.fact(.compacted))]
    case .entered(.registered), .entered(.registrationFailed), .entered(.leaseLost): []
    }
  }

  private func translate(_ output: KubeWatcher.Output) -> Output {
    switch output {
    case .call(let call, let request, let server): .send(.kubeAsk(call, request), to: server)
    case .wakeMe(let instant): .wakeMe(at: instant)
    case .viewChanged(_, let added, let removed):
      .answer(.view(added: added, removed: removed))
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch view {
    case .none, .names: nil
    case .eureka(let machine, _, _): machine.checkInvariants()
    case .consul(let machine): machine.checkInvariants()
    case .etcd(let machine): machine.checkInvariants()
    case .rules(let machine): machine.checkInvariants()
    }
  }
}
