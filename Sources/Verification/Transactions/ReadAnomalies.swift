/// Finds what reads show of a list that should not be: no circle is needed for it.
struct ReadAnomalies {
  private let operations: [RecordedOperation<ListTransaction>]
  private(set) var found: [TransactionAnomaly] = []

  /// `orders` has the order of versions of each list, or nil where there is none.
  init(_ observations: ListObservations, _ orders: [VersionOrder?]) {
    operations = observations.history.operations
    for (list, order) in zip(observations.lists, orders) {
      guard let order else {
        for read in list.reads { lookAtElements(read, list.key, read.elements.map(list.append)) }
        lookForContradiction(list)
        continue
      }
      // An order of versions shows nothing twice, so only the writers are looked at.
      if let longest = list.longestRead { lookAtWriters(longest, list.key, order.writers) }
      lookForIntermediateReads(list, order)
      lookForLostUpdates(list)
    }
  }

  private mutating func lookAtElements(
    _ read: ListRecord.Read, _ key: Datum, _ writers: [ListRecord.Append?]
  ) {
    let reader = read.transaction
    if Set(read.elements).count < read.elements.count {
      let text = ListTransaction.Step.text(read.elements)
      add(.duplicateElement, [reader], ["T\(reader) read \(key) as \(text)."])
    }
    lookAtWriters(read, key, writers)
  }

  private mutating func lookAtWriters(
    _ read: ListRecord.Read, _ key: Datum, _ writers: [ListRecord.Append?]
  ) {
    let reader = read.transaction
    for (element, writer) in zip(read.elements, writers) {
      guard let writer = writer?.transaction else {
        add(
          .garbageRead, [reader],
          ["T\(reader) read \(element) in \(key), which no transaction appended."])
        continue
      }
      guard operations[writer].outcome == .failed else { continue }
      add(
        .g1a, [writer, reader],
        [
          "T\(writer) appended \(element) to \(key) and was aborted.",
          "T\(reader) read \(element) all the same.",
        ])
    }
  }

  private mutating func lookForContradiction(_ list: ListRecord) {
    guard let longest = list.longestRead,
      let read = list.reads.first(where: { !longest.elements.starts(with: $0.elements) })
    else { return }
    add(
      .incompatibleOrder, [read.transaction, longest.transaction],
      [
        "T\(read.transaction) read \(list.key) as \(ListTransaction.Step.text(read.elements)).",
        "T\(longest.transaction) read it as \(ListTransaction.Step.text(longest.elements)).",
        "Lists only grow, so one of these must begin the other.",
      ])
  }

  private mutating func lookForIntermediateReads(_ list: ListRecord, _ order: VersionOrder) {
    for read in list.reads where !read.elements.isEmpty {
      guard let last = order.writers[read.elements.count - 1], last.isIntermediate,
        last.transaction != read.transaction
      else { continue }
      add(
        .g1b, [last.transaction, read.transaction],
        [
          "T\(last.transaction) appended \(last.value) to \(list.key), and then appended to it "
            + "again.",
          "T\(read.transaction) read \(list.key) as it was in between.",
        ])
    }
  }

  /// Transactions that read one version of a list and then append to it.
  private mutating func lookForLostUpdates(_ list: ListRecord) {
    guard Self.hasTwoUpdates(list) else { return }
    let updates = list.reads.filter(\.isUpdated)
    // Reads of a list with an order are of one version when they are equally long.
    for group in Parts.grouped(updates, by: \.elements.count) {
      var transactions: [Int] = []
      for place in group where transactions.last != updates[place].transaction {
        transactions.append(updates[place].transaction)
      }
      guard transactions.count > 1 else { continue }
      let names = transactions.map { "T\($0)" }.joined(separator: " and ")
      let version = ListTransaction.Step.text(updates[group[0]].elements)
      add(
        .lostUpdate, transactions,
        [
          "\(names) read \(list.key) as \(version), and each appended to it afterwards.",
          "Whichever appended first, the others did not see it.",
        ])
    }
  }

  /// Whether two reads of one version are followed by an append of their transactions.
  private static func hasTwoUpdates(_ list: ListRecord) -> Bool {
    guard let longest = list.longestRead else { return false }
    var isSeen = [Bool](repeating: false, count: longest.elements.count + 1)
    for read in list.reads where read.isUpdated {
      if isSeen[read.elements.count] { return true }
      isSeen[read.elements.count] = true
    }
    return false
  }

  private mutating func add(
    _ kind: TransactionAnomaly.Kind, _ transactions: [Int], _ proof: [String]
  ) {
    found.append(
      TransactionAnomaly(kind: kind, cycle: [], transactions: transactions, proof: proof))
  }
}
