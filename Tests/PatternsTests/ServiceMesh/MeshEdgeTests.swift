import Kernel
import Patterns
import Testing

/// The edges of the mesh's machines, one by one.
@Suite struct MeshEdgeTests {
  private func proxy(
    _ change: (inout OutboundProxy.Options) -> Void = { _ in }
  ) -> OutboundProxy {
    var options = OutboundProxy.Options()
    change(&options)
    return OutboundProxy(
      options, zone: 0, endpoints: (0..<6).map { _ in .init(zone: 0, subset: 1) },
      routes: MeshRoutes([.init(1, 1)]), subsets: [1],
      random: RandomStream(seed: 1, name: "accrual"))
  }

  private func fail(_ proxy: inout OutboundProxy, _ host: Int) {
    for _ in 0..<5 {
      proxy.started(host, isRetry: false, at: .zero)
      proxy.finished(
        host, .serverError, isRetry: false, failure: .error, cost: 0, latency: .zero, at: .zero)
    }
  }

  private func chosen(_ proxy: inout OutboundProxy, _ seed: UInt64) -> (host: Int, panic: Bool)? {
    var random = RandomStream(seed: seed, name: "choose")
    guard case .endpoint(let host, let isPanic) = proxy.choose(at: .zero, using: &random) else {
      return nil
    }
    return (host, isPanic)
  }

  @Test func noMoreRequestsThanAllowedAreUnderWay() {
    var proxy = proxy { $0.maxRequests = 2 }
    var random = RandomStream(seed: 1, name: "choose")
    for _ in 0..<2 {
      guard case .endpoint(let host, _) = proxy.choose(at: .zero, using: &random) else {
        Issue.record("refused too early")
        return
      }
      proxy.started(host, isRetry: false, at: .zero)
    }
    #expect(proxy.choose(at: .zero, using: &random) == .overflow)
    #expect(proxy.checkInvariants() == nil)
  }

  /// With half of the endpoints out there is no panic at 50 %, with two thirds out there is.
  @Test func panicBeginsBelowItsShare() {
    var outlier = OutlierDetector.Options()
    outlier.maxEjectionPercent = 100
    var proxy = proxy { $0.ejection = .outlier(outlier) }
    for host in 0..<3 { fail(&proxy, host) }
    for seed in 0..<20 as Range<UInt64> {
      let choice = chosen(&proxy, seed)
      #expect(choice?.panic == false && choice.map { $0.host >= 3 } == true)
    }
    fail(&proxy, 3)
    #expect(chosen(&proxy, 1)?.panic == true)
  }

  @Test func whatDiscoveryDoesNotNameIsNoCandidateEvenInPanic() {
    var outlier = OutlierDetector.Options()
    outlier.maxEjectionPercent = 100
    for ejection in [
      OutboundProxy.Ejection.outlier(outlier), .accrual(FailureAccrual.Options()), .none,
    ] {
      var proxy = proxy { $0.ejection = ejection }
      proxy.list(0, false, at: .zero)
      if case .outlier = ejection { for host in 1..<6 { fail(&proxy, host) } }
      for seed in 0..<40 as Range<UInt64> {
        let choice = chosen(&proxy, seed)
        #expect(choice != nil && choice?.host != 0)
      }
    }
  }

  @Test func aRetryGoesWhereNobodyHasTriedYet() {
    var proxy = proxy()
    var random = RandomStream(seed: 1, name: "choose")
    var tried = HostsTried()
    for host in [0, 1, 2, 4, 5] { tried.insert(host) }
    for _ in 0..<30 {
      #expect(
        proxy.choose(tried: tried, at: .zero, using: &random) == .endpoint(3, isPanic: false))
    }
    tried.insert(3)
    // Every endpoint was tried: rather the same again than none.
    guard case .endpoint = proxy.choose(tried: tried, at: .zero, using: &random) else {
      Issue.record("nobody is chosen")
      return
    }
  }

  @Test func aLateGoodAnswerDoesNotBringAnEndpointBack() {
    var accrual = FailureAccrual()
    var random = RandomStream(seed: 3, name: "accrual")
    let options = FailureAccrual.Options()
    for _ in 0..<7 { _ = accrual.ended(false, options, at: .zero, using: &random) }
    let isOut = accrual.ended(true, options, at: .zero, using: &random)
    let admits = accrual.admits(at: .zero + .milliseconds(999))
    #expect(!isOut && !admits)
  }

  /// Envoy counts health in whole percents, cut off: a third is 46 % with 140.
  @Test func healthIsCutOff() {
    let levels = [PriorityLoad.Level(healthy: 1, of: 3), .init(healthy: 3, of: 3)]
    #expect(PriorityLoad.shares(levels, overprovisioning: 140) == [46, 54])
  }

  // MARK: Control plane

  private func pushes(_ outputs: [ControlPlane.Output]) -> [Int] {
    outputs.compactMap { if case .push(_, let part, _) = $0 { part.rank } else { nil } }
  }

  private func settled() -> (control: ControlPlane, now: Instant) {
    var control = ControlPlane(proxyCount: 1, subsets: [1])
    _ = control.step(.changed(.clusters([1, 2]), at: nil), at: .zero)
    _ = control.step(.changed(.routes(MeshRoutes([.init(2, 1)])), at: nil), at: .zero)
    let now = Instant.zero + .milliseconds(100)
    #expect(pushes(control.step(.wake, at: now)) == [1])
    // One part at a time: nothing is sent again before its time.
    #expect(pushes(control.step(.wake, at: now + .seconds(4))) == [])
    #expect(
      pushes(control.step(.acknowledged(proxy: 0, rank: 1, version: 1), at: now)) == [2])
    _ = control.step(.acknowledged(proxy: 0, rank: 2, version: 2), at: now)
    #expect(control.isSettled)
    return (control, now)
  }

  @Test func anOldAcknowledgementTakesNothingBack() {
    var (control, now) = settled()
    _ = control.step(.acknowledged(proxy: 0, rank: 2, version: 1), at: now)
    #expect(control.isSettled && control.checkInvariants() == nil)
  }

  /// A proxy that starts anew is sent everything, and what is lost on the way is sent again.
  @Test func aNewProxyGetsEverythingEvenIfItIsLost() {
    var (control, now) = settled()
    let outputs = control.step(.connected(proxy: 0), at: now)
    #expect(pushes(outputs) == [1] && !control.isSettled)
    let due = outputs.compactMap { output -> Instant? in
      if case .wakeMe(let at) = output { at } else { nil }
    }.min()
    #expect(due == now + control.options.resend)
    #expect(pushes(control.step(.wake, at: due ?? now)) == [1])
  }

  // MARK: Certificates and connections

  @Test func onlyTheTimerSetLastCounts() {
    var authority = CertificateAuthority(lifetime: .seconds(60), backdate: .zero)
    var agent = CertificateAgent(random: RandomStream(seed: 1, name: "a"))
    func number(_ outputs: [CertificateAgent.Output]) -> Int {
      for case .wakeMe(_, let number) in outputs { return number }
      return -1
    }
    let first = number(agent.step(.started, at: .zero))
    #expect(agent.unanswered == 1)
    let second = number(agent.step(.issued(authority.sign(1, at: .zero)), at: .zero))
    #expect(agent.unanswered == 0)
    #expect(agent.step(.wake(first), at: .zero + .seconds(1)).isEmpty)
    #expect(agent.step(.wake(second), at: .zero + .seconds(30)).contains(.request))
  }

  @Test func aProxyUsesConnectionsOnlyWhileTheyAreYoungAndGood() {
    var authority = CertificateAuthority(lifetime: .seconds(60), backdate: .zero)
    var agent = CertificateAgent(random: RandomStream(seed: 1, name: "a"))
    var proxy = MeshProxy(agent: agent, inbound: InboundProxy(), outbound: proxy())
    #expect(!proxy.isReady)
    _ = agent.step(.issued(authority.sign(4, at: .zero)), at: .zero)
    proxy.agent = agent
    #expect(proxy.isReady)
    let server = MutualTLS.Side(
      hasSidecar: true, certificate: authority.sign(5, at: .zero), trusted: [1], wall: .zero)
    func connect(_ trusted: [Int]) -> MutualTLS.Handshake {
      var server = server
      server.trusted = trusted
      return proxy.connect(
        to: 0, server, mode: .strict, as: proxy.side(at: .zero), at: .zero)
    }
    #expect(connect([1]) == .mutual(identity: 4))
    func isThere(_ second: Int64) -> Bool {
      proxy.connection(to: 0, youngerThan: .seconds(9), at: .zero + .seconds(second)) != nil
    }
    #expect(isThere(8) && !isThere(9))
    #expect(connect([2]) == .refused(.unknownRoot) && !isThere(0))
    _ = connect([1])
    proxy.adopt(.routes(MeshRoutes([.init(1, 1)])))
    #expect(isThere(0))
    proxy.adopt(.trust([1, 2]))
    #expect(!isThere(0) && proxy.inbound.trusted == [1, 2])
  }

  @Test func aMirrorIsNamedToo() {
    #expect(MeshRoutes([.init(1, 9), .init(2, 0)], mirror: 3, mirrorShare: 1).named == [1, 3])
  }
}
