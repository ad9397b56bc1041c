import Kernel
import OrderedCollections
import Testing

@testable import Patterns

/// One orchestrator, told by hand what became of its commands.
private struct Conducted {
  var saga: SagaOrchestrator
  var log: [DistributedRecord] = []
  var commands: [StepCommand] = []
  var looks = 0
  var outcome: TransactionOutcome?
  var dueAt = Instant.zero
  private let options: SagaOrchestrator.Options

  init(_ steps: [SagaStep], _ options: SagaOrchestrator.Options) {
    self.options = options
    saga = SagaOrchestrator(options)
    feed(.received(.place(BusinessTransaction(1, "order", steps)), from: NodeID(9)), at: .zero)
  }

  /// What was told, as in `perform 0`.
  var told: [String] { commands.map { "\($0.verb.rawValue) \($0.key.step)" } }

  mutating func feed(_ input: DistributedInput, at now: Instant) {
    for output in saga.step(input, at: now) {
      switch output {
      case .send(.command(let command), _): commands.append(command)
      case .send(.look, _): looks += 1
      case .persist(let record), .write(let record): log.append(record)
      case .wakeMe(let instant): dueAt = instant
      case .ended(_, let outcome): self.outcome = outcome
      case .send, .sleep, .fact: break
      }
    }
  }

  /// The present command is answered.
  mutating func answer(_ answer: StepAnswer) {
    guard let command = commands.last else { return }
    feed(.received(.answer(command.key, command.verb, answer), from: NodeID(1)), at: dueAt)
  }

  /// A record is read.
  mutating func see(_ balance: Int) {
    guard let instance = saga.instances[1] else { return }
    let record = instance.transaction.steps[instance.position].work.record
    let view = RecordView(record: record, balance: balance, isPending: false, position: 0)
    feed(.received(.seen(view, request: 1), from: NodeID(1)), at: dueAt)
  }

  /// Nobody answers until the next command, or until it is over.
  mutating func wait() {
    let count = commands.count + looks
    while commands.count + looks == count, outcome == nil { feed(.woken, at: dueAt) }
  }

  mutating func restart() {
    saga = SagaOrchestrator(options, log: log)
    feed(.started, at: dueAt)
  }
}

@Suite("Coordinators at their edges") struct CoordinatorEdgeTests {
  private static func step(_ kind: StepKind, _ record: Int = 1) -> SagaStep {
    SagaStep("step", kind, StepWork(service: NodeID(1), record: record, change: -10))
  }

  private static let three = [step(.compensatable), step(.compensatable), step(.pivot)]

  @Test("A step is tried so often and no more, the last time as the last; the next begins anew")
  func attempts() {
    var options = SagaOrchestrator.Options()
    options.maximumAttempts = 3
    var saga = Conducted(Self.three, options)
    saga.wait()
    saga.answer(.done)
    for _ in 0..<3 { saga.wait() }
    #expect(
      saga.told == [
        "perform 0", "perform 0", "perform 1", "perform 1", "perform 1", "compensate 1",
      ])
    #expect(saga.commands.map(\.isLast) == [false, false, false, false, true, false])
  }

  @Test(
    "A try without an answer is remembered: what may have happened is undone",
    arguments: [
      true, false,
    ])
  func remembersUnknown(_ restarts: Bool) {
    var options = SagaOrchestrator.Options()
    options.maximumAttempts = restarts ? 1 : 2
    var saga = Conducted(Self.three, options)
    if restarts { saga.restart() } else { saga.wait() }
    saga.answer(.busy)
    #expect(saga.told == ["perform 0", "perform 0", "compensate 0"])
    saga.answer(.done)
    #expect(saga.outcome == .compensated)
  }

  @Test("After the pivot there is only forward, even when a step is refused; marks are settled")
  func onlyForward() {
    var options = SagaOrchestrator.Options()
    options.settles = true
    let steps = [Self.step(.compensatable), Self.step(.pivot), Self.step(.retriable)]
    var saga = Conducted(steps, options)
    saga.answer(.done)
    saga.answer(.done)
    saga.answer(.refused)
    saga.wait()
    saga.answer(.done)
    saga.answer(.done)
    #expect(saga.told == ["perform 0", "perform 1", "perform 2", "perform 2", "settle 0"])
    #expect(saga.outcome == .committed && saga.saga.checkInvariants() == nil)
  }

  @Test("Overwriting puts back what was read, also after a restart", arguments: [true, false])
  func overwrites(_ restarts: Bool) {
    var options = SagaOrchestrator.Options()
    options.update = .overwrite
    var saga = Conducted([Self.step(.compensatable), Self.step(.pivot, 2)], options)
    saga.see(100)
    saga.answer(.done)
    if restarts { saga.restart() }
    saga.see(50)
    saga.answer(.refused)
    #expect(saga.told == ["perform 0", "perform 1", "compensate 0"])
    #expect(saga.commands.map(\.base) == [100, 50, 100])
  }

  private static func vote(
    _ service: inout TransactionParticipant, _ xid: Int, record: Int, _ change: Int
  ) -> Bool? {
    let work = StepWork(service: NodeID(1), record: record, change: change)
    let prepare = PreparedWork(
      xid: xid, transaction: xid, works: [NumberedWork(step: 0, work: work)],
      coordinator: NodeID(0), peers: [])
    for case .send(.vote(_, let isYes), _) in service.step(
      .received(.prepare(prepare), from: NodeID(0)), at: .zero)
    {
      return isYes
    }
    return nil
  }

  @Test("A service promises what it has, and so often as it may")
  func promises() {
    var options = TransactionParticipant.Options()
    options.initialBalance = 10
    options.maxPrepared = 2
    var service = TransactionParticipant(options, node: NodeID(1))
    #expect(Self.vote(&service, 1, record: 1, -11) == false)
    #expect(Self.vote(&service, 2, record: 1, -10) == true)
    #expect(Self.vote(&service, 3, record: 2, -1) == true)
    #expect(Self.vote(&service, 4, record: 3, -1) == false)
    _ = service.step(.received(.decide(xid: 3, commits: false), from: NodeID(0)), at: .zero)
    #expect(Self.vote(&service, 5, record: 2, -10) == true)
  }
}
