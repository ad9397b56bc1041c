import Kernel
import Verification

/// Linearizability of a generated register history: so many clients read, write and compare.
///
/// The history comes out of a real register that does what each client asks for at a random moment
/// between invocation and response, so it holds; with one read changed to a value that was never
/// written it does not, and the checker must name that read.
struct LinearizabilityBenchmark: Benchmark {
  let clients: Int
  let operations: Int
  /// The share of operations whose outcome nobody learns.
  var lostShare = 0.0

  var name: String {
    "linearizability-\(clients)x\(operations)" + (lostShare > 0 ? "-lost" : "")
  }

  private static let rounds = 5

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let history = RegisterClients(clients: clients, lostShare: lostShare).history(
      operations: operations)
    try requireWitness(history)
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      let verdict = Linearizability.check(history, against: RegisterModel())
      try BenchmarkFailure.require(verdict.holds, "a history of a real register holds")
    }
    return [
      Figure(name: name, value: seconds * 1e3, unit: "ms"),
      Figure(name: "\(name).rate", value: Double(operations) / seconds, unit: "operations/s"),
    ]
  }

  /// Throws unless a read that saw what nobody wrote is named.
  private func requireWitness(
    _ history: OperationHistory<RegisterAction>
  ) throws(BenchmarkFailure) {
    var operations = history.operations
    let reads = operations.indices.filter {
      if case .read = operations[$0].action { operations[$0].response != nil } else { false }
    }
    let wrong = reads[reads.count / 2]
    operations[wrong] = RecordedOperation(
      process: operations[wrong].process, action: .read(.number(-1)), outcome: .ok,
      invocation: operations[wrong].invocation, response: operations[wrong].response)
    let verdict = Linearizability.check(
      OperationHistory(operations, eventCount: history.eventCount), against: RegisterModel())
    try BenchmarkFailure.require(
      verdict.witness?.operation == wrong, "the read of a value that nobody wrote is not named")
  }
}

/// Clients of one register, each with one operation open at a time.
private struct RegisterClients {
  let clients: Int
  let lostShare: Double

  private enum Stage {
    case idle
    /// What is asked for, and where the invocation stands.
    case asked(RegisterAction, Int)
    /// What was done, and where the invocation stands.
    case done(RegisterAction, Int)
  }

  /// The history of so many operations: a third each of reads, writes and comparisons, of five
  /// values.
  func history(operations count: Int) -> OperationHistory<RegisterAction> {
    var stream = RandomStream(seed: 1, name: "register-clients")
    var value = Datum.none
    var stages = [Stage](repeating: .idle, count: clients)
    var operations: [RecordedOperation<RegisterAction>] = []
    var begun = 0
    var place = 0
    while operations.count < count {
      let client = stream.below(clients)
      switch stages[client] {
      case .idle where begun == count: continue
      case .idle:
        begun += 1
        stages[client] = .asked(Self.draw(&stream), place)
        place += 1
      case .asked(let action, let invocation):
        stages[client] = .done(Self.apply(action, to: &value), invocation)
      case .done(let action, let invocation):
        let isLost = stream.chance(lostShare)
        operations.append(
          RecordedOperation(
            process: client, action: action, outcome: isLost ? .unknown : .ok,
            invocation: invocation, response: isLost ? nil : place))
        place += 1
        stages[client] = .idle
      }
    }
    return OperationHistory(operations, eventCount: place)
  }

  private static func draw(_ stream: inout RandomStream) -> RegisterAction {
    switch stream.below(3) {
    case 0: .read(.none)
    case 1: .write(.number(stream.below(5)))
    default:
      .compareAndSet(
        from: .number(stream.below(5)), to: .number(stream.below(5)), swapped: nil)
    }
  }

  /// What the register does, with the result.
  private static func apply(_ action: RegisterAction, to value: inout Datum) -> RegisterAction {
    switch action {
    case .read: return .read(value)
    case .write(let new): value = new
    case .append: preconditionFailure("these clients do not append")
    case .compareAndSet(let from, let to, _):
      let isEqual = value == from
      if isEqual { value = to }
      return .compareAndSet(from: from, to: to, swapped: isEqual)
    }
    return action
  }
}
