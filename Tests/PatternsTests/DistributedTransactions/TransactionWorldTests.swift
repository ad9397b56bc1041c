import Kernel
import OrderedCollections
import Testing

@testable import Patterns

@Suite("Transactions in a world with faults") struct TransactionWorldTests {
  static let initial = 60

  /// Goods at service 1, money at service 2, and at service 3 the go-ahead and the parcel.
  static func order(
    _ id: Int, _ random: inout RandomStream, mayRefuse: Bool = true
  ) -> BusinessTransaction {
    func work(_ service: Int, _ record: Int, _ change: Int, refuses: Double = 0) -> StepWork {
      StepWork(
        service: NodeID(service), record: record, change: change,
        isRefused: mayRefuse && random.chance(refuses))
    }
    return BusinessTransaction(
      id, "order",
      [
        SagaStep("reserve", .compensatable, work(1, random.below(3), -random.below(12) - 1)),
        SagaStep("charge", .compensatable, work(2, 10 + random.below(3), -random.below(12) - 1)),
        SagaStep("approve", .pivot, work(3, 20, 1, refuses: 0.2)),
        SagaStep("pack", .retriable, work(3, 21, 2)),
        SagaStep("ship", .retriable, work(1, 5, 1)),
      ])
  }

  static func participant(_ random: inout RandomStream) -> TransactionParticipant.Options {
    var options = TransactionParticipant.Options()
    options.initialBalance = initial
    options.hearers = [NodeID(0), NodeID(1), NodeID(2), NodeID(3)]
    options.asksPeers = random.chance(0.5)
    options.maxPrepared = random.chance(0.3) ? 2 : nil
    options.lockTimeout = random.chance(0.2) ? nil : .seconds(Int64(1 + random.below(3)))
    return options
  }

  static func run(
    _ seed: UInt64, _ random: inout RandomStream, _ make: @escaping TransactionWorld.Maker
  ) -> TransactionWorld {
    var world = TransactionWorld(RandomStream(seed: seed, name: "world"), make)
    for id in 1...8 {
      world.place(order(id, &random))
      for _ in 0..<80 { world.turn() }
    }
    world.settle()
    return world
  }

  @Test(
    "Every saga ends with all steps or none, each effect once, whatever is lost or dies",
    arguments: 1...40 as ClosedRange<UInt64>)
  func sagas(_ seed: UInt64) {
    var random = RandomStream(seed: seed, name: "orders")
    var service = Self.participant(&random)
    service.hasSemanticLock = random.chance(0.5)
    var options = SagaOrchestrator.Options()
    options.settles = service.hasSemanticLock
    options.maximumAttempts = [nil, 1, 2, 4][random.below(service.hasSemanticLock ? 4 : 3)]
    if service.hasSemanticLock { options.maximumAttempts = options.maximumAttempts ?? 3 }
    options.update = random.chance(0.3) ? .reread : .commutative
    let world = Self.run(seed, &random) { node, _, disk in
      if node == 0 { return SagaOrchestrator(options, log: disk) }
      return TransactionParticipant(service, node: NodeID(node), journal: disk)
    }
    #expect(world.faults(initialBalance: Self.initial) == [])
  }

  @Test(
    "Under two-phase commit all services do as the record says, and no lock is left",
    arguments: 1...40 as ClosedRange<UInt64>)
  func twoPhase(_ seed: UInt64) {
    var random = RandomStream(seed: seed, name: "orders")
    let service = Self.participant(&random)
    var options = TwoPhaseCoordinator.Options()
    options.voteTimeout = .seconds(Int64(2 + random.below(6)))
    let world = Self.run(seed, &random) { node, life, disk in
      if node == 0 { return TwoPhaseCoordinator(options, node: NodeID(0), life: life, log: disk) }
      return TransactionParticipant(service, node: NodeID(node), journal: disk)
    }
    #expect(world.faults(initialBalance: Self.initial) == [])
    let coordinator = world.nodes[0].part as? TwoPhaseCoordinator
    #expect(coordinator?.instances.isEmpty == true)
    for node in world.nodes {
      guard let part = node.part as? TransactionParticipant, let most = service.maxPrepared else {
        continue
      }
      #expect(part.promises.count <= most)
    }
  }

  @Test(
    "A choreography carried by outboxes ends every order, with nobody who conducts",
    arguments: 1...40 as ClosedRange<UInt64>)
  func choreography(_ seed: UInt64) {
    var random = RandomStream(seed: seed, name: "orders")
    let service = Self.participant(&random)
    let world = Self.run(seed, &random) { node, _, disk in
      if node == 0 { return ChoreographyStarter(service, log: disk) }
      return TransactionParticipant(service, node: NodeID(node), journal: disk)
    }
    #expect(world.faults(initialBalance: Self.initial) == [])
  }
}
