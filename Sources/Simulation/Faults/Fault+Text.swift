import Kernel

extension Fault {
  /// The action in its canonical form, with the names of `roster`: `partition a,b | c`.
  public func text(_ roster: Roster) -> String {
    switch self {
    case .crash(let node), .restart(let node), .pause(let node), .resume(let node),
      .fill(let node), .lose(let node):
      "\(verb.rawValue) \(roster.name(node))"
    case .slow(let node, let factor): "slow \(roster.name(node)) \(Self.factor(factor))"
    case .slowLink(let scope, let factor):
      "slow" + scope.text(roster) + " " + Self.factor(factor)
    case .partition(let sides):
      "partition " + sides.map { Self.names($0, roster) }.joined(separator: " | ")
    case .block(let from, let to):
      "partition \(Self.names(from, roster)) -> \(Self.names(to, roster))"
    case .drop(let share, let scope), .duplicate(let share, let scope):
      "\(verb.rawValue) \(Self.percent(share))\(scope.text(roster))"
    case .delay(let span, let scope), .reorder(let span, let scope):
      "\(verb.rawValue) \(Self.span(span))\(scope.text(roster))"
    case .skew(let node, let span), .jump(let node, let span):
      "\(verb.rawValue) \(roster.name(node)) by \(Self.span(span))"
    case .drift(let node, let rate): "drift \(roster.name(node)) \(Self.factor(rate))"
    case .load(let factor): "load \(Self.factor(factor))"
    case .errors(let node, let share): "errors \(roster.name(node)) \(Self.percent(share))"
    case .heal: "heal"
    }
  }

  static func names(_ nodes: [NodeID], _ roster: Roster) -> String {
    nodes.map(roster.name).joined(separator: ",")
  }

  /// A span without a space that reads back as the same: `20s`, `7.5s`, `1500us`.
  static func span(_ span: TimeSpan) -> String {
    let milliseconds = span.nanoseconds / 1_000_000
    let isWhole = span.nanoseconds % 1_000_000 == 0
    // With more digits than these a decimal number may read back as a neighbour.
    guard isWhole, milliseconds % 1_000 != 0, (1_000..<100_000_000).contains(milliseconds) else {
      return span == .zero ? "0s" : Setting.span(span).description
    }
    var fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(milliseconds / 1_000).\(fraction)s"
  }

  static func factor(_ value: Double) -> String { "x" + Setting.number(value).description }

  /// A probability in percent with as many decimals as its millionths need: `2.5%`.
  static func percent(_ share: Double) -> String {
    let millionths = Int((share * 1e6).rounded())
    var fraction = String(millionths % 10_000 + 10_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(millionths / 10_000)" + (fraction.isEmpty ? "" : "." + fraction) + "%"
  }
}

extension LinkScope {
  /// The links with a space in front, or nothing for all: ` a,b -> c`.
  func text(_ roster: Roster) -> String {
    switch self {
    case .everywhere: ""
    case .oneWay(let from, let to):
      " \(Fault.names(from, roster)) -> \(Fault.names(to, roster))"
    case .bothWays(let left, let right):
      " \(Fault.names(left, roster)) <-> \(Fault.names(right, roster))"
    }
  }
}
