import Kernel

/// A transaction over named lists: it reads whole lists and appends single elements.
///
/// Lists show the order of their versions to whoever reads them, and distinct elements show who
/// made a version; that is why they are used to find anomalies. (Kingsbury and Alvaro, "Elle:
/// inferring isolation anomalies from experimental observations", 2020.)
public struct ListTransaction: Sendable, Hashable {
  /// A step of a transaction.
  public enum Step: Sendable, Hashable {
    /// Appends an element to the list under a key.
    case append(key: Datum, element: Datum)
    /// Reads the list under a key; nil when nobody saw what was there.
    case read(key: Datum, elements: [Datum]?)
  }

  /// The steps, in order.
  public let steps: [Step]

  /// A transaction of these steps.
  public init(_ steps: [Step]) { self.steps = steps }
}

extension ListTransaction: CustomStringConvertible {
  /// As in `[append x 1, r y [2 3]]`.
  public var description: String {
    "[" + steps.map(\.description).joined(separator: ", ") + "]"
  }
}

extension ListTransaction.Step: CustomStringConvertible {
  /// As in `append x 1` or `r y [2 3]`.
  public var description: String {
    switch self {
    case .append(let key, let element): "append \(key) \(element)"
    case .read(let key, nil): "r \(key)"
    case .read(let key, .some(let elements)): "r \(key) \(Self.text(elements))"
    }
  }

  /// The list that the step is about.
  var key: Datum {
    switch self {
    case .append(let key, _), .read(let key, _): key
    }
  }

  static func text(_ elements: [Datum]) -> String {
    "[" + elements.map(\.description).joined(separator: " ") + "]"
  }
}

extension ListTransaction: RecordedAction {
  /// `:txn` with steps `[:append key element]` and `[:r key elements]`, where nil stands for an
  /// empty list in a transaction that ended `ok`.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    guard event.functionName == "txn" else { throw event.unknownFunction(known: ["txn"]) }
    guard let steps = event.value?.sequence else {
      throw event.wrongValue("the steps, as in [[:append 1 2] [:r 1 [2]]]")
    }
    var read: [Step] = []
    for step in steps { read.append(try Self.step(step, isOver: event.phase == .ok)) }
    self.init(read)
  }

  private static func step(
    _ element: EDNElement, isOver: Bool
  ) throws(Diagnostic) -> Step {
    guard let parts = element.sequence, parts.count == 3, case .keyword(let name) = parts[0].value
    else {
      throw Diagnostic(
        "This is not a step of a transaction.", line: element.line, column: element.column,
        found: element.description, expected: "[:append key element] or [:r key elements]")
    }
    switch (name, parts[2].value) {
    case ("append", _): return .append(key: Datum(parts[1]), element: Datum(parts[2]))
    case ("r", .null): return .read(key: Datum(parts[1]), elements: isOver ? [] : nil)
    case ("r", .vector(let elements)), ("r", .list(let elements)):
      return .read(key: Datum(parts[1]), elements: elements.map { Datum($0) })
    case ("r", _):
      throw Diagnostic(
        "A list was expected here.", line: parts[2].line, column: parts[2].column,
        found: parts[2].description, expected: "the elements that were read, as in [1 2], or nil")
    default:
      var diagnostic = Diagnostic.unknown("step", name, known: ["append", "r"])
      diagnostic.line = parts[0].line
      diagnostic.column = parts[0].column
      throw diagnostic
    }
  }
}
