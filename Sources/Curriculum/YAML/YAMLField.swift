import Kernel
import Yams

/// A value in a YAML text, with its place, read with complaints that name line and column.
struct YAMLField {
  let node: Node
  /// The file, for messages.
  let file: String
  /// Lines of the file before the YAML text begins.
  let lineOffset: Int
  /// What the value is, for messages: `options[2].because`.
  let path: String

  /// Reads a whole YAML text.
  static func parse(
    _ text: String, file: String, lineOffset: Int = 0
  ) throws(Diagnostic) -> YAMLField {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw Diagnostic(
          "There is nothing here.", file: file, line: lineOffset + 1, expected: "YAML with keys")
      }
      return YAMLField(node: node, file: file, lineOffset: lineOffset, path: "")
    } catch let error as Diagnostic {
      throw error
    } catch let error as YamlError {
      throw complaint(error, file: file, lineOffset: lineOffset)
    } catch {
      throw Diagnostic("The YAML cannot be read: \(error).", file: file, line: lineOffset + 1)
    }
  }

  /// The line of the file that the value begins in.
  var line: Int { (node.mark?.line ?? 1) + lineOffset }

  /// A complaint about this value.
  func complaint(
    _ message: String, found: String? = nil, expected: String? = nil, suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      message, file: file, line: (node.mark?.line ?? 1) + lineOffset, column: node.mark?.column,
      found: found, expected: expected, suggestion: suggestion)
  }

  /// The complaint of another reader about the text in this value, at this value's place.
  func placed(_ complaint: Diagnostic) -> Diagnostic {
    var placed = complaint
    placed.file = file
    placed.line = (node.mark?.line ?? 1) + lineOffset + ((complaint.line ?? 1) - 1)
    let isQuoted = node.scalar.map { $0.style == .doubleQuoted || $0.style == .singleQuoted }
    let start = (node.mark?.column ?? 1) + (isQuoted == true ? 1 : 0)
    placed.column = complaint.column.map { $0 + start - 1 } ?? node.mark?.column
    return placed
  }

  /// The value as text; numbers and words alike.
  func string() throws(Diagnostic) -> String {
    guard let scalar = node.scalar else {
      throw complaint("\(title) must be text.", found: kind, expected: "text")
    }
    return scalar.string
  }

  /// The value as text that is not empty.
  func words() throws(Diagnostic) -> String {
    let text = try string()
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw complaint("\(title) is empty.", expected: "text")
    }
    return text
  }

  /// The value as a whole number of at least `minimum`.
  func integer(atLeast minimum: Int) throws(Diagnostic) -> Int {
    let text = try string()
    guard let value = Int(text), value >= minimum else {
      throw complaint(
        "\(title) must be a whole number.", found: text,
        expected: "a whole number of at least \(minimum)")
    }
    return value
  }

  /// The value as yes or no.
  func flag() throws(Diagnostic) -> Bool {
    switch try string() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw complaint("\(title) must be true or false.", expected: "true or false")
    }
  }

  /// The value as a list.
  func list() throws(Diagnostic) -> [YAMLField] {
    guard let sequence = node.sequence else {
      throw complaint("\(title) must be a list.", found: kind, expected: "a list")
    }
    return sequence.enumerated().map { field($1, "\(path)[\($0 + 1)]") }
  }

  /// The value as a list of texts.
  func strings() throws(Diagnostic) -> [String] {
    var strings: [String] = []
    for item in try list() { strings.append(try item.words()) }
    return strings
  }

  /// The value as keys and values, all of which must be among `known`.
  func map(known: [String]) throws(Diagnostic) -> YAMLMap {
    let map = try anyMap()
    for entry in map.entries where !known.contains(entry.key) {
      throw entry.keyField.complaint(
        "There is no key '\(entry.key)' here.", found: entry.key,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: entry.key, in: known))
    }
    return map
  }

  /// The value as keys and values, whatever the keys.
  func anyMap() throws(Diagnostic) -> YAMLMap {
    guard let mapping = node.mapping else {
      throw complaint(
        "\(title) must have keys and values.", found: kind, expected: "keys and values")
    }
    var entries: [YAMLMap.Entry] = []
    for (key, value) in mapping {
      let keyField = field(key, path)
      let name = try keyField.string()
      guard !entries.contains(where: { $0.key == name }) else {
        throw keyField.complaint("The key '\(name)' stands here twice.", found: name)
      }
      let valuePath = path.isEmpty ? name : "\(path).\(name)"
      entries.append(YAMLMap.Entry(key: name, keyField: keyField, value: field(value, valuePath)))
    }
    return YAMLMap(field: self, entries: entries)
  }

  private func field(_ node: Node, _ path: String) -> YAMLField {
    YAMLField(node: node, file: file, lineOffset: lineOffset, path: path)
  }

  private var title: String { path.isEmpty ? "This" : "'\(path)'" }

  private var kind: String {
    switch node {
    case .scalar: "text"
    case .sequence: "a list"
    case .mapping: "keys and values"
    case .alias: "an alias"
    }
  }

  private static func complaint(
    _ error: YamlError, file: String, lineOffset: Int
  ) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let story = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
      return Diagnostic(
        "The YAML is broken: \(story).", file: file, line: mark.line + lineOffset,
        column: mark.column)
    case .duplicatedKeysInMapping(let keys, let context):
      return Diagnostic(
        "A key stands here twice: \(keys.map { "\($0)" }.joined(separator: ", ")).", file: file,
        line: context.mark.line + lineOffset, column: context.mark.column)
    default:
      return Diagnostic("The YAML is broken: \(error).", file: file, line: lineOffset + 1)
    }
  }
}

/// Keys and values in a YAML text.
struct YAMLMap {
  struct Entry {
    let key: String
    let keyField: YAMLField
    let value: YAMLField
  }

  /// The whole map, for complaints about what is missing.
  let field: YAMLField
  let entries: [Entry]

  /// The value of a key that must be there.
  func required(_ key: String) throws(Diagnostic) -> YAMLField {
    guard let value = optional(key) else {
      throw field.complaint("The key '\(key)' is missing here.", expected: "'\(key): …'")
    }
    return value
  }

  /// The value of a key, or nil.
  func optional(_ key: String) -> YAMLField? { entries.first { $0.key == key }?.value }

  /// The text of a key that must be there and not empty.
  func words(_ key: String) throws(Diagnostic) -> String { try required(key).words() }

  /// The texts of a list that may be missing.
  func strings(_ key: String) throws(Diagnostic) -> [String] {
    try optional(key)?.strings() ?? []
  }

  /// The text of a key that may be missing.
  func optionalWords(_ key: String) throws(Diagnostic) -> String? {
    guard let value = optional(key) else { return nil }
    return try value.words()
  }
}
