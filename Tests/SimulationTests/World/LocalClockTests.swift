import Kernel
import Simulation
import Testing

@Suite struct LocalClockTests {
  static func environment() -> Environment {
    Environment(
      Roster(["a"]), network: Network(LinkQuality(latency: .constant(.zero)), seed: 1))
  }

  static func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  /// `trueInstant` is the very first instant at which the clock reads what it should.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func theTrueInstantIsTheFirstThatReadsSo(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "clock")
    var environment = Self.environment()
    let node = NodeID(0)
    var now = Instant.zero
    for _ in 0..<5 {
      now += random.span(.zero, to: .seconds(100))
      let rate = Double(100 + random.below(2_000)) / 1_000
      let applied = environment.apply(.drift(node, rate: rate), at: now)
      let clock = environment.clock(node)
      let due = clock.monotonic(at: now) + random.span(.zero, to: .hours(1))
      let instant = clock.trueInstant(monotonic: due)
      #expect(clock.monotonic(at: instant) >= due)
      let before = instant - .nanoseconds(1)
      #expect(instant == now || before < now || clock.monotonic(at: before) < due)
      now = instant
      _ = environment.end(applied.number ?? -1, at: now)
      #expect(environment.clock(node).monotonic(at: now) == clock.monotonic(at: now))
    }
  }

  @Test func driftMovesBothClocksAndJumpsOnlyTheWall() {
    var environment = Self.environment()
    let node = NodeID(0)
    let drift = environment.apply(.drift(node, rate: 1.5), at: Self.at(1_000))
    #expect(environment.clock(node).monotonic(at: Self.at(3_000)) == Self.at(4_000))
    _ = environment.end(drift.number ?? -1, at: Self.at(3_000))
    #expect(environment.clock(node).wall(at: Self.at(5_000)) == Self.at(6_000))
    let skew = environment.apply(.skew(node, by: .seconds(2)), at: Self.at(5_000))
    _ = environment.apply(.jump(node, by: .seconds(-3)), at: Self.at(5_000))
    #expect(environment.clock(node).wall(at: Self.at(5_000)) == Self.at(5_000))
    #expect(environment.clock(node).monotonic(at: Self.at(5_000)) == Self.at(6_000))
    _ = environment.end(skew.number ?? -1, at: Self.at(6_000))
    #expect(environment.clock(node).wall(at: Self.at(6_000)) == Self.at(4_000))
    _ = environment.apply(.heal, at: Self.at(7_000))
    #expect(environment.clock(node).wall(at: Self.at(7_000)) == Self.at(7_000))
    #expect(environment.clock(node).monotonic(at: Self.at(7_000)) == Self.at(8_000))
    _ = environment.apply(.skew(node, by: .seconds(1)), at: Self.at(8_000))
    #expect(environment.clock(node).wall(at: Self.at(8_000)) == Self.at(9_000))
  }

  @Test func theWallClockNeverReadsLessThanZero() {
    var environment = Self.environment()
    _ = environment.apply(.jump(NodeID(0), by: .seconds(-30)), at: Self.at(1))
    #expect(environment.clock(NodeID(0)).wall(at: Self.at(5_000)) == .zero)
  }
}
