/// What a history shows of one list.
struct ListRecord {
  /// An element, and who appended it.
  struct Append {
    let value: Datum
    /// As an index into the history.
    let transaction: Int
    /// Whether the transaction appended to this list again afterwards.
    var isIntermediate = false
  }

  /// A read by a transaction that ended `ok`.
  struct Read {
    /// As an index into the history.
    let transaction: Int
    let elements: [Datum]
    /// Whether the transaction had not appended to the list itself before.
    let isExternal: Bool
    /// Whether the transaction had not appended before, and appends afterwards.
    var isUpdated = false
  }

  let key: Datum
  private(set) var reads: [Read] = []
  private(set) var appends: [Append] = []
  /// Whether an element was appended twice.
  private(set) var repeated: Datum?
  /// The places of appended elements; a repeated one keeps its first.
  private var index = DatumIndex()
  /// The place of the read that shows most.
  private var longest: Int?
  private var longestCount = -1

  init(key: Datum) { self.key = key }

  /// Notes an append; what came before from the same transaction was not its last.
  mutating func note(append value: Datum, by transaction: Int) {
    if index.place(of: value, in: appends) != nil {
      // Nothing follows from the order of versions any more, so the rest is not noted.
      repeated = repeated ?? value
      return
    }
    index.append(value, behind: appends)
    for place in appends.indices.reversed() {
      guard appends[place].transaction == transaction else { break }
      appends[place].isIntermediate = true
    }
    appends.append(Append(value: value, transaction: transaction))
    for place in reads.indices.reversed() {
      guard reads[place].transaction == transaction else { break }
      reads[place].isUpdated = reads[place].isExternal
    }
  }

  /// Notes a read.
  mutating func note(read elements: [Datum], by transaction: Int) {
    if elements.count > longestCount {
      longest = reads.count
      longestCount = elements.count
    }
    reads.append(
      Read(
        transaction: transaction, elements: elements,
        isExternal: appends.last?.transaction != transaction))
  }

  /// Who appended `value`.
  func append(of value: Datum) -> Append? { place(of: value).map { appends[$0] } }

  /// The place of the append of `value` among the appends.
  func place(of value: Datum) -> Int? { index.place(of: value, in: appends) }

  /// The read that shows most.
  var longestRead: Read? { longest.map { reads[$0] } }
}

/// What a history of list transactions shows of all lists.
struct ListObservations {
  let history: OperationHistory<ListTransaction>
  /// The lists, in the order in which they are first named.
  private(set) var lists: [ListRecord] = []

  init(_ history: OperationHistory<ListTransaction>) {
    self.history = history
    var numbers = DatumIndex()
    for (index, operation) in history.operations.enumerated() {
      for step in operation.action.steps {
        let key = step.key
        let number = numbers.place(of: key, in: lists) ?? lists.count
        if number == lists.count {
          numbers.append(key, behind: lists)
          lists.append(ListRecord(key: key))
        }
        switch step {
        case .append(_, let element): lists[number].note(append: element, by: index)
        case .read(_, let elements):
          guard operation.outcome == .ok, let elements else { continue }
          lists[number].note(read: elements, by: index)
        }
      }
    }
  }
}

extension ListRecord: FoundByDatum {
  var datum: Datum { key }
}

extension ListRecord.Append: FoundByDatum {
  var datum: Datum { value }
}
