import Kernel
import Verification

/// Serial order of generated transactions of four steps each, over lists of at most 32 elements.
///
/// The transactions come out of a store that runs them one after another, so a serial order exists;
/// with one read that misses the last element there is none, and the checker must say so.
struct SerializabilityBenchmark: Benchmark {
  let transactions: Int

  var name: String { "serializability-\(transactions)" }

  private static let rounds = 5

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let history = ListStore().history(transactions: transactions, missingIn: nil)
    let broken = ListStore().history(transactions: transactions, missingIn: transactions / 2)
    let anomalies = Serializability.check(broken).witness ?? []
    try BenchmarkFailure.require(
      anomalies.contains { $0.kind == .gSingle || $0.kind == .lostUpdate || $0.kind == .g1c },
      "a read that misses an element is not found")
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      try BenchmarkFailure.require(
        Serializability.check(history).holds, "transactions one after another hold")
    }
    return [
      Figure(name: name, value: Double(transactions) / seconds, unit: "transactions/s")
    ]
  }
}

/// A store that runs one transaction after another.
private struct ListStore {
  private static let keysAtOnce = 10
  private static let longest = 32

  /// Each transaction reads a list, appends to it, and does the same with another.
  ///
  /// From the one numbered `missing` on, the first read that can misses the last element.
  func history(transactions: Int, missingIn missing: Int?) -> OperationHistory<ListTransaction> {
    var stream = RandomStream(seed: 1, name: "list-store")
    var lists = [[Datum]](repeating: [], count: Self.keysAtOnce)
    var keys = (0..<Self.keysAtOnce).map { Datum.number($0) }
    var nextKey = Self.keysAtOnce
    var history = History<ListTransaction>(capacity: transactions * 2)
    var isMissing = false
    for number in 0..<transactions {
      if number == missing { isMissing = true }
      var steps: [ListTransaction.Step] = []
      for _ in 0..<2 {
        let place = stream.below(Self.keysAtOnce)
        var seen = lists[place]
        if isMissing, !seen.isEmpty, steps.isEmpty {
          seen.removeLast()
          isMissing = false
        }
        steps.append(.read(key: keys[place], elements: seen))
        let element = Datum.number(number * 2 + steps.count / 2)
        steps.append(.append(key: keys[place], element: element))
        lists[place].append(element)
        if lists[place].count >= Self.longest {
          keys[place] = .number(nextKey)
          nextKey += 1
          lists[place] = []
        }
      }
      let transaction = ListTransaction(steps)
      history.invoke(number % 10, transaction, at: .zero)
      history.succeed(number % 10, transaction, at: .zero)
    }
    return OperationHistory(history)
  }
}
