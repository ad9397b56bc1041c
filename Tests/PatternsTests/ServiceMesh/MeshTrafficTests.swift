import Kernel
import Patterns
import Testing

@Suite struct MeshTrafficTests {
  /// The tables of Envoy's page on priority levels; 100 endpoints a level.
  @Test(arguments: [
    (100, 100, 100, 0), (72, 100, 100, 0), (71, 100, 99, 1), (50, 100, 70, 30), (25, 100, 35, 65),
    (0, 100, 0, 100), (72, 72, 100, 0), (71, 71, 99, 1), (50, 50, 70, 30), (25, 25, 50, 50),
  ])
  func envoyPriorityTable(first: Int, second: Int, toFirst: Int, toSecond: Int) {
    let levels = [first, second].map { PriorityLoad.Level(healthy: $0, of: 100) }
    #expect(PriorityLoad.shares(levels, overprovisioning: 140) == [toFirst, toSecond])
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func sharesAddUp(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "levels")
    let levels = (0...random.below(4)).map { _ -> PriorityLoad.Level in
      let total = random.below(12)
      return PriorityLoad.Level(healthy: random.below(total + 1), of: total)
    }
    let shares = PriorityLoad.shares(levels, overprovisioning: 140)
    let isEmpty = levels.allSatisfy { $0.total == 0 }
    #expect(shares.reduce(0, +) == (isEmpty ? 0 : 100))
    #expect(zip(levels, shares).allSatisfy { $0.total > 0 || $1 == 0 })
  }

  private func proxy(
    _ change: (inout OutboundProxy.Options) -> Void = { _ in }, zones: [Int] = [0, 0, 1, 1, 2, 2]
  ) -> OutboundProxy {
    var options = OutboundProxy.Options()
    change(&options)
    return OutboundProxy(
      options, zone: 0, endpoints: zones.map { .init(zone: $0, subset: 1) },
      routes: MeshRoutes([.init(1, 1_000)]), subsets: [1],
      random: RandomStream(seed: 1, name: "accrual"))
  }

  /// Linkerd: seven failures, then 1, 2, 4 s and so on to 60 s, plus up to half by chance.
  @Test func accrualPenaltiesDouble() {
    let options = FailureAccrual.Options()
    var random = RandomStream(seed: 3, name: "accrual")
    var accrual = FailureAccrual()
    var now = Instant.zero
    for _ in 0..<6 {
      let isOut = accrual.ended(false, options, at: now, using: &random)
      #expect(!isOut)
    }
    var expected: [Int64] = [1, 2, 4, 8, 16, 32, 60, 60]
    while !expected.isEmpty {
      let isOut = accrual.ended(false, options, at: now, using: &random)
      #expect(isOut)
      guard case .unavailable(let until, let penalty) = accrual.phase else {
        Issue.record("not out")
        return
      }
      #expect(penalty == .seconds(expected.removeFirst()))
      #expect(until - now >= penalty && until - now <= penalty * 1.5)
      let isEarly = accrual.admits(at: until - .nanoseconds(1))
      #expect(!isEarly)
      now = until
      let isIn = accrual.admits(at: now)
      #expect(isIn)
      accrual.started()
      let isTwo = accrual.admits(at: now)
      #expect(!isTwo, "one request on probation")
    }
    let isOut = accrual.ended(true, options, at: now, using: &random)
    #expect(!isOut && accrual.phase == .available(failures: 0))
  }

  /// Weights are kept within five standard deviations; unknown subsets are never chosen.
  @Test func weightsAndClusters() {
    var proxy = proxy()
    var random = RandomStream(seed: 5, name: "choose")
    proxy.adopt(.routes(MeshRoutes([.init(1, 900), .init(2, 100)])))
    var unknown = 0
    for _ in 0..<10_000 {
      switch proxy.choose(at: .zero, using: &random) {
      case .noCluster(let subset): unknown += subset == 2 ? 1 : 0
      case .endpoint: break
      default: Issue.record("neither")
      }
    }
    #expect(abs(unknown - 1_000) < 150)
    proxy.forget()
    #expect(proxy.choose(at: .zero, using: &random) == .noRoute)
  }

  /// Failover goes by health only: without ejection everything stays in the own zone.
  @Test func failoverFollowsEjection() {
    var options = OutlierDetector.Options()
    options.maxEjectionPercent = 50
    for ejection in [OutboundProxy.Ejection.none, .outlier(options)] {
      var proxy = proxy {
        $0.locality = .failover
        $0.ejection = ejection
      }
      var random = RandomStream(seed: 5, name: "choose")
      var away = 0
      for number in 0..<400 {
        let now = Instant.zero + .milliseconds(10) * number
        guard case .endpoint(let host, _) = proxy.choose(at: now, using: &random) else { continue }
        away += host >= 2 ? 1 : 0
        proxy.started(host, isRetry: false, at: now)
        proxy.finished(
          host, host < 2 ? .serverError : .success, isRetry: false, failure: nil, cost: 0,
          latency: .zero, at: now)
        #expect(proxy.checkInvariants() == nil)
      }
      #expect(ejection == .none ? away == 0 : away > 380)
    }
  }

  /// With everything out and no panic nobody is chosen; with panic everybody is.
  @Test(arguments: [0, 50]) func panicUsesEverybody(percent: Int) {
    var options = OutlierDetector.Options()
    options.maxEjectionPercent = 100
    var proxy = proxy {
      $0.ejection = .outlier(options)
      $0.panicPercent = percent
    }
    var random = RandomStream(seed: 5, name: "choose")
    for host in 0..<6 {
      for _ in 0..<5 {
        proxy.started(host, isRetry: false, at: .zero)
        proxy.finished(
          host, .serverError, isRetry: false, failure: .error, cost: 0, latency: .zero, at: .zero)
      }
    }
    #expect(proxy.outCount == 6)
    switch proxy.choose(at: .zero, using: &random) {
    case .endpoint(_, let isPanic): #expect(percent == 50 && isPanic)
    default: #expect(percent == 0)
    }
  }

  /// Whatever is asked for and lost, every proxy gets its clusters before the routes that came
  /// with them, and ends with what was asked for last.
  @Test(arguments: 0..<30 as Range<UInt64>) func controlPlaneOrdersParts(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "control")
    var control = ControlPlane(proxyCount: 4, subsets: [1])
    var known = Array(repeating: [1], count: 4)
    var routed = Array(repeating: 0, count: 4)
    var wakes: [Instant] = []
    var now = Instant.zero
    func handle(_ outputs: [ControlPlane.Output]) {
      for output in outputs {
        switch output {
        case .wakeMe(let at): wakes.append(at)
        case .push(let proxy, let part, let version):
          if random.chance(0.3) { continue }
          if case .clusters(let subsets) = part { known[proxy] = subsets }
          if case .routes(let routes) = part {
            #expect(routes.named.allSatisfy { known[proxy].contains($0) })
            routed[proxy] = routes.named[0]
          }
          if random.chance(0.3) { continue }
          handle(
            control.step(.acknowledged(proxy: proxy, rank: part.rank, version: version), at: now))
        case .rejected, .settled: break
        }
      }
    }
    for subset in 2...6 {
      handle(control.step(.changed(.routes(MeshRoutes([.init(subset, 1)])), at: nil), at: now))
      handle(control.step(.changed(.clusters([1, subset]), at: nil), at: now))
      while let due = wakes.min() {
        wakes.removeAll { $0 <= due }
        now = due
        handle(control.step(.wake, at: now))
        #expect(control.checkInvariants() == nil)
      }
      #expect(control.isSettled)
      #expect(routed.allSatisfy { $0 == subset })
    }
  }

  @Test func debounceWaitsForQuietButNotForEver() {
    var control = ControlPlane(proxyCount: 1, subsets: [1])
    var due = Instant.zero
    for number in 0..<300 {
      let now = Instant.zero + .milliseconds(50) * number
      for case .wakeMe(let at) in control.step(.changed(.peers(.strict), at: nil), at: now) {
        due = at
      }
      if number == 0 { #expect(due == .zero + .milliseconds(100)) }
    }
    #expect(due == .zero + .seconds(10))
  }

  @Test func checkedRoutesAreTurnedDown() {
    var options = ControlPlane.Options()
    options.checksRoutes = true
    var control = ControlPlane(options, proxyCount: 1, subsets: [1])
    let outputs = control.step(.changed(.routes(MeshRoutes([.init(9, 1)])), at: nil), at: .zero)
    guard case .rejected? = outputs.first else {
      Issue.record("taken")
      return
    }
    #expect(control.isSettled)
  }
}
