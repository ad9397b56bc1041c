import Kernel
import Verification

/// Transactions on a store that isolates them badly or not at all.
struct RandomTransactions {
  let seed: UInt64
  var isSerial = false
  var transactionCount = 0

  private struct Open {
    var asked: [ListTransaction.Step]
    var done: [ListTransaction.Step] = []
    var snapshot: [Datum: [Datum]]
  }

  init(seed: UInt64) {
    self.seed = seed
    transactionCount = 2 + Int(seed % 4)
  }

  /// Steps of different transactions interleave; reads are of a snapshot, of what is there now, or
  /// made up; some are aborted without being undone, of some nobody learns the outcome.
  var history: OperationHistory<ListTransaction> {
    var stream = RandomStream(seed: seed, name: "transactions")
    let atOnce = isSerial ? 1 : 1 + stream.below(3)
    let hasSnapshots = !isSerial && stream.chance(0.5)
    let errorShare = isSerial || stream.chance(0.7) ? 0 : 0.1
    var store: [Datum: [Datum]] = [:]
    var history = History<ListTransaction>()
    var open: [Int: Open] = [:]
    var begun = 0
    var element = 0
    while begun < transactionCount || !open.isEmpty {
      if begun < transactionCount, open.count < atOnce {
        let steps = ask(&stream, &element)
        history.invoke(begun, ListTransaction(steps), at: .zero)
        open[begun] = Open(asked: steps, snapshot: store)
        begun += 1
        continue
      }
      let process = open.keys.sorted()[stream.below(open.count)]
      guard var transaction = open.removeValue(forKey: process) else { continue }
      if transaction.asked.isEmpty {
        end(process, transaction.done, errorShare, &history, &stream)
        continue
      }
      let step = transaction.asked.removeFirst()
      let isStale = hasSnapshots || stream.chance(errorShare)
      transaction.done.append(
        perform(step, &store, isStale ? transaction.snapshot : nil, transaction.done))
      open[process] = transaction
    }
    return OperationHistory(history)
  }

  private func ask(
    _ stream: inout RandomStream, _ element: inout Int
  ) -> [ListTransaction.Step] {
    (0..<1 + stream.below(3)).map { _ in
      let key = Datum.text(["x", "y", "z"][stream.below(isSerial ? 3 : 2)])
      if stream.chance(0.5) { return .read(key: key, elements: nil) }
      element += 1
      return .append(key: key, element: .number(element))
    }
  }

  private func perform(
    _ step: ListTransaction.Step, _ store: inout [Datum: [Datum]],
    _ snapshot: [Datum: [Datum]]?, _ done: [ListTransaction.Step]
  ) -> ListTransaction.Step {
    switch step {
    case .append(let key, let element):
      store[key, default: []].append(element)
      return step
    case .read(let key, _):
      guard let snapshot else { return .read(key: key, elements: store[key] ?? []) }
      let own = done.compactMap { (step: ListTransaction.Step) -> Datum? in
        if case .append(key, let element) = step { element } else { nil }
      }
      return .read(key: key, elements: (snapshot[key] ?? []) + own)
    }
  }

  private func end(
    _ process: Int, _ steps: [ListTransaction.Step], _ errorShare: Double,
    _ history: inout History<ListTransaction>, _ stream: inout RandomStream
  ) {
    if stream.chance(errorShare) {
      history.fail(process, ListTransaction(steps), at: .zero)
    } else if stream.chance(errorShare) {
      history.lose(process, ListTransaction(steps), at: .zero)
    } else {
      history.succeed(process, ListTransaction(steps), at: .zero)
    }
  }
}
