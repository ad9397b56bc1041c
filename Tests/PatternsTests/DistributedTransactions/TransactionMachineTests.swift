import Kernel
import OrderedCollections
import Testing

@testable import Patterns

@Suite("Coordinators and participants of transactions") struct TransactionMachineTests {
  static let coordinator = NodeID(0)
  static let service = NodeID(1)

  static func work(_ change: Int, isRefused: Bool = false) -> StepWork {
    StepWork(service: service, record: 1, change: change, isRefused: isRefused)
  }

  static func command(
    _ verb: StepCommand.Verb, _ transaction: Int, _ change: Int, base: Int? = nil,
    mustMatch: Bool = false
  ) -> DistributedInput {
    .received(
      .command(
        StepCommand(
          verb, StepKey(transaction, 0), kind: .compensatable, work(change), base: base,
          mustMatch: mustMatch)), from: coordinator)
  }

  static func answer(_ outputs: [DistributedOutput]) -> StepAnswer? {
    for case .send(.answer(_, _, let answer), _) in outputs { return answer }
    return nil
  }

  /// What a participant should be, in the plainest words: the first of each command counts, and what
  /// was undone stays undone.
  struct Naive {
    var balance = 100
    var states: [Int: String] = [:]

    mutating func perform(_ id: Int, _ change: Int) -> StepAnswer {
      if let state = states[id] {
        return state == "done" ? .done : state == "refused" ? .refused : .fenced
      }
      guard balance + change >= 0 || change > 0 else {
        states[id] = "refused"
        return .refused
      }
      balance += change
      states[id] = "done"
      return .done
    }

    mutating func compensate(_ id: Int, _ change: Int) -> StepAnswer {
      if states[id] == "done" { balance -= change }
      if states[id] != "refused" { states[id] = "undone" }
      return .done
    }
  }

  @Test(
    "Commands in any order and any number leave what the naive model says, crashes included",
    arguments: 1...40 as ClosedRange<UInt64>)
  func naive(_ seed: UInt64) {
    var random = RandomStream(seed: seed, name: "participant")
    var options = TransactionParticipant.Options()
    options.initialBalance = 100
    var machine = TransactionParticipant(options, node: Self.service)
    var journal: [DistributedRecord] = []
    var naive = Naive()
    for index in 0..<300 {
      let id = random.below(40)
      let change = id % 3 == 0 ? 7 : -11
      let isUndo = random.chance(0.4)
      let outputs = machine.step(
        Self.command(isUndo ? .compensate : .perform, id, change),
        at: Instant(nanoseconds: Int64(index)))
      for output in outputs {
        if case .persist(let record) = output { journal.append(record) }
        if case .write(let record) = output { journal.append(record) }
      }
      let wanted = isUndo ? naive.compensate(id, change) : naive.perform(id, change)
      #expect(Self.answer(outputs) == wanted)
      #expect(machine.balance(1) == naive.balance)
      #expect(machine.checkInvariants() == nil)
      if random.chance(0.05) {
        machine = TransactionParticipant(options, node: Self.service, journal: journal)
      }
    }
  }

  @Test("A promise locks out sagas and other prepares until the decision, over a crash as well")
  func locks() {
    var options = TransactionParticipant.Options()
    options.initialBalance = 100
    var machine = TransactionParticipant(options, node: Self.service)
    let promised = PreparedWork(
      xid: 1, transaction: 1, works: [NumberedWork(step: 0, work: Self.work(-10))],
      coordinator: Self.coordinator, peers: [])
    let outputs = machine.step(
      .received(.prepare(promised), from: Self.coordinator), at: .zero)
    #expect(outputs.contains(.send(.vote(xid: 1, isYes: true), to: Self.coordinator)))
    let records = outputs.compactMap { output -> DistributedRecord? in
      if case .persist(let record) = output { record } else { nil }
    }
    machine = TransactionParticipant(options, node: Self.service, journal: records)
    #expect(Self.answer(machine.step(Self.command(.perform, 2, -5), at: .zero)) == .busy)
    _ = machine.step(
      .received(.decide(xid: 1, commits: true), from: Self.coordinator), at: .zero)
    #expect(machine.balance(1) == 90)
    #expect(Self.answer(machine.step(Self.command(.perform, 2, -5), at: .zero)) == .done)
  }

  @Test("Seata's example: 1000, one takes 100, the other waits; the end is 800, or 900 with undo")
  func seataExample() {
    var options = TransactionParticipant.Options()
    options.hasSemanticLock = true
    var machine = TransactionParticipant(options, node: Self.service)
    #expect(Self.answer(machine.step(Self.command(.perform, 1, -100), at: .zero)) == .done)
    #expect(Self.answer(machine.step(Self.command(.perform, 2, -100), at: .zero)) == .busy)
    var undone = machine
    _ = machine.step(Self.command(.settle, 1, -100), at: .zero)
    #expect(Self.answer(machine.step(Self.command(.perform, 2, -100), at: .zero)) == .done)
    #expect(machine.balance(1) == 800)
    _ = undone.step(Self.command(.compensate, 1, -100), at: .zero)
    #expect(undone.balance(1) == 1_000)
  }

  @Test("Overwriting loses what came in between; a write that must match is told that it is stale")
  func updates() {
    var machine = TransactionParticipant(.init(), node: Self.service)
    _ = machine.step(Self.command(.perform, 1, -100), at: .zero)
    var careful = machine
    _ = machine.step(Self.command(.perform, 2, -1, base: 1_000), at: .zero)
    #expect(machine.balance(1) == 999)
    let answer = careful.step(
      Self.command(.perform, 2, -1, base: 1_000, mustMatch: true), at: .zero)
    #expect(Self.answer(answer) == .stale)
    #expect(careful.balance(1) == 900)
  }

  @Test("Create Order of Microservices Patterns: a refused pivot undoes ticket, then order")
  func createOrder() {
    let steps = [
      SagaStep("createOrder", .compensatable, Self.work(-1)),
      SagaStep("createTicket", .compensatable, Self.work(-1)),
      SagaStep("authorizeCard", .pivot, Self.work(-1, isRefused: true)),
      SagaStep("approveTicket", .retriable, Self.work(-1)),
      SagaStep("approveOrder", .retriable, Self.work(-1)),
    ]
    var orchestrator = SagaOrchestrator(.init())
    var participant = TransactionParticipant(.init(), node: Self.service)
    var waiting = orchestrator.step(
      .received(.place(BusinessTransaction(1, "createOrder", steps)), from: NodeID(9)), at: .zero)
    var told: [String] = []
    var outcome: TransactionOutcome?
    while !waiting.isEmpty {
      let output = waiting.removeFirst()
      if case .ended(_, let ended) = output { outcome = ended }
      guard case .send(.command(let command), _) = output else { continue }
      told.append("\(command.verb.rawValue) \(steps[command.key.step].name)")
      let answers = participant.step(
        .received(.command(command), from: Self.coordinator), at: .zero)
      for case .send(let message, _) in answers {
        waiting += orchestrator.step(.received(message, from: Self.service), at: .zero)
      }
    }
    #expect(
      told == [
        "perform createOrder", "perform createTicket", "perform authorizeCard",
        "compensate createTicket", "compensate createOrder",
      ])
    #expect(outcome == .compensated)
    #expect(participant.balance(1) == 1_000)
  }

  @Test("No record of a decision means abort; a record is told again by the next life")
  func presumedAbort() {
    let transaction = BusinessTransaction(
      1, "order", [SagaStep("charge", .pivot, Self.work(-1))])
    var coordinator = TwoPhaseCoordinator(.init(), node: Self.coordinator, life: 1)
    let abort = coordinator.step(.received(.inquire(xid: 1_000), from: Self.service), at: .zero)
    #expect(abort.contains(.send(.decide(xid: 1_000, commits: false), to: Self.service)))
    var next = TwoPhaseCoordinator(
      .init(), node: Self.coordinator, life: 1, log: [.decision(xid: 1_000, transaction)])
    let told = next.step(.started, at: .zero)
    #expect(told.contains(.send(.decide(xid: 1_000, commits: true), to: Self.service)))
    _ = next.step(.received(.acknowledge(xid: 1_000), from: Self.service), at: .zero)
    #expect(next.instances.isEmpty)
  }
}
