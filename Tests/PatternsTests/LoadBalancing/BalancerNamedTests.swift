import Kernel
import Patterns
import Testing

/// Requests for a named host, loads that are reported, and the hashes of the tools.
@Suite struct BalancerNamedTests {
  @Test(arguments: 0..<6) func aNamedHostIsTakenOnlyWhereAPickMayBe(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "named")
    var options = Balancer.Options()
    options.maxInflight = 3
    options.maxFails = 2
    var balancer = Balancer(.weightedRoundRobin, weights: [3, 1, 1, 1], options: options)
    var now = Instant.zero
    var isIn = [true, true, true, true]
    for _ in 0..<400 {
      now += .milliseconds(Int64(random.below(900)))
      let host = random.below(4)
      if random.chance(0.1) {
        isIn[host].toggle()
        balancer.setEligible(host, isIn[host], at: now)
      }
      let credits = balancer.hosts.map(\.currentWeight)
      let allowed =
        isIn[host] && balancer.inflight(of: host) < 3 && !balancer.isTakenOut(host, at: now)
      let isTaken = balancer.stick(to: host, tried: HostsTried(), at: now)
      #expect(isTaken == allowed)
      #expect(balancer.hosts.map(\.currentWeight) == credits)
      if isTaken { balancer.started(host, at: now) }
      if balancer.inflight(of: host) > 0, random.chance(0.6) {
        balancer.finished(host, succeeded: random.chance(0.7), latency: .zero, at: now)
      }
      #expect(balancer.checkInvariants() == nil)
    }
  }

  @Test(arguments: [
    BalancingAlgorithm.leastConnections, .leastConnectionsTree, .powerOfTwo, .leastRequest,
  ])
  func reportsReplaceItsOwnCounts(algorithm: BalancingAlgorithm) {
    var random = RandomStream(seed: 3, name: "reports")
    for isReported in [false, true] {
      var options = Balancer.Options()
      options.usesReports = isReported
      var balancer = Balancer(algorithm, weights: [1, 1], options: options)
      balancer.report(0, load: 9)
      balancer.report(1, load: 2)
      var counts = [0, 0]
      for _ in 0..<200 {
        guard let host = balancer.pick(key: 0, at: .zero, using: &random) else { return }
        balancer.started(host, at: .zero)
        counts[host] += 1
      }
      if isReported {
        // least-request may draw the same host twice.
        #expect(counts[0] < 70 && counts[1] > 130)
      } else {
        #expect(abs(counts[0] - counts[1]) <= 4)
      }
    }
  }

  @Test(arguments: [ToolHash.Kind.ketama, .modulo, .tree, .map])
  func aHashFindsHostsThatAreInOnly(kind: ToolHash.Kind) {
    let weights = [10, 10, 10, 10]
    let all = ToolHash(kind, weights: weights, isIn: [true, true, true, true])
    let some = ToolHash(kind, weights: weights, isIn: [true, false, true, true])
    let none = ToolHash(kind, weights: weights, isIn: [false, false, false, false])
    var moved = 0
    for number in 0..<2_000 {
      let key = "/k\(number)"
      let before = all.server(of: key)
      let after = some.server(of: key)
      #expect(before != nil && after != nil && after != 1)
      #expect(none.server(of: key) == nil)
      if before != 1, before != after { moved += 1 }
    }
    // A table laid out anew moves most keys; the others move those of the lost host.
    #expect(kind == .map ? moved > 500 : moved == 0)
  }

  @Test func presetsSetTheToolsDefaults() {
    func setup(_ preset: BalancerPreset, _ changes: [String: String] = [:]) -> BalancerSetup {
      var settings = Settings(preset.tool.knobs)
      for (name, text) in changes { try? settings.set(name, text) }
      return preset.setup(settings)
    }
    let nginx = setup(.nginx)
    #expect(nginx.options.maxFails == 1 && nginx.options.failTimeout == .seconds(10))
    #expect(nginx.rule == NextUpstream())
    #expect(
      setup(.nginx, ["proxy_next_upstream": "error,timeout,http_500,http_503"])
        .rule.statuses == [500, 503])
    let haproxy = setup(.haproxy)
    #expect(haproxy.algorithm == .elasticRoundRobin && haproxy.checkEvery == .seconds(2))
    #expect(haproxy.fall == 3 && haproxy.rise == 2)
    let envoy = setup(.envoy, ["outlier_detection": "on"])
    #expect(envoy.options.panicPercent == 50 && envoy.outliers == OutlierDetector.Options())
    #expect(setup(.linkerd).options.ewmaDecay == .seconds(10))
    for preset in BalancerPreset.allCases where preset != .plain {
      #expect(!preset.tool.knobs.isEmpty && !preset.tool.leavesOut.isEmpty)
    }
  }
}
