import Kernel

/// An event of a recorded history as it stands in the text, before a model knows what it means.
public struct RecordedEvent: Sendable {
  /// How the event stands in its operation.
  public enum Phase: String, Sendable, CaseIterable {
    /// The client began the operation.
    case invoke
    /// The operation took effect.
    case ok
    /// The operation took no effect.
    case fail
    /// Nobody knows.
    case info
  }

  /// The client.
  public let process: Int
  /// Whether it began or how it ended.
  public let phase: Phase
  /// The name of the operation, as in `read`, with its place.
  public let function: EDNElement
  /// The argument or the result; nil when the text gives none.
  public let value: EDNElement?
  /// The key, when it stands apart from the value.
  public let key: EDNElement?

  /// A complaint about an operation that the model does not know.
  func unknownFunction(known: [String]) -> Diagnostic {
    var diagnostic = Diagnostic.unknown("operation", functionName, known: known)
    diagnostic.line = function.line
    diagnostic.column = function.column
    return diagnostic
  }

  /// A complaint about the value.
  func wrongValue(_ expected: String) -> Diagnostic {
    let place = value ?? function
    return Diagnostic(
      "This is not a value for '\(functionName)'.", line: place.line, column: place.column,
      found: value?.description ?? "nothing", expected: expected)
  }

  /// The name of the operation without its colon.
  var functionName: String {
    switch function.value {
    case .keyword(let name), .symbol(let name), .string(let name): name
    default: function.description
    }
  }
}

/// An action that can be read from a recorded history.
public protocol RecordedAction: Sendable, Hashable {
  /// The action of an event that begins an operation or ends it `ok`.
  init(_ event: RecordedEvent) throws(Diagnostic)
}

extension Datum {
  /// A number, a text, or nothing; anything else is kept as the text that it is written as.
  init(_ element: EDNElement?) {
    switch element?.value {
    case nil, .null: self = .none
    case .integer(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .some(let other): self = .text(other.description)
    }
  }
}
