/// Compares the reads of a transaction with what the transaction itself did before, and does later.
enum InternalConsistency {
  /// The first read of each transaction that does not fit, as an anomaly.
  static func anomalies(
    _ operations: [RecordedOperation<ListTransaction>]
  ) -> [TransactionAnomaly] {
    operations.enumerated().compactMap { index, operation in
      guard operation.outcome == .ok else { return nil }
      return anomaly(index, operation.action.steps)
    }
  }

  private static func anomaly(
    _ index: Int, _ steps: [ListTransaction.Step]
  ) -> TransactionAnomaly? {
    for (place, step) in steps.enumerated() {
      guard case .read(let key, .some(let elements)) = step,
        let truth = contradiction(key, elements, steps[..<place], steps[(place + 1)...])
      else { continue }
      let text = ListTransaction.Step.text(elements)
      return TransactionAnomaly(
        kind: .internalInconsistency, cycle: [], transactions: [index],
        proof: ["T\(index) read \(key) as \(text), although by its own steps \(truth)."])
    }
    return nil
  }

  /// What a read should have shown, if it did not.
  private static func contradiction(
    _ key: Datum, _ elements: [Datum], _ before: ArraySlice<ListTransaction.Step>,
    _ after: ArraySlice<ListTransaction.Step>
  ) -> String? {
    var appended: [Datum] = []
    var read: [Datum]?
    for step in before where step.key == key {
      switch step {
      case .append(_, let element): appended.append(element)
      case .read(_, .some(let elements)):
        read = elements
        appended = []
      case .read(_, nil): break
      }
    }
    if let read {
      let whole = read + appended
      if elements != whole { return "it is \(ListTransaction.Step.text(whole))" }
    } else if elements.count < appended.count
      || elements.suffix(appended.count) != appended[...]
    {
      return "it ends with \(ListTransaction.Step.text(appended))"
    }
    for step in after where step.key == key {
      if case .append(_, let element) = step, elements.contains(element) {
        return "it appends \(element) only afterwards"
      }
    }
    return nil
  }
}
