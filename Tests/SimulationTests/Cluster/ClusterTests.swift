import Kernel
import Simulation
import Testing

@Suite struct ClusterTests {
  static let roster = Roster(["n1", "n2", "n3", "n4", "n5"])

  /// What came of a run of couriers.
  struct Outcome {
    var receipts: [(at: Instant, by: NodeID, receipt: CourierFamily.Receipt)] = []
    var counts = ClusterCounts()
    var messages = MessageCounts()
    var digest = ""
    var trace = Trace()
    /// The first receipt whose number the sender's disk did not hold.
    var undurable: CourierFamily.Receipt?
    var lives: [Int] = []
  }

  static func run(
    _ plan: String, for span: TimeSpan = .seconds(20), seed: UInt64 = 1,
    options: ClusterOptions = ClusterOptions(syncLatency: .exponential(mean: .milliseconds(3))),
    latency: Distribution = .exponential(mean: .milliseconds(8)), loss: Double = 0
  ) throws -> Outcome {
    let network = Network(LinkQuality(latency: latency, loss: loss), seed: seed)
    var cluster = Cluster(
      CourierFamily(size: 5), in: Environment(roster, network: network),
      faults: try FaultPlan.parse(plan, roster: roster), options: options, seed: seed)
    var outcome = Outcome()
    run: while true {
      switch cluster.run(until: .zero + span) {
      case .answered(let receipt, by: let node, _):
        outcome.receipts.append((cluster.now, node, receipt))
        let held = cluster.durable(receipt.sender).records.last ?? 0
        if held < receipt.parcel.number { outcome.undurable = outcome.undurable ?? receipt }
      case .reachedLimit: break run
      case .violated(let violation, _): throw violation
      case .received, .alarm, .spentBudget: break
      }
    }
    outcome.counts = cluster.counts
    outcome.messages = cluster.environment.network.counts
    outcome.digest = cluster.digest.text + cluster.environment.trace.digest.text
    outcome.trace = cluster.environment.trace
    outcome.lives = cluster.memberNodes.map { cluster.environment.processes.incarnation($0) }
    return outcome
  }

  static let stormy = """
    at 2s crash n2 for 3s
    at 3s pause n1 for 2s
    at 4s partition n1,n2 | n3,n4,n5 for 3s
    at 5s drop 20% for 4s
    at 6s duplicate 30% n3 <-> n4 for 5s
    at 7s slow n5 x8 for 3s
    at 8s reorder 200ms for 2s
    at 9s drift n4 x1.5 for 5s
    at 11s crash n3
    at 12s restart n1
    at 13s heal
    at 19990ms crash n4
    """

  @Test(arguments: 0..<5 as Range<UInt64>)
  func everyCopyIsAccountedFor(seed: UInt64) throws {
    for stepTime in [TimeSpan.zero, .milliseconds(1)] {
      let options = ClusterOptions(
        syncLatency: .exponential(mean: .milliseconds(3)), stepTime: stepTime)
      let run = try Self.run(Self.stormy, seed: seed, options: options)
      #expect(run.messages.copies == run.counts.copies)
      #expect(run.counts.delivered > 5_000)
      #expect(run.counts.discarded > 0 && run.messages.cut > 0 && run.messages.lost > 0)
      #expect(run.messages.duplicated > 0)
    }
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func nothingLeavesBeforeWhatItDependsOnIsDurable(seed: UInt64) throws {
    let run = try Self.run(Self.stormy, seed: seed)
    #expect(run.undurable == nil)
    #expect(Self.twiceUsedNumber(run) == nil)
    #expect(run.lives == [1, 1, 1, 0, 0])
  }

  @Test func aLyingDiskBreaksThePromise() throws {
    let run = try Self.run("at 5s lose n1 for 5s\nat 9s crash n1 for 1s")
    #expect(run.undurable?.sender == NodeID(0))
    #expect(Self.twiceUsedNumber(run) != nil)
  }

  /// A number that one sender used in two lives.
  static func twiceUsedNumber(_ run: Outcome) -> Int? {
    var lives: [[Int]: Int] = [:]
    for (_, _, receipt) in run.receipts {
      let key = [receipt.sender.index, receipt.parcel.number]
      if let life = lives[key], life != receipt.parcel.life { return receipt.parcel.number }
      lives[key] = receipt.parcel.life
    }
    return nil
  }

  @Test func theSameSeedGivesTheSameRun() throws {
    let first = try Self.run(Self.stormy, seed: 3)
    #expect(try Self.run(Self.stormy, seed: 3).digest == first.digest)
    #expect(try Self.run(Self.stormy, seed: 4).digest != first.digest)
  }

  /// Whole runs by their hashes: they must be the same on every machine and in every build.
  @Test func runsAreTheSameEverywhere() throws {
    let digests = try (1...3 as ClosedRange<UInt64>).map {
      try Self.run(Self.stormy, seed: $0).digest
    }
    #expect(
      digests == [
        "dec8379f5c8fd937b8beb9a3c82d2e9d", "59127f444e05bcc599b240ccc5720075",
        "0ca373b1419628f599b240ccc5720075",
      ])
  }

  @Test func aPausedProcessTakesEverythingInLater() throws {
    let run = try Self.run(
      "at 5s pause n1 for 3s", for: .seconds(10), options: ClusterOptions(),
      latency: .constant(.milliseconds(1)))
    let atN1 = run.receipts.filter { $0.by == NodeID(0) && $0.receipt.sender == NodeID(1) }
    #expect(!atN1.contains { $0.at > Self.second(5) && $0.at < Self.second(8) })
    #expect(atN1.count { $0.at == Self.second(8) } > 70)
    let numbers = atN1.map(\.receipt.parcel.number)
    #expect(numbers == numbers.sorted())
  }

  @Test func silenceIsBlamedOnTheFaultBehindIt() throws {
    let run = try Self.run("at 5s crash n2 for 1s\nat 8s partition n1 | n5 for 1s")
    let missed = run.trace.events.filter { $0.kind == "missed" }
    let faults = missed.map { event in
      event.cause.flatMap { run.trace[$0] }.map { "\(event.part): \($0.part) \($0.kind)" }
    }
    #expect(
      Set(faults) == [
        "n1: n2 crash", "n3: n2 crash", "n4: n2 crash", "n5: n2 crash", "n1: network partition",
        "n5: network partition",
      ])
  }

  static func second(_ count: Int64) -> Instant { .zero + .seconds(count) }
}
