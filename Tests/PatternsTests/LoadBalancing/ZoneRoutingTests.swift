import Kernel
import Patterns
import Testing

@Suite struct ZoneRoutingTests {
  @Test func oneOfFiveKeepsThreeFifths() throws {
    let rule = ZoneRouting(.aware, minimumHosts: 3)
    let shares = try #require(rule.shares(from: 0, hosts: [1, 2, 2], balancers: [1, 1, 1]))
    #expect(abs(shares[0] - 0.6) < 1e-12)
    #expect(abs(shares[1] - 0.2) < 1e-12 && abs(shares[2] - 0.2) < 1e-12)
    #expect(rule.shares(from: 1, hosts: [1, 2, 2], balancers: [1, 1, 1]) == [0, 1, 0])
    #expect(ZoneRouting(.aware).shares(from: 0, hosts: [1, 2, 2], balancers: [1, 1, 1]) == nil)
    #expect(ZoneRouting(.local).shares(from: 0, hosts: [0, 2, 2], balancers: [1, 1, 1]) == nil)
  }

  /// Whatever the zones, all balancers together give each host the same, and no request is lost.
  @Test(arguments: 0..<50) func everyHostGetsTheSame(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "zones")
    let hosts = (0..<3).map { _ in random.below(6) }
    let balancers = (0..<3).map { _ in 1 + random.below(4) }
    let all = hosts.reduce(0, +)
    guard all > 0 else { return }
    let fronts = balancers.reduce(0, +)
    var load = [0.0, 0, 0]
    for zone in 0..<3 {
      let rule = ZoneRouting(.aware, minimumHosts: 1)
      let shares = try #require(rule.shares(from: zone, hosts: hosts, balancers: balancers))
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
      for (other, share) in shares.enumerated() {
        load[other] += share * Double(balancers[zone]) / Double(fronts)
      }
    }
    for zone in 0..<3 {
      #expect(abs(load[zone] - Double(hosts[zone]) / Double(all)) < 1e-9)
    }
  }

  /// A pick among the hosts of a zone stays there, whatever the algorithm.
  @Test(arguments: BalancingAlgorithm.allCases) func aPickStaysInItsZone(
    algorithm: BalancingAlgorithm
  ) {
    var options = Balancer.Options()
    options.tableSize = 251
    var balancer = Balancer(algorithm, weights: [1, 2, 1, 1, 1, 3], options: options)
    var random = RandomStream(seed: 2, name: "zone")
    balancer.setEligible(3, false, at: .zero)
    for _ in 0..<300 {
      let host = balancer.pick(
        key: random.next(), tried: HostsTried(), among: 0b001001, at: .zero, using: &random)
      #expect(host == 0)
    }
    let none = balancer.pick(
      key: 1, tried: HostsTried(0), among: 0b001001, at: .zero, using: &random)
    #expect(none == nil)
    #expect(balancer.checkInvariants() == nil)
  }
}
