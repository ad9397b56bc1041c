import Kernel
import Patterns

/// The machine of an instance: a Consul agent, a kubelet, or nothing that the registry needs.
struct HostPart: Sendable, Equatable {
  enum Agent: Sendable, Equatable {
    case none
    case consul(ConsulAgent)
    case kubelet(Kubelet)
  }

  typealias Input = DiscoveryPart.Input
  typealias Output = DiscoveryPart.Output
  typealias Timer = DiscoveryPart.Timer

  let app: NodeID
  let service: ServiceID
  var agent: Agent

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch agent {
    case .none: return []
    case .consul(var machine):
      agent = .none
      let outputs = step(&machine, input, at: now)
      agent = .consul(machine)
      return outputs.compactMap { translate($0) }
    case .kubelet(var machine):
      agent = .none
      let outputs = step(&machine, input, at: now)
      agent = .kubelet(machine)
      return outputs.map { translate($0) }
    }
  }

  private func step(
    _ machine: inout ConsulAgent, _ input: Input, at now: Instant
  ) -> [ConsulAgent.Output] {
    switch input {
    case .started: return machine.step(.started, at: now)
    case .received(.hello, _):
      let known = machine.services[app]
      guard known == nil || known?.isLeaving == true else { return [] }
      return machine.step(.register(app, service), at: now)
    case .received(.checked(let number), _):
      return machine.step(.checked(app, number: number, isHealthy: true), at: now)
    case .received(.gossip(let message), let sender):
      return machine.step(.gossip(message, from: sender), at: now)
    case .received(.consulAnswer(let call, let response), _):
      return machine.step(.answered(call, response), at: now)
    case .told(.deregister): return machine.step(.deregister(app), at: now)
    case .told(.heartbeat): return machine.step(.reported(app, .passing), at: now)
    case .timer(let number) where number >= Timer.refused:
      let check = number - Timer.refused
      return machine.step(.checked(app, number: check, isHealthy: false), at: now)
    case .timer(let number):
      return number == Timer.own ? machine.step(.wake, at: now) : []
    case .received, .told: return []
    }
  }

  private func step(
    _ machine: inout Kubelet, _ input: Input, at now: Instant
  ) -> [Kubelet.Output] {
    switch input {
    case .started: return machine.step(.started, at: now)
    case .received(.hello, _): return machine.step(.containerStarted(app, service), at: now)
    case .received(.checked(let number), _):
      return machine.step(.probed(app, number: number, isHealthy: true), at: now)
    case .received(.kubeAnswer(let call, let response), _):
      return machine.step(.answered(call, response), at: now)
    case .timer(let number) where number >= Timer.refused:
      let check = number - Timer.refused
      return machine.step(.probed(app, number: check, isHealthy: false), at: now)
    case .timer(Timer.dead): return machine.step(.inspected(app, isRunning: false), at: now)
    case .timer: return machine.step(.wake, at: now)
    case .received, .told: return []
    }
  }

  private func translate(_ output: ConsulAgent.Output) -> Output? {
    switch output {
    case .check(let instance, let number): .check(instance, number)
    case .call(let call, let request, let server): .send(.consulAsk(call, request), to: server)
    case .gossip(let message, let target): .send(.gossip(message), to: target)
    case .wakeMe(let instant): .wakeMe(at: instant)
    case .entered(.checkChanged(let instance, let status)):
      .answer(.fact(.check(instance, status)))
    case .entered(.gossip(let fact)): .answer(.fact(.gossip(fact)))
    case .entered(.writeFailed(let instance)): .answer(.registrationRefused(instance))
    case .entered(.synced), .entered(.syncFailed), .entered(.reaped): nil
    }
  }

  private func translate(_ output: Kubelet.Output) -> Output {
    switch output {
    case .inspect(let pod): .inspect(pod)
    case .probe(let pod, let number): .check(pod, number)
    case .terminate(let pod): .answer(.terminated(pod))
    case .call(let call, let request, let server): .send(.kubeAsk(call, request), to: server)
    case .wakeMe(let instant): .wakeMe(at: instant)
    case .refused(let pod): .answer(.registrationRefused(pod))
    case .entered(let pod, let isReady): .answer(.fact(.ready(pod, isReady)))
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch agent {
    case .none: nil
    case .consul(let machine): machine.checkInvariants()
    case .kubelet(let machine): machine.checkInvariants()
    }
  }
}
