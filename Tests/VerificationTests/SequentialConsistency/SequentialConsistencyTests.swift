import Kernel
import Testing
import Verification

@Suite struct SequentialConsistencyTests {
  @Test("verdicts on 10,000 small register histories are the naive ones")
  func registers() { compare(RegisterModel()) }

  @Test("verdicts on 10,000 small key-value histories are the naive ones")
  func keyValueStores() { compare(KeyValueModel()) }

  @Test("verdicts on 10,000 small set histories are the naive ones")
  func sets() { compare(SetModel()) }

  @Test("verdicts on 10,000 small queue histories are the naive ones")
  func queues() { compare(QueueModel()) }

  @Test("verdicts on 10,000 small counter histories are the naive ones")
  func counters() { compare(CounterModel()) }

  @Test("a stale read is sequentially consistent and not linearizable")
  func staleRead() {
    var history = History<RegisterAction>()
    history.invoke(0, .write(1), at: .zero)
    history.succeed(0, .write(1), at: .zero)
    history.invoke(1, .read(.none), at: .zero)
    history.succeed(1, .read(.none), at: .zero)
    let operations = OperationHistory(history)
    #expect(SequentialConsistency.check(operations, against: RegisterModel()).holds)
    #expect(Linearizability.check(operations, against: RegisterModel()).witness != nil)
  }

  @Test("two stores that are each sequentially consistent need not be so together")
  func isNotLocal() throws {
    var history = History<KeyValueAction>()
    let steps: [(Int, Datum, RegisterAction)] = [
      (0, "x", .write(1)), (1, "y", .write(1)), (0, "y", .read(.none)), (1, "x", .read(.none)),
    ]
    for (process, key, action) in steps {
      history.invoke(process, KeyValueAction(key: key, action), at: .zero)
      history.succeed(process, KeyValueAction(key: key, action), at: .zero)
    }
    let operations = OperationHistory(history)
    let verdict = SequentialConsistency.check(operations, against: KeyValueModel())
    #expect(try #require(verdict.witness).observations == [2, 3])
  }

  @Test("a spent budget is no verdict")
  func budget() {
    let history = RandomHistory(clients: 5, operations: 40, garbledShare: 0.5)
      .draw(CounterModel(), seed: 3)
    guard
      case .unknown = SequentialConsistency.check(history, against: CounterModel(), budget: 5)
    else {
      Issue.record("a verdict after five positions")
      return
    }
  }

  private func compare<Model: RandomObject>(_ model: Model) {
    var counts = (holds: 0, violated: 0)
    for seed in 0..<10_000 as Range<UInt64> {
      let shape = RandomHistory(
        clients: 2 + Int(seed % 2), operations: 3 + Int(seed % 4),
        lostShare: seed % 3 == 0 ? 0.2 : 0, failedShare: 0.05, garbledShare: 0.4)
      let whole = shape.draw(model, seed: seed, name: "sequential")
      // What is open at the end of a prefix may have had its effect, but only with its result.
      let history = seed % 2 == 0 ? whole : whole.prefix(whole.eventCount - 2)
      let isNaive = NaiveSequentialConsistency(history, model).holds
      let verdict = SequentialConsistency.check(history, against: model)
      guard verdict.holds == isNaive, (verdict.witness != nil) == !isNaive else {
        Issue.record("seed \(seed): \(verdict), naive \(isNaive), \(history.operations)")
        return
      }
      if isNaive { counts.holds += 1 } else { counts.violated += 1 }
      if let witness = verdict.witness, !isMinimal(witness, history, model) {
        Issue.record("seed \(seed): \(witness) is not minimal for \(history.operations)")
        return
      }
    }
    #expect(counts.holds > 1_000 && counts.violated > 1_000)
  }

  /// Whether the observations contradict each other, and no longer when any one is left out.
  private func isMinimal<Model: RandomObject>(
    _ witness: SequentialConsistencyWitness, _ history: OperationHistory<Model.Action>,
    _ model: Model
  ) -> Bool {
    func holds(_ kept: [Int]) -> Bool {
      let operations = history.operations.enumerated().filter {
        !Model.isPure($0.element.action) || kept.contains($0.offset)
      }
      return NaiveSequentialConsistency(
        OperationHistory(operations.map(\.element), eventCount: history.eventCount), model
      ).holds
    }
    return witness.isMinimal && !holds(witness.observations)
      && witness.observations.allSatisfy { left in
        holds(witness.observations.filter { $0 != left })
      }
  }
}

/// The definition, tried out: every interleaving of what the processes did.
struct NaiveSequentialConsistency<Model: SequentialModel> {
  private let model: Model
  private let programs: [[RecordedOperation<Model.Action>]]

  init(_ history: OperationHistory<Model.Action>, _ model: Model) {
    self.model = model
    let kept = history.operations.filter { $0.outcome != .failed }
    programs = Set(kept.map(\.process)).map { process in kept.filter { $0.process == process } }
  }

  var holds: Bool { canFinish(programs[...].map { $0[...] }, model.initial) }

  private func canFinish(
    _ rest: [ArraySlice<RecordedOperation<Model.Action>>], _ state: Model.State
  ) -> Bool {
    if rest.allSatisfy({ $0.allSatisfy { $0.response == nil } }) { return true }
    return rest.indices.contains { process in
      guard let operation = rest[process].first else { return false }
      let action =
        operation.outcome == .unknown
        ? Model.withoutResult(operation.action) : operation.action
      guard let action, let next = model.step(state, action) else { return false }
      var shorter = rest
      shorter[process].removeFirst()
      return canFinish(shorter, next)
    }
  }
}
