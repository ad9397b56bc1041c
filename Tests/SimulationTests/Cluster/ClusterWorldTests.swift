import Kernel
import Simulation
import Testing

/// Timers, processors, disks, outsiders and drivers of a cluster, one at a time.
@Suite struct ClusterWorldTests {
  static let roster = Roster(["n1", "n2", "client"])

  static func cluster(
    _ plan: String = "", _ options: ClusterOptions = ClusterOptions()
  ) throws -> Cluster<EchoFamily> {
    let network = Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: 1)
    return Cluster(
      EchoFamily(), members: 2, in: Environment(roster, network: network),
      faults: try FaultPlan.parse(plan, roster: roster), options: options, seed: 1)
  }

  /// The answers up to `limit`, each with its time in milliseconds.
  static func answers(
    _ cluster: inout Cluster<EchoFamily>, until limit: TimeSpan = .seconds(60)
  ) -> [String] {
    var lines: [String] = []
    while true {
      let stop = cluster.run(until: .zero + limit)
      let time = Int((cluster.now.seconds * 1000).rounded())
      switch stop {
      case .answered(let text, by: let node, _):
        lines.append("\(time) \(roster.name(node)) \(text)")
      case .received(let text, from: let node, by: _, _):
        lines.append("\(time) client got \(text) from \(roster.name(node))")
      case .alarm(let number): lines.append("\(time) alarm \(number)")
      case .violated(let violation, by: let node):
        lines.append("\(time) \(roster.name(node)) violates \(violation.invariant)")
      case .reachedLimit: return lines
      case .spentBudget: return lines + ["budget"]
      }
    }
  }

  @Test func timersGoByTheMonotonicClock() throws {
    var cluster = try Self.cluster("at 1s drift n1 x2 for 2s\nat 1s jump n2 by 30s")
    for node in [NodeID(0), NodeID(1)] {
      cluster.submit(.ask(.wake(at: .zero + .seconds(6))), to: node)
    }
    #expect(Self.answers(&cluster) == ["4000 n1 woke at 6000", "6000 n2 woke at 6000"])
  }

  @Test func timersGoByTheWallClockWhereTheMachineTrustsIt() throws {
    var cluster = try Self.cluster(
      "at 1s jump n1 by 30s\nat 1s jump n2 by -2s", ClusterOptions(timeSource: .wall))
    for node in [NodeID(0), NodeID(1)] {
      cluster.submit(.ask(.wake(at: .zero + .seconds(6))), to: node)
    }
    #expect(Self.answers(&cluster) == ["1000 n1 woke at 31000", "8000 n2 woke at 6000"])
  }

  @Test func settingATimerAgainReplacesItAndCancellingStopsIt() throws {
    var cluster = try Self.cluster()
    cluster.submit(.ask(.wake(at: .zero + .seconds(2))), to: NodeID(0))
    cluster.submit(.ask(.wake(at: .zero + .seconds(5))), to: NodeID(0))
    cluster.submit(.ask(.wake(at: .zero + .seconds(3))), to: NodeID(1))
    cluster.submit(.ask(.stopTimer), to: NodeID(1), at: .zero + .seconds(1))
    #expect(Self.answers(&cluster) == ["5000 n1 woke at 5000"])
  }

  @Test func timersOfAFormerLifeDoNotGoOff() throws {
    var cluster = try Self.cluster("at 1s crash n1 for 1s")
    cluster.submit(.ask(.wake(at: .zero + .seconds(6))), to: NodeID(0))
    cluster.submit(.ask(.wake(at: .zero + .seconds(9))), to: NodeID(0), at: .zero + .seconds(3))
    #expect(Self.answers(&cluster) == ["2000 n1 life 1 with []", "9000 n1 woke at 9000"])
  }

  @Test func aSlowedProcessorTakesInputsOneAfterTheOther() throws {
    var cluster = try Self.cluster(
      "at 1s slow n1 x10 for 5s", ClusterOptions(stepTime: .milliseconds(100)))
    for second in [0, 2] {
      for text in ["a", "b"] {
        cluster.submit(.ask(.answer(text)), to: NodeID(0), at: .zero + .seconds(Int64(second)))
      }
    }
    #expect(Self.answers(&cluster) == ["100 n1 a", "200 n1 b", "3000 n1 a", "4000 n1 b"])
  }

  @Test func whatWaitsForTheProcessorDiesWithTheProcess() throws {
    var cluster = try Self.cluster(
      "at 350ms crash n1 for 10ms", ClusterOptions(stepTime: .milliseconds(100)))
    for number in 1...5 { cluster.submit(.ask(.answer("\(number)")), to: NodeID(0)) }
    #expect(
      Self.answers(&cluster) == ["100 n1 1", "200 n1 2", "300 n1 3", "360 n1 life 1 with []"])
  }

  @Test func aPausedProcessLetsNothingOutWhenItsSyncEnds() throws {
    var cluster = try Self.cluster(
      "at 5ms pause n1 for 2s", ClusterOptions(syncLatency: .constant(.milliseconds(10))))
    cluster.submit(.asks([.persist(1), .answer("kept")]), to: NodeID(0))
    #expect(Self.answers(&cluster) == ["2005 n1 kept", "2005 n1 durable 1"])
  }

  @Test func answersWaitForWritesBeforeThemAndNotForLaterOnes() throws {
    var cluster = try Self.cluster(
      "at 1s slow n2 x3", ClusterOptions(syncLatency: .constant(.milliseconds(10))))
    let asks: [Echo.Ask] = [.answer("early"), .persist(1), .answer("late"), .write(2)]
    for (node, second) in [(NodeID(0), 0), (NodeID(1), 2)] {
      cluster.submit(.asks(asks), to: node, at: .zero + .seconds(Int64(second)))
    }
    #expect(
      Self.answers(&cluster) == [
        "0 n1 early", "10 n1 late", "10 n1 durable 2", "2000 n2 early", "2030 n2 late",
        "2030 n2 durable 2",
      ])
  }

  @Test func aLazyWriteIsLostInACrashUntilALaterSyncTakesItAlong() throws {
    var cluster = try Self.cluster("at 1s crash n1 for 1s\nat 5s crash n1 for 1s")
    cluster.submit(.asks([.write(1)]), to: NodeID(0))
    cluster.submit(.asks([.write(2)]), to: NodeID(0), at: .zero + .seconds(3))
    cluster.submit(.asks([.persist(3)]), to: NodeID(0), at: .zero + .seconds(4))
    #expect(
      Self.answers(&cluster) == [
        "2000 n1 life 1 with []", "4000 n1 durable 2", "6000 n1 life 2 with [2, 3]",
      ])
  }

  @Test func aFullDiskKillsAndASupervisorRestarts() throws {
    var cluster = try Self.cluster(
      "at 1s fill n1 for 3s", ClusterOptions(restartsAfter: .seconds(2)))
    for second in [2, 5] {
      let asks: [Echo.Ask] = [.persist(second), .answer("kept \(second)")]
      cluster.submit(.asks(asks), to: NodeID(0), at: .zero + .seconds(Int64(second)))
    }
    #expect(
      Self.answers(&cluster) == ["4000 n1 life 1 with []", "5000 n1 kept 5", "5000 n1 durable 1"])
    let died = cluster.environment.trace.events.first { $0.kind == "died" }
    #expect(died?.cause.flatMap { cluster.environment.trace[$0] }?.kind == "fill")
  }

  @Test func outsidersTalkThroughTheDriver() throws {
    var cluster = try Self.cluster("at 3s partition client | n1")
    let client = NodeID(2)
    cluster.setAlarm(7, at: .zero + .seconds(2))
    cluster.send("ping", from: client, to: NodeID(0))
    #expect(
      Self.answers(&cluster, until: .seconds(4)) == ["2 client got ping! from n1", "2000 alarm 7"])
    cluster.send("ping", from: client, to: NodeID(0))
    cluster.send("pong", from: client, to: NodeID(1))
    #expect(Self.answers(&cluster) == ["4002 client got pong! from n2"])
  }

  @Test func absentMembersJoinWhenRestarted() throws {
    var cluster = try Self.cluster(
      "at 2s heal\nat 3s restart n2", ClusterOptions(absent: [NodeID(1)]))
    cluster.submit(.ask(.answer("lost")), to: NodeID(1), at: .zero + .seconds(2))
    cluster.submit(.ask(.answer("here")), to: NodeID(1), at: .zero + .seconds(4))
    #expect(Self.answers(&cluster) == ["3000 n2 life 1 with []", "4000 n2 here"])
  }

  @Test func checksTheMachineAndTheFamilyAfterEveryStep() throws {
    var bad = try Self.cluster()
    bad.submit(.ask(.persist(-1)), to: NodeID(0), at: .zero + .seconds(1))
    #expect(Self.answers(&bad).first == "1000 n1 violates no negative records")
    var double = try Self.cluster()
    for (second, node) in [NodeID(0), NodeID(1)].enumerated() {
      double.submit(.ask(.persist(9)), to: node, at: .zero + .seconds(Int64(second)))
    }
    #expect(Self.answers(&double)[1] == "1000 n2 violates one nine")
  }

  @Test func faultsMayBeAddedWhileItRuns() throws {
    var cluster = try Self.cluster("at 9s crash n2 for 1s")
    _ = Self.answers(&cluster, until: .seconds(1))
    let fault = try TimedFault.parse("crash n1 for 2s", roster: Self.roster, now: cluster.now)
    cluster.add(fault)
    #expect(Self.answers(&cluster) == ["3000 n1 life 1 with []", "10000 n2 life 1 with []"])
  }
}
