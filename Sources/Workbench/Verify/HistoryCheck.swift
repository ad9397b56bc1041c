import Drills
import Kernel
import Presentation
import Verification

/// What a check of somebody's recorded history came to.
struct HistoryCheck {
  /// The models by the words that are typed.
  enum Model: String, CaseIterable {
    case register
    case keyValue = "key-value"
    case set
    case queue
    case counter
    case transactions
  }

  /// What a history can be held against.
  enum Guarantee: String, CaseIterable {
    case linearizable
    case sequential
    case serializable
  }

  /// An operation of the witness, as people name it.
  struct Named {
    let text: String
    let line: Int?
  }

  var operations = 0
  var processes = 0
  var unknown = 0
  /// What is assumed of the object at first.
  var assumption = ""
  var verdict = Finding.Verdict.holds
  /// The operation that cannot be explained.
  var culprit: Named?
  /// The operations that the contradiction needs.
  var essence: [Named] = []
  var picture: Block?
}

extension HistoryCheck {
  /// Checks the history written in `text`; `initial` is what registers and keys hold at first.
  static func run(
    _ text: String, model: Model, guarantee: Guarantee, initial: Datum?, budget: Int?
  ) throws(Diagnostic) -> HistoryCheck {
    switch model {
    case .register:
      let history: OperationHistory<RegisterAction> =
        isJepsenLog(text) ? try JepsenLogReader.read(text) : try EDNHistoryReader.read(text)
      return check(
        history, RegisterModel(initialValue: initial ?? .none), guarantee, budget,
        "The register holds \(initial ?? .none) at first.")
    case .keyValue:
      let history: OperationHistory<KeyValueAction> = try edn(text)
      let value = initial ?? (appends(history) ? .text("") : .none)
      return check(
        history, KeyValueModel(initialValue: value), guarantee, budget,
        "Every key holds \(value) at first.")
    case .set:
      return check(try edn(text), SetModel(), guarantee, budget, "The set is empty at first.")
    case .queue:
      return check(try edn(text), QueueModel(), guarantee, budget, "The queue is empty at first.")
    case .counter:
      return check(try edn(text), CounterModel(), guarantee, budget, "The counter begins at 0.")
    case .transactions:
      return checkTransactions(try edn(text))
    }
  }

  /// Lines of a Jepsen log part their fields by tabs; EDN has no need of them.
  private static func isJepsenLog(_ text: String) -> Bool {
    text.split(separator: "\n").contains { $0.contains("\t:invoke") }
  }

  private static func edn<Action: RecordedAction>(
    _ text: String
  ) throws(Diagnostic) -> OperationHistory<Action> {
    guard !isJepsenLog(text) else {
      throw Diagnostic(
        "Lines of a Jepsen log are read as operations on a register.",
        found: "tab-separated lines", expected: "'--model register', or a history in EDN")
    }
    return try EDNHistoryReader.read(text)
  }

  /// Whoever appends to a key that holds nothing means an empty text.
  private static func appends(_ history: OperationHistory<KeyValueAction>) -> Bool {
    history.operations.contains { operation in
      if case .append = operation.action.action { true } else { false }
    }
  }

  private static func check<Sequential: SequentialModel>(
    _ history: OperationHistory<Sequential.Action>, _ model: Sequential, _ guarantee: Guarantee,
    _ budget: Int?, _ assumption: String
  ) -> HistoryCheck {
    var check = HistoryCheck(counting: history)
    check.assumption = assumption
    if guarantee == .sequential {
      check.hold(
        history,
        SequentialConsistency.check(
          history, against: model, budget: budget ?? SequentialConsistency.usualBudget))
    } else {
      check.hold(
        history, model,
        Linearizability.check(
          history, against: model, budget: budget ?? Linearizability.usualBudget))
    }
    return check
  }

  private init<Action>(counting history: OperationHistory<Action>) {
    operations = history.operations.count
    processes = Set(history.operations.map(\.process)).count
    unknown = history.operations.count { $0.outcome == .unknown }
  }

  private mutating func hold<Sequential: SequentialModel>(
    _ history: OperationHistory<Sequential.Action>, _ model: Sequential,
    _ result: Verdict<LinearizabilityWitness<Sequential>>
  ) {
    switch result {
    case .holds: verdict = .holds
    case .unknown(let reason): verdict = .unknown(reason)
    case .violated(let witness):
      verdict = .violated(witness: witness.sentences(in: history))
      let needed = witness.essence(in: history, of: model)
      culprit = Self.named(witness.operation, in: history)
      essence = needed.map { Self.named($0, in: history) }
      picture = .diagram(
        .operations(
          OperationDiagram(
            history, showing: needed, culprit: witness.operation)))
    }
  }

  private mutating func hold<Action>(
    _ history: OperationHistory<Action>, _ result: Verdict<SequentialConsistencyWitness>
  ) {
    switch result {
    case .holds: verdict = .holds
    case .unknown(let reason): verdict = .unknown(reason)
    case .violated(let witness):
      essence = witness.observations.map { Self.named($0, in: history) }
      let list = essence.map { "'\($0.text)'" }.joined(separator: ", ")
      verdict = .violated(
        witness: [
          witness.observations.isEmpty
            ? "The changes alone have no order in which all results are right."
            : "No one order of all operations, each process in its own, explains together: "
              + "\(list).",
          witness.isMinimal
            ? "Without any one of them the rest can be explained."
            : "There may be fewer that contradict each other.",
        ])
    }
  }

  private static func checkTransactions(
    _ history: OperationHistory<ListTransaction>
  ) -> HistoryCheck {
    var check = HistoryCheck(counting: history)
    check.assumption = "Every list is empty at first."
    switch Serializability.check(history) {
    case .holds: check.verdict = .holds
    case .unknown(let reason): check.verdict = .unknown(reason)
    case .violated(let anomalies):
      var sentences: [String] = []
      var involved: [Int] = []
      for anomaly in anomalies.prefix(4) {
        sentences.append(
          "\(anomaly.kind.title.prefix(1).uppercased() + anomaly.kind.title.dropFirst()), which \(anomaly.kind.brokenLevel.title) rules out. "
            + anomaly.proof.joined(separator: " "))
        involved += anomaly.transactions.filter { !involved.contains($0) }
      }
      if anomalies.count > 4 { sentences.append("\(anomalies.count - 4) more anomalies.") }
      check.verdict = .violated(witness: sentences)
      check.essence = involved.map { index in
        let named = named(index, in: history)
        return Named(text: "T\(index), \(named.text)", line: named.line)
      }
    }
    return check
  }

  private static func named<Action>(
    _ index: Int, in history: OperationHistory<Action>
  ) -> Named {
    let operation = history.operations[index]
    let line = history.lines.isEmpty ? nil : history.lines[operation.invocation]
    return Named(text: "\(operation)", line: line)
  }
}

extension IsolationLevel {
  /// The level in words.
  var title: String {
    switch self {
    case .readUncommitted: "read uncommitted (PL-1)"
    case .readCommitted: "read committed (PL-2)"
    case .snapshotIsolation: "snapshot isolation"
    case .serializable: "serializable (PL-3)"
    }
  }
}
