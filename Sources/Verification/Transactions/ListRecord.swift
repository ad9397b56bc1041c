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
  private var places: [Datum: Int] = [:]
  /// The place of the read that shows most.
  private var longest: Int?

  init(key: Datum) { self.key = key }

  /// Notes an append; what came before from the same transaction was not its last.
  mutating func note(append value: Datum, by transaction: Int) {
    if places.updateValue(appends.count, forKey: value) != nil { repeated = repeated ?? value }
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
    if longest.map({ reads[$0].elements.count < elements.count }) ?? true {
      longest = reads.count
    }
    reads.append(
      Read(
        transaction: transaction, elements: elements,
        isExternal: appends.last?.transaction != transaction))
  }

  /// Who appended `value`.
  func append(of value: Datum) -> Append? { places[value].map { appends[$0] } }

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
    var numbers: [Datum: Int] = [:]
    for (index, operation) in history.operations.enumerated() {
      for step in operation.action.steps {
        let number = numbers[step.key] ?? lists.count
        if number == lists.count {
          numbers[step.key] = number
          lists.append(ListRecord(key: step.key))
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
