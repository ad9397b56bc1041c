/// A value in a JSON text together with its path, for reading it as what it must be.
///
/// Every refusal names line, column and path (`events[12].payload.rating`).
public struct JSONField: Sendable {
  /// The value.
  public let node: JSONNode
  /// How it is reached from the whole, as in `events[12].payload`; empty for the whole.
  public let path: String
  private let source: JSONSource

  /// The whole of a text.
  public init(reading text: [UInt8], file: String?) throws(Diagnostic) {
    source = JSONSource(file: file, bytes: text)
    node = try JSONReader.read(source)
    path = ""
  }

  private init(_ node: JSONNode, _ path: String, _ source: JSONSource) {
    self.node = node
    self.path = path
    self.source = source
  }

  /// The member called `name`, which must be there.
  public func member(_ name: String) throws(Diagnostic) -> JSONField {
    if let member = try optional(name) { return member }
    let known = try members().map(\.name.text)
    let nearest = NearestWord.nearest(to: name, in: known)
    throw source.complaint(
      "\(label) lacks the member '\(name)'." + (nearest.map { " It has '\($0)'." } ?? ""),
      at: node.offset, expected: "'\(name)'")
  }

  /// The member called `name`, or nil when it is missing or null.
  public func optional(_ name: String) throws(Diagnostic) -> JSONField? {
    guard let value = try members().first(where: { $0.name.text == name })?.value else {
      return nil
    }
    if case .null = value.kind { return nil }
    return JSONField(value, path.isEmpty ? name : "\(path).\(name)", source)
  }

  /// Refuses members that nobody would read.
  public func onlyMembers(_ known: [String]) throws(Diagnostic) {
    for (name, _) in try members() where !known.contains(name.text) {
      throw source.complaint(
        "\(label) has a member '\(name.text)' that this version does not know.", at: name.offset,
        found: name.text, expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: name.text, in: known))
    }
  }

  /// The items of a list.
  public func items() throws(Diagnostic) -> [JSONField] {
    guard case .list(let items) = node.kind else { throw wrong("a list") }
    return items.enumerated().map { JSONField($1, "\(path)[\($0)]", source) }
  }

  /// A text.
  public func text() throws(Diagnostic) -> String {
    guard case .text(let text) = node.kind else { throw wrong("a text in quotes") }
    return text
  }

  /// A whole number within `range`.
  public func integer(_ range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard case .integer(let value) = node.kind, range.contains(value) else {
      throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number.
  public func number() throws(Diagnostic) -> Double {
    switch node.kind {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    case .null, .boolean, .text, .list, .object: throw wrong("a number")
    }
  }

  /// True or false.
  public func flag() throws(Diagnostic) -> Bool {
    guard case .boolean(let value) = node.kind else { throw wrong("true or false") }
    return value
  }

  /// One of a set of words.
  public func word<Value>(
    _ kind: String, from known: [(String, Value)]
  ) throws(Diagnostic) -> Value {
    let text = try text()
    if let value = known.first(where: { $0.0 == text })?.1 { return value }
    let words = known.map(\.0)
    throw source.complaint(
      "\(label): there is no \(kind) called '\(text)'.", at: node.offset, found: text,
      expected: Diagnostic.oneOf(words),
      suggestion: NearestWord.nearest(to: text, in: words))
  }

  /// A complaint about this value.
  public func complaint(
    _ message: String, found: String? = nil, expected: String? = nil
  ) -> Diagnostic {
    source.complaint("\(label): \(message)", at: node.offset, found: found, expected: expected)
  }

  private func members() throws(Diagnostic) -> [(name: JSONName, value: JSONNode)] {
    guard case .object(let members) = node.kind else { throw wrong("an object in braces") }
    return members
  }

  /// A complaint that this value is what it is and not what was expected.
  public func wrong(_ expected: String) -> Diagnostic {
    let found =
      switch node.kind {
      case .null: "null"
      case .boolean(let value): "\(value)"
      case .integer(let value): "\(value)"
      case .number(let value): "\(value)"
      case .text: "a text"
      case .list: "a list"
      case .object: "an object"
      }
    return source.complaint(
      "\(label) is \(found).", at: node.offset, found: found, expected: expected)
  }

  private var label: String { path.isEmpty ? "The document" : path }
}
