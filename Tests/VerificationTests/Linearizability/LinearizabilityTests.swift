import Kernel
import Testing

@testable import Verification

@Suite struct LinearizabilityTests {
  @Test("verdicts and shortest prefixes on 10,000 small register histories are the naive ones")
  func registers() { Comparison.run(RegisterModel()) }

  @Test("verdicts and shortest prefixes on 10,000 small key-value histories are the naive ones")
  func keyValueStores() { Comparison.run(KeyValueModel()) }

  @Test("verdicts and shortest prefixes on 10,000 small set histories are the naive ones")
  func sets() { Comparison.run(SetModel()) }

  @Test("verdicts and shortest prefixes on 10,000 small queue histories are the naive ones")
  func queues() { Comparison.run(QueueModel()) }

  @Test("verdicts and shortest prefixes on 10,000 small counter histories are the naive ones")
  func counters() { Comparison.run(CounterModel()) }

  @Test("both searches agree where many operations are lost")
  func manyLosses() {
    var violated = 0
    for seed in 0..<1_500 as Range<UInt64> {
      let shape = RandomHistory(
        clients: 4, operations: 14, lostShare: 0.35, garbledShare: 0.15)
      violated += Comparison.searchesAgree(CounterModel(), shape, seed) ? 1 : 0
      violated += Comparison.searchesAgree(RegisterModel(), shape, seed) ? 1 : 0
    }
    #expect(violated > 500)
  }

  @Test("a history of a real object holds", arguments: 0..<40 as Range<UInt64>)
  func realObjects(seed: UInt64) {
    let shape = RandomHistory(
      clients: 1 + Int(seed % 5), operations: 100, lostShare: 0.02, failedShare: 0.05)
    expectHolds(shape, RegisterModel(), seed)
    expectHolds(shape, KeyValueModel(), seed)
    expectHolds(shape, SetModel(), seed)
    expectHolds(shape, QueueModel(), seed)
    expectHolds(shape, CounterModel(), seed)
  }

  @Test("more than 64 operations may be open at once")
  func manyClients() {
    var history = History<RegisterAction>()
    for client in 1...100 { history.invoke(client, .write(.number(client)), at: .zero) }
    for client in 1...100 {
      history.succeed(client, .write(.number(client)), at: .zero)
      history.invoke(0, .read(.none), at: .zero)
      history.succeed(0, .read(.number(client)), at: .zero)
    }
    #expect(Linearizability.check(OperationHistory(history), against: RegisterModel()).holds)
    history.invoke(0, .read(.none), at: .zero)
    history.succeed(0, .read(.number(101)), at: .zero)
    let verdict = Linearizability.check(
      OperationHistory(history), against: RegisterModel(), budget: 10_000)
    guard case .unknown(let reason) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(reason.contains("200 of 201 responses"))
  }

  @Test("a witness says what could have been")
  func sentences() throws {
    // The beginning of rethink-fail-minimal.edn of jepsen-io/knossos.
    let text = """
      {:process 0, :type :invoke, :f :write, :value 0}
      {:process 0, :type :ok, :f :write, :value 0}
      {:process 1, :type :invoke, :f :read, :value nil}
      {:process 2, :type :invoke, :f :write, :value 4}
      {:process 1, :type :ok, :f :read, :value 3}
      {:process 2, :type :ok, :f :write, :value 4}
      """
    let history: OperationHistory<RegisterAction> = try EDNHistoryReader.read(text)
    let verdict = Linearizability.check(history, against: RegisterModel())
    let witness = try #require(verdict.witness)
    #expect(
      witness.sentences(in: history) == [
        "No order of the operations explains 'process 1: read → 3', which ended with event 5 "
          + "(line 5).",
        "Whatever order explains everything before: the object holds 0.",
        "What else is open at that time leads from there to no state in which this can happen.",
      ])
    #expect(witness.explanations.map(\.order) == [[0]])
  }

  private func expectHolds<Model: RandomObject>(
    _ shape: RandomHistory, _ model: Model, _ seed: UInt64
  ) {
    let history = shape.draw(model, seed: seed, name: "real")
    #expect(Linearizability.check(history, against: model).holds, "\(Model.self)")
  }
}

/// Small random histories, checked by the searches and by definition.
enum Comparison {
  static func run<Model: RandomObject>(_ model: Model) {
    var counts = (holds: 0, violated: 0)
    for seed in 0..<10_000 as Range<UInt64> {
      let shape = RandomHistory(
        clients: 2 + Int(seed % 3), operations: 3 + Int(seed % 4),
        lostShare: seed % 2 == 0 ? 0.25 : 0, failedShare: 0.05,
        garbledShare: [0, 0.15, 0.4][Int(seed / 7 % 3)])
      let history = shape.draw(model, seed: seed)
      let isNaive = NaiveLinearizability(history, model).isLinearizable
      let verdict = Linearizability.check(history, against: model)
      guard verdict.holds == isNaive, (verdict.witness != nil) == !isNaive else {
        Issue.record("seed \(seed): \(verdict), naive \(isNaive), \(history.operations)")
        return
      }
      if isNaive { counts.holds += 1 } else { counts.violated += 1 }
      guard agree(history, model, verdict.witness) else {
        Issue.record("seed \(seed): the searches do not agree on \(history.operations)")
        return
      }
      if let witness = verdict.witness, !isMinimal(witness, history, model) {
        Issue.record("seed \(seed): \(witness) is not minimal for \(history.operations)")
        return
      }
    }
    #expect(counts.holds > 1_000 && counts.violated > 1_000)
  }

  /// Expects the searches to agree on a history; says whether it is a violation.
  static func searchesAgree<Model: RandomObject>(
    _ model: Model, _ shape: RandomHistory, _ seed: UInt64
  ) -> Bool {
    let history = shape.draw(model, seed: seed, name: "losses")
    let verdict = Linearizability.check(history, against: model)
    #expect(agree(history, model, verdict.witness), "\(Model.self), seed \(seed)")
    return verdict.witness != nil
  }

  /// Whether the prefix contradicts the model and without its last event does not, and whether no
  /// explanation of what comes before lets the operation happen.
  private static func isMinimal<Model: RandomObject>(
    _ witness: LinearizabilityWitness<Model>, _ history: OperationHistory<Model.Action>,
    _ model: Model
  ) -> Bool {
    let through = NaiveLinearizability(history.prefix(witness.prefixCount), model)
    let before = NaiveLinearizability(history.prefix(witness.prefixCount - 1), model)
    let operation = history.operations[witness.operation]
    return !through.isLinearizable && before.isLinearizable
      && operation.response == witness.prefixCount - 1 && !witness.explanations.isEmpty
      && witness.explanations.allSatisfy {
        model.step($0.state, operation.action) == nil && !$0.order.contains(witness.operation)
      }
  }

  /// Whether each search alone, with sets of either width, comes to the verdict, however often it
  /// is interrupted.
  private static func agree<Model: RandomObject>(
    _ history: OperationHistory<Model.Action>, _ model: Model,
    _ witness: LinearizabilityWitness<Model>?
  ) -> Bool {
    var earliest: [Int?] = [nil, nil, nil]
    for part in HistoryPart.divide(history, by: model) {
      let numbering = ModelNumbering(part.members, of: history, model)
      let problem = LinearizationProblem(
        part.events, kinds: numbering.kinds, isPure: numbering.isPure,
        isCrashed: { history.operations[part.members[$0]].response == nil })
      var transitions = numbering.transitions()
      var forward = ForwardSearch<NarrowSlots>(problem, &transitions)
      var depthFirst = DepthFirstSearch<NarrowSlots>(problem, &transitions)
      var wide = ForwardSearch<WideSlots>(problem, &transitions)
      let levels = [
        finish { forward.run(steps: 3, problem, &transitions) },
        finish { depthFirst.run(steps: 3, problem, &transitions) },
        finish { wide.run(steps: 3, problem, &transitions) },
      ]
      for (search, level) in levels.enumerated() {
        guard let level else { continue }
        let index = part.members[Int(problem.returning[level].operation)]
        let response = history.operations[index].response ?? .max
        earliest[search] = min(earliest[search] ?? .max, response)
      }
    }
    return earliest.allSatisfy { $0.map { $0 + 1 } == witness?.prefixCount }
  }

  /// The level that cannot be explained, if there is one.
  private static func finish(_ run: () -> SearchOutcome) -> Int? {
    while true {
      switch run() {
      case .explained: return nil
      case .impossible(let level): return level
      case .paused: continue
      }
    }
  }
}
