import Kernel

extension FaultLineParser {
  /// The name of one node.
  mutating func node() throws(Diagnostic) -> NodeID {
    let word = current
    guard !word.text.isEmpty, !Self.isMark(word.text), word.text != "for" else {
      throw complaint("A node is missing.", expected: nodeNames)
    }
    guard let node = roster.node(word.text) else {
      throw complaint(
        "There is no node called '\(word.text)'.", expected: nodeNames,
        suggestion: NearestWord.nearest(to: word.text, in: roster.names))
    }
    advance()
    return node
  }

  /// Names with commas between them, each once, none of them in `taken`.
  ///
  /// `rest` stands for every node that is not in `taken`.
  private mutating func nodes(besides taken: [NodeID]) throws(Diagnostic) -> [NodeID] {
    if current.text == "rest", roster.node("rest") == nil {
      let others = roster.nodes.filter { !taken.contains($0) }
      guard !taken.isEmpty, !others.isEmpty else {
        throw complaint(
          "'rest' stands for the nodes not named before it, and there are none.",
          expected: nodeNames)
      }
      advance()
      return others
    }
    var nodes: [NodeID] = []
    while true {
      let word = current
      let node = try node()
      guard !nodes.contains(node), !taken.contains(node) else {
        throw Diagnostic(
          "'\(word.text)' is named twice.", column: word.column, found: word.text,
          expected: "each node once")
      }
      nodes.append(node)
      guard current.text == "," else { return nodes }
      advance()
    }
  }

  mutating func partition() throws(Diagnostic) -> Fault {
    var sides = [try nodes(besides: [])]
    if current.text == "->" {
      advance()
      let targets = try nodes(besides: sides[0])
      return .block(from: sides[0], to: targets)
    }
    while current.text == "|" {
      advance()
      sides.append(try nodes(besides: sides.flatMap { $0 }))
    }
    guard sides.count > 1 else {
      throw complaint(
        "A partition has at least two sides.", expected: "'|' (both ways) or '->' (one way)")
    }
    return .partition(sides)
  }

  mutating func slow() throws(Diagnostic) -> Fault {
    let usual = 1.0...10_000.0
    let isLink = following.text == "," || Self.isArrow(following.text)
    if isLink { return .slowLink(try scope(), by: try factor(usual)) }
    return .slow(try node(), by: try factor(usual))
  }

  /// A link such as `a -> b` or `a,b <-> c`, or nothing for every link.
  mutating func scope() throws(Diagnostic) -> LinkScope {
    guard !current.text.isEmpty, current.text != "for" else { return .everywhere }
    let left = try nodes(besides: [])
    let arrow = current.text
    guard Self.isArrow(arrow) else {
      throw complaint("A link has two ends.", expected: "'->' (one way) or '<->' (both ways)")
    }
    advance()
    let right = try nodes(besides: left)
    return arrow == "->" ? .oneWay(from: left, to: right) : .bothWays(left, right)
  }

  /// `by` and a span that may be negative.
  mutating func clockStep() throws(Diagnostic) -> TimeSpan {
    guard current.text == "by" else {
      throw complaint("How far the clock is off is missing.", expected: "'by' and a time")
    }
    advance()
    return try span(from: TimeSpan(nanoseconds: .min), "a time such as 2s or -5s")
  }

  private var nodeNames: String {
    roster.names.count > 12
      ? "the name of a node" : "a node: " + roster.names.joined(separator: ", ")
  }

  private static func isArrow(_ text: String) -> Bool { text == "->" || text == "<->" }

  private static func isMark(_ text: String) -> Bool {
    isArrow(text) || text == "," || text == "|"
  }
}
