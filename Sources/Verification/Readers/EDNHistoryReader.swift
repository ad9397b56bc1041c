import Kernel

/// Reads histories as Jepsen stores them: maps of `:process`, `:type`, `:f`, `:value`, one behind
/// the other or in one vector or list.
///
///     {:process 0, :type :invoke, :f :write, :value 3}
///     {:process 0, :type :ok, :f :write, :value 3}
///
/// `:type` is `:invoke`, `:ok`, `:fail` (it did not happen) or `:info` (nobody knows). `:key` names
/// the key where there are several. Other keys of the maps are left alone, and so are events whose
/// process is not a number: those of Jepsen's nemesis.
public enum EDNHistoryReader {
  /// The history written in `text`.
  public static func read<Action: RecordedAction>(
    _ text: String, as action: Action.Type = Action.self
  ) throws(Diagnostic) -> OperationHistory<Action> {
    var assembly = HistoryAssembly<Action>()
    for element in try maps(text) {
      if let event = try event(element) { try assembly.add(event, at: element) }
    }
    return assembly.history
  }

  private static func maps(_ text: String) throws(Diagnostic) -> [EDNElement] {
    let elements = try EDNReader.read(text)
    if elements.count == 1, let sequence = elements[0].sequence { return sequence }
    return elements
  }

  /// The event that a map describes; nil for what is not a client's.
  private static func event(_ map: EDNElement) throws(Diagnostic) -> RecordedEvent? {
    guard case .map = map.value else {
      throw Diagnostic(
        "An event is a map.", line: map.line, column: map.column, found: map.description,
        expected: "a map, as in {:process 0, :type :invoke, :f :read, :value nil}")
    }
    guard case .integer(let process) = try required("process", of: map).value else { return nil }
    return RecordedEvent(
      process: process, phase: try EventPhase.read(required("type", of: map)),
      function: try required("f", of: map), value: map["value"], key: map["key"])
  }

  private static func required(
    _ name: String, of map: EDNElement
  ) throws(Diagnostic) -> EDNElement {
    if let element = map[name] { return element }
    var names: [String] = []
    if case .map(let parts) = map.value {
      for place in stride(from: 0, to: parts.count, by: 2) {
        if case .keyword(let other) = parts[place].value { names.append(other) }
      }
    }
    throw Diagnostic(
      "This event has no ':\(name)'.", line: map.line, column: map.column,
      found: names.map { ":" + $0 }.joined(separator: " "), expected: "a value for ':\(name)'",
      suggestion: NearestWord.nearest(to: name, in: names).map { _ in ":" + name })
  }
}

/// Reads the type of an event.
enum EventPhase {
  static func read(_ element: EDNElement) throws(Diagnostic) -> RecordedEvent.Phase {
    let word: String
    switch element.value {
    case .keyword(let name), .symbol(let name), .string(let name): word = name
    default: word = element.description
    }
    if let phase = RecordedEvent.Phase(rawValue: word) { return phase }
    var diagnostic = Diagnostic.unknown(
      "type of event", word, known: RecordedEvent.Phase.allCases.map(\.rawValue))
    diagnostic.line = element.line
    diagnostic.column = element.column
    throw diagnostic
  }
}
