/// Finds what single reads show that should not be: no circle is needed for it.
struct ReadAnomalies {
  private let observations: ListObservations
  private(set) var found: [TransactionAnomaly] = []

  init(_ observations: ListObservations) {
    self.observations = observations
    for key in observations.keys {
      for read in observations.reads[key] ?? [] { look(at: read, key) }
      lookForLostUpdates(key)
    }
    for (index, operation) in observations.history.operations.enumerated()
    where operation.outcome == .ok {
      lookInside(index, operation.action)
    }
  }

  private mutating func look(at read: ListObservations.Read, _ key: Datum) {
    let reader = read.transaction
    var seen: Set<Datum> = []
    for element in read.elements {
      if !seen.insert(element).inserted {
        add(.duplicateElement, [reader], ["T\(reader) read \(element) more than once in \(key)."])
      }
      guard let append = observations.writer(key, element) else {
        add(
          .garbageRead, [reader],
          ["T\(reader) read \(element) in \(key), which no transaction appended."])
        continue
      }
      if observations.history.operations[append.transaction].outcome == .failed {
        add(
          .g1a, [append.transaction, reader],
          [
            "T\(append.transaction) appended \(element) to \(key) and was aborted.",
            "T\(reader) read \(element) all the same.",
          ])
      }
    }
    guard let last = read.elements.last, let append = observations.writer(key, last),
      append.isIntermediate, append.transaction != reader
    else { return }
    add(
      .g1b, [append.transaction, reader],
      [
        "T\(append.transaction) appended \(last) to \(key), and then appended to it again.",
        "T\(reader) read \(key) as it was in between.",
      ])
  }

  /// Transactions that read one version of a list and then append to it.
  private mutating func lookForLostUpdates(_ key: Datum) {
    let updates = (observations.reads[key] ?? []).filter(\.isUpdated)
    for group in Parts.grouped(updates, by: \.elements) {
      var transactions: [Int] = []
      for place in group where !transactions.contains(updates[place].transaction) {
        transactions.append(updates[place].transaction)
      }
      guard transactions.count > 1 else { continue }
      let names = transactions.map { "T\($0)" }.joined(separator: " and ")
      let version = ListTransaction.Step.text(updates[group[0]].elements)
      add(
        .lostUpdate, transactions,
        [
          "\(names) read \(key) as \(version), and each appended to it afterwards.",
          "Whichever appended first, the others did not see it.",
        ])
    }
  }

  /// Compares each read with what its own transaction did before, and will do.
  private mutating func lookInside(_ index: Int, _ transaction: ListTransaction) {
    var whole: [Datum: [Datum]] = [:]
    var own: [Datum: [Datum]] = [:]
    var toCome = Set(transaction.steps.compactMap(Self.element))
    for step in transaction.steps {
      switch step {
      case .append(let key, let value):
        whole[key]?.append(value)
        own[key, default: []].append(value)
        toCome.remove(ListObservations.Element(key: key, value: value))
      case .read(let key, let elements):
        guard let elements else { continue }
        let expected = whole[key] ?? own[key] ?? []
        let isRight = whole[key] == nil ? ends(elements, with: expected) : elements == expected
        if !isRight {
          addInconsistency(
            index, key, elements,
            "it \(whole[key] == nil ? "ends with" : "is") "
              + ListTransaction.Step.text(expected))
        } else if elements.contains(where: { toCome.contains(.init(key: key, value: $0)) }) {
          addInconsistency(index, key, elements, "not all of that is appended yet")
        }
        whole[key] = elements
      }
    }
  }

  private static func element(_ step: ListTransaction.Step) -> ListObservations.Element? {
    guard case .append(let key, let value) = step else { return nil }
    return ListObservations.Element(key: key, value: value)
  }

  private func ends(_ elements: [Datum], with expected: [Datum]) -> Bool {
    elements.count >= expected.count && elements.suffix(expected.count) == expected[...]
  }

  private mutating func addInconsistency(
    _ index: Int, _ key: Datum, _ elements: [Datum], _ truth: String
  ) {
    let text = ListTransaction.Step.text(elements)
    add(
      .internalInconsistency, [index],
      ["T\(index) read \(key) as \(text), although by its own steps \(truth)."])
  }

  private mutating func add(
    _ kind: TransactionAnomaly.Kind, _ transactions: [Int], _ proof: [String]
  ) {
    found.append(
      TransactionAnomaly(kind: kind, cycle: [], transactions: transactions, proof: proof))
  }
}
