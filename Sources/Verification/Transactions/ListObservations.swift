/// What a history of list transactions shows of the versions of every list.
struct ListObservations {
  /// An element of a list.
  struct Element: Hashable {
    let key: Datum
    let value: Datum
  }

  /// Who appended an element.
  struct Append {
    /// As an index into the history.
    let transaction: Int
    /// Whether the transaction appended to this list again afterwards.
    var isIntermediate: Bool
  }

  /// A read of a list by a transaction that ended `ok`.
  struct Read {
    /// As an index into the history.
    let transaction: Int
    let elements: [Datum]
    /// Whether the transaction had not appended to the list itself before.
    let isExternal: Bool
    /// Whether the transaction appends to the list afterwards.
    var isUpdated = false
  }

  let history: OperationHistory<ListTransaction>
  /// The lists, in the order in which they are first named.
  private(set) var keys: [Datum] = []
  private(set) var appends: [Element: Append] = [:]
  private(set) var reads: [Datum: [Read]] = [:]
  /// The elements of a list in the order in which they are appended in the history.
  private(set) var appended: [Datum: [Datum]] = [:]
  /// An element that two transactions appended, or one appended twice.
  private(set) var repeated: Element?

  private var known: Set<Datum> = []

  init(_ history: OperationHistory<ListTransaction>) {
    self.history = history
    for (index, operation) in history.operations.enumerated() {
      note(index, operation)
    }
  }

  private mutating func note(_ index: Int, _ operation: RecordedOperation<ListTransaction>) {
    var lastAppends: [Datum: Element] = [:]
    for step in operation.action.steps {
      switch step {
      case .append(let key, let value):
        name(key)
        let element = Element(key: key, value: value)
        if appends[element] != nil { repeated = repeated ?? element }
        if let last = lastAppends[key] { appends[last]?.isIntermediate = true }
        lastAppends[key] = element
        appends[element] = Append(transaction: index, isIntermediate: false)
        appended[key, default: []].append(value)
        markUpdated(key, by: index)
      case .read(let key, let elements):
        name(key)
        guard operation.outcome == .ok, let elements else { continue }
        reads[key, default: []].append(
          Read(transaction: index, elements: elements, isExternal: lastAppends[key] == nil))
      }
    }
  }

  private mutating func name(_ key: Datum) {
    if known.insert(key).inserted { keys.append(key) }
  }

  /// The last reads of the list are those of the transaction at hand, if it has any.
  private mutating func markUpdated(_ key: Datum, by index: Int) {
    guard var list = reads.removeValue(forKey: key) else { return }
    for place in list.indices.reversed() {
      guard list[place].transaction == index else { break }
      list[place].isUpdated = list[place].isExternal
    }
    reads[key] = list
  }

  /// Who appended the last of some elements; nil when they are empty or nobody did.
  func writer(_ key: Datum, _ value: Datum?) -> Append? {
    value.flatMap { appends[Element(key: key, value: $0)] }
  }
}
