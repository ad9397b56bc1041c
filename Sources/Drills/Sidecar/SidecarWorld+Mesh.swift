import Kernel
import Patterns
import Simulation

/// Certificates and configuration: what every proxy gets from the mesh's control plane.
extension SidecarWorld {
  var isControlUp: Bool {
    !environment.processes.isDown(controlNode) && !environment.processes.isPaused(controlNode)
  }

  /// The number of the gateway's proxy; the ledgers' follow.
  private var gatewayParty: Int { pods.count }

  private func process(_ party: Int) -> Int { party < pods.count ? pods[party].process : 0 }

  private mutating func withProxy<Result>(
    _ party: Int, _ body: (inout MeshProxy) -> Result
  ) -> Result {
    if party < pods.count { return body(&pods[party].proxy) }
    if party == gatewayParty { return body(&gateway) }
    return body(&ledgers[party - gatewayParty - 1])
  }

  /// Every proxy has long had its certificate and its configuration when the run begins.
  mutating func bootMesh(in queue: inout EventQueue<Event>) {
    for part: MeshPart in [
      .clusters([1]), .routes(MeshRoutes([.init(1, 1)])), .peers(settings.mesh.mode),
    ] {
      _ = control.step(.changed(part, at: nil), at: .zero)
    }
    var outputs = control.step(.wake, at: .zero + settings.mesh.control.debounceMax)
    while !outputs.isEmpty {
      var next: [ControlPlane.Output] = []
      for case .push(let party, let part, let version) in outputs {
        withProxy(party) { $0.adopt(part) }
        next += control.step(
          .acknowledged(proxy: party, rank: part.rank, version: version), at: .zero)
      }
      outputs = next
    }
    for party in 0...pods.count + ledgers.count {
      let certificate = authority.sign(party, at: .zero)
      let outputs = withProxy(party) { $0.agent.step(.issued(certificate), at: .zero) }
      carryOut(outputs, of: party, at: .zero, in: &queue)
    }
  }

  /// A sidecar that has started asks for its certificate and its configuration.
  mutating func sidecarAsks(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].life.sidecar == .running else { return }
    let outputs = pods[pod].proxy.agent.step(.started, at: now)
    carryOut(outputs, of: pod, at: now, in: &queue)
    if !isControlUp {
      note("no-certificate", pod, "its sidecar finds no control plane and stays unready", at: now)
    }
  }

  private mutating func carryOut(
    _ outputs: [CertificateAgent.Output], of party: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let process = Int32(truncatingIfNeeded: process(party))
    for output in outputs {
      switch output {
      case .wakeMe(let span, let number):
        queue.schedule(
          .agentWakes(Int32(party), Int32(truncatingIfNeeded: number), process: process),
          after: span)
      case .request:
        guard isControlUp else { continue }
        queue.schedule(
          .certificateArrives(Int32(party), process: process), after: .milliseconds(7))
        if withProxy(party, { !$0.isReady }) {
          tellControl(.connected(proxy: party), at: now, in: &queue)
        }
      }
    }
  }

  mutating func agentWakes(
    _ party: Int, _ number: Int, process: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard process == self.process(party) else { return }
    let outputs = withProxy(party) { $0.agent.step(.wake(number), at: now) }
    carryOut(outputs, of: party, at: now, in: &queue)
  }

  mutating func certificateArrives(
    _ party: Int, process: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard process == self.process(party), isControlUp else { return }
    let certificate = authority.sign(party, at: now)
    let outputs = withProxy(party) { $0.agent.step(.issued(certificate), at: now) }
    carryOut(outputs, of: party, at: now, in: &queue)
    lookWhetherReady(party, at: now, in: &queue)
  }

  mutating func tellControl(
    _ input: ControlPlane.Input, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard isControlUp else { return }
    for output in control.step(input, at: now) {
      switch output {
      case .wakeMe(let at): queue.schedule(.controlWakes, at: at)
      case .push(let party, let part, let version):
        let push = pushes.add(
          SidecarPush(party: party, process: process(party), part: part, version: version))
        queue.schedule(.partArrives(Int32(push)), after: .milliseconds(1))
      case .rejected, .settled: break
      }
    }
    checks.check(control.checkInvariants(), at: now)
  }

  mutating func partArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let push = pushes[number]
    pushes.remove(number)
    guard push.process == process(push.party) else { return }
    withProxy(push.party) { $0.adopt(push.part) }
    tellControl(
      .acknowledged(proxy: push.party, rank: push.part.rank, version: push.version), at: now,
      in: &queue)
    lookWhetherReady(push.party, at: now, in: &queue)
  }

  private mutating func lookWhetherReady(
    _ party: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard party < pods.count, pods[party].life.sidecar == .running, pods[party].proxy.isReady
    else { return }
    live(.sidecarReady, party, at: now, in: &queue)
  }
}
