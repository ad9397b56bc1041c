import Kernel
import Simulation
import Testing

@Suite struct NetworkTests {
  static let roster = Roster(["a", "b", "c", "d"])
  static let (a, b, c, d) = (NodeID(0), NodeID(1), NodeID(2), NodeID(3))

  static func environment(
    _ latency: Distribution = .exponential(mean: .milliseconds(5)), seed: UInt64 = 1
  ) -> Environment {
    Environment(roster, network: Network(LinkQuality(latency: latency), seed: seed))
  }

  static func fault(_ line: String) throws -> Fault {
    try TimedFault.parse(line, roster: roster, now: .zero).fault
  }

  @Test func aPartitionCutsBothWaysAndOnlyBetweenItsSides() throws {
    var environment = Self.environment()
    let fault = try Self.fault("partition a,b | c")
    let applied = environment.apply(fault, at: .zero)
    for source in Self.roster.nodes {
      for target in Self.roster.nodes where source != target {
        let isCut = environment.network.transmit(from: source, to: target, at: .zero) == .cut
        let ends = Set([source, target])
        let isBetween = ends == [Self.a, Self.c] || ends == [Self.b, Self.c]
        #expect(isCut == isBetween, "\(source) to \(target)")
      }
    }
    _ = environment.end(applied.number ?? -1, at: .zero)
    let healed = environment.network.transmit(from: Self.a, to: Self.c, at: .zero)
    #expect(healed.count == 1)
  }

  @Test func aBlockCutsOneWay() throws {
    var environment = Self.environment()
    _ = environment.apply(try Self.fault("partition a -> b,c"), at: .zero)
    func isCut(_ source: NodeID, _ target: NodeID) -> Bool {
      environment.network.transmit(from: source, to: target, at: .zero) == .cut
    }
    let links = [(Self.a, Self.b), (Self.a, Self.c), (Self.b, Self.a), (Self.a, Self.d)]
    #expect(links.map(isCut) == [true, true, false, false])
  }

  /// Arrivals of 300 messages on every link, under faults.
  static func arrivals(_ faults: [String], seed: UInt64 = 1) throws -> [[NodeID]: [Arrivals]] {
    var environment = environment(seed: seed)
    for line in faults { _ = environment.apply(try fault(line), at: .zero) }
    var arrivals: [[NodeID]: [Arrivals]] = [:]
    for number in 0..<300 {
      for source in roster.nodes {
        for target in roster.nodes where source != target {
          let now = Instant.zero + .milliseconds(Int64(number))
          arrivals[[source, target], default: []].append(
            environment.network.transmit(from: source, to: target, at: now))
        }
      }
    }
    return arrivals
  }

  @Test(arguments: [
    "drop 30% a -> b", "duplicate 30% a -> b", "slow a -> b x20", "delay 1s a -> b",
    "reorder 1s a -> b", "partition a -> b",
  ])
  func aFaultOnOneLinkLeavesTheOthersAlone(line: String) throws {
    let before = try Self.arrivals([])
    let after = try Self.arrivals([line])
    for (link, arrivals) in before {
      #expect((after[link] == arrivals) == (link != [Self.a, Self.b]))
    }
  }

  @Test func lossAndDoublingDoNotChangeTheLatencyOfTheRest() throws {
    let before = try Self.arrivals([])
    let after = try Self.arrivals(["drop 30%", "duplicate 30%"])
    var kept = 0
    for (link, arrivals) in before {
      for (old, new) in zip(arrivals, after[link] ?? []) {
        guard case .once(let instant) = old else { continue }
        switch new {
        case .once(instant), .twice(instant, _): kept += 1
        case .lost: break
        case .once, .twice, .cut: Issue.record("\(link): \(old) became \(new)")
        }
      }
    }
    #expect(kept > 2_000)
  }

  @Test func overlappingLossesAreIndependentChances() throws {
    var environment = Self.environment()
    _ = environment.apply(try Self.fault("drop 10%"), at: .zero)
    let second = environment.apply(try Self.fault("drop 20% a <-> b"), at: .zero)
    func lost(_ target: NodeID) -> Int {
      (0..<20_000).count { _ in
        environment.network.transmit(from: Self.a, to: target, at: .zero) == .lost
      }
    }
    // Standard deviations: 63 of 5,600 and 42 of 2,000; six of them on either side.
    #expect((5_220...5_980).contains(lost(Self.b)))
    #expect((1_740...2_260).contains(lost(Self.c)))
    _ = environment.end(second.number ?? -1, at: .zero)
    #expect((1_740...2_260).contains(lost(Self.b)))
  }

  @Test func delaysAddUpAndSlowLinksMultiply() throws {
    var environment = Self.environment(.constant(.milliseconds(2)))
    _ = environment.apply(try Self.fault("delay 5ms a -> b"), at: .zero)
    _ = environment.apply(try Self.fault("delay 1ms"), at: .zero)
    _ = environment.apply(try Self.fault("slow a <-> b x10"), at: .zero)
    let now = Instant.zero + .seconds(1)
    let there = environment.network.transmit(from: Self.a, to: Self.b, at: now)
    let back = environment.network.transmit(from: Self.b, to: Self.a, at: now)
    #expect(there == .once(now + .milliseconds(26)))
    #expect(back == .once(now + .milliseconds(21)))
  }

  @Test func messagesOvertakeUnlessTheLinkKeepsOrder() throws {
    for keepsOrder in [true, false] {
      var environment = Self.environment()
      environment.network.setQuality(
        from: Self.a, to: Self.b,
        LinkQuality(latency: .constant(.milliseconds(1)), keepsOrder: keepsOrder))
      _ = environment.apply(try Self.fault("reorder 20ms"), at: .zero)
      let arrivals = (0..<100).compactMap { number -> Instant? in
        let now = Instant.zero + .milliseconds(Int64(number))
        let arrivals = environment.network.transmit(from: Self.a, to: Self.b, at: now)
        if case .once(let instant) = arrivals { return instant }
        return nil
      }
      #expect(arrivals.count == 100)
      #expect((arrivals == arrivals.sorted()) == keepsOrder)
    }
  }

  @Test func aLinkOfItsOwnKeepsItsQualityUnderFaults() throws {
    var environment = Self.environment(.constant(.milliseconds(1)))
    environment.network.setQuality(
      from: Self.a, to: Self.b, LinkQuality(latency: .constant(.milliseconds(40))))
    let slow = environment.apply(try Self.fault("slow a <-> b,c x2"), at: .zero)
    func latencies() -> [Arrivals] {
      [Self.b, Self.c].map { environment.network.transmit(from: Self.a, to: $0, at: .zero) }
    }
    #expect(latencies() == [Self.after(80), Self.after(2)])
    environment.network.setQuality(
      from: Self.a, to: Self.c, LinkQuality(latency: .constant(.milliseconds(7))))
    #expect(latencies() == [Self.after(80), Self.after(14)])
    environment.network.setQuality(from: Self.a, to: Self.c, nil)
    _ = environment.end(slow.number ?? -1, at: .zero)
    #expect(latencies() == [Self.after(40), Self.after(1)])
  }

  static func after(_ milliseconds: Int64) -> Arrivals {
    .once(.zero + .milliseconds(milliseconds))
  }
}
