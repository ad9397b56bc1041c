import Kernel

extension PromParser {
  /// A selector whose name, if it has one, is the next word.
  mutating func selector(_ name: String?) throws(Diagnostic) -> PromExpression {
    let column = peek.column
    if name != nil { place += 1 }
    var conditions: [LabelMatcher] = []
    if take("{") { conditions = try matchers() }
    if let name {
      if let other = conditions.first(where: { $0.label == MetricLabels.nameLabel }) {
        throw refused(
          "metric name must not be set twice: \(GoText.quoted(name)) or "
            + GoText.quoted(other.value), at: column)
      }
      conditions.append(LabelMatcher(MetricLabels.nameLabel, .equal, name))
    }
    guard conditions.contains(where: { !$0.fitsNothing }) else {
      throw refused(
        "vector selector must contain at least one non-empty matcher", at: column)
    }
    return .selector(PromSelector(matchers: conditions))
  }

  /// The conditions up to the closing brace; the opening one has been read.
  mutating func matchers() throws(Diagnostic) -> [LabelMatcher] {
    var found: [LabelMatcher] = []
    while !take("}") {
      guard case .word(let name) = peek.content, !name.contains(":") else {
        throw unexpected("identifier or \"}\"")
      }
      place += 1
      guard case .sign(let sign) = peek.content, let kind = LabelMatcher.Kind(rawValue: sign) else {
        throw unexpected("label matching operator")
      }
      place += 1
      let column = peek.column
      guard case .text(let value) = peek.content else { throw unexpected("string") }
      place += 1
      let matcher = LabelMatcher(name, kind, value)
      guard matcher.isReadable else {
        throw refused("error parsing regexp: \(GoText.quoted(value))", at: column)
      }
      found.append(matcher)
      if take("}") { break }
      try need(",")
    }
    return found
  }

  /// What may follow an expression: a range, a subquery, `offset`, `@`.
  mutating func postfix(_ expression: PromExpression) throws(Diagnostic) -> PromExpression {
    var whole = expression
    while true {
      let column = peek.column
      if take("[") {
        whole = try ranged(whole, column)
      } else if takeWord(["offset"]) != nil {
        let isBack = take("-")
        if !isBack { _ = take("+") }
        let span = try duration()
        try modify(&whole, column) { $0.offset = isBack ? -span : span }
      } else if take("@") {
        let anchor = try self.anchor()
        try modify(&whole, column) { $0.anchor = anchor }
      } else {
        return whole
      }
    }
  }

  private mutating func ranged(
    _ inner: PromExpression, _ column: Int
  ) throws(Diagnostic) -> PromExpression {
    let range = try duration()
    if take(":") {
      let step: Int64? = peek.content == .sign("]") ? nil : try duration()
      try need("]")
      guard inner.kind == .vector || inner.kind == .scalar else {
        throw refused(
          "subquery is only allowed on instant vector, got \(inner.kind.rawValue)", at: column)
      }
      return .subquery(inner, range: range, step: step, PromModifiers())
    }
    try need("]")
    guard case .selector(let selector) = inner else {
      throw refused("ranges only allowed for vector selectors", at: column)
    }
    guard selector.modifiers == PromModifiers() else {
      throw refused("no offset modifiers allowed before range", at: column)
    }
    return .range(selector, range)
  }

  private mutating func duration() throws(Diagnostic) -> Int64 {
    guard case .duration(let span) = peek.content, span > 0 else { throw unexpected("duration") }
    place += 1
    return span
  }

  private mutating func anchor() throws(Diagnostic) -> PromModifiers.Anchor {
    if let word = takeWord(["start", "end"]) {
      try need("(")
      try need(")")
      return word == "start" ? .start : .end
    }
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard case .number(let seconds) = peek.content, abs(seconds) < 9e12 else {
      throw unexpected("timestamp")
    }
    place += 1
    let milliseconds = Int64((seconds * 1_000).rounded())
    return .time(isNegative ? -milliseconds : milliseconds)
  }

  private func modify(
    _ expression: inout PromExpression, _ column: Int,
    _ change: (inout PromModifiers) -> Void
  ) throws(Diagnostic) {
    switch expression {
    case .selector(var selector):
      change(&selector.modifiers)
      expression = .selector(selector)
    case .range(var selector, let range):
      change(&selector.modifiers)
      expression = .range(selector, range)
    case .subquery(let inner, let range, let step, var modifiers):
      change(&modifiers)
      expression = .subquery(inner, range: range, step: step, modifiers)
    case .number, .text, .call, .aggregate, .binary, .negative, .grouped:
      throw refused(
        "offset modifier must be preceded by an instant vector selector or range vector selector "
          + "or a subquery", at: column)
    }
  }

  /// `bool`, `on`, `ignoring`, `group_left` and `group_right` after an operator.
  mutating func matching() throws(Diagnostic) -> PromMatching {
    var matching = PromMatching()
    matching.isBool = takeWord(["bool"]) != nil
    guard let word = takeWord(["on", "ignoring"]) else { return matching }
    matching.isOn = word == "on"
    matching.labels = try labelNames()
    if let side = takeWord(["group_left", "group_right"]) {
      matching.cardinality = side == "group_left" ? .manyToOne : .oneToMany
      if peek.content == .sign("(") { matching.included = try labelNames() }
    }
    return matching
  }

  func check(
    _ sign: PromOperator, _ left: PromExpression, _ right: PromExpression,
    _ matching: PromMatching, _ column: Int
  ) throws(Diagnostic) {
    for side in [left, right] where side.kind == .matrix || side.kind == .text {
      throw refused(
        "binary expression must contain only scalar and instant vector types", at: column)
    }
    let areScalars = left.kind == .scalar && right.kind == .scalar
    let isMixed = left.kind == .scalar || right.kind == .scalar
    if matching.isBool, !sign.isComparison {
      throw refused("bool modifier can only be used on comparison operators", at: column)
    }
    if sign.isComparison, areScalars, !matching.isBool {
      throw refused("comparisons between scalars must use BOOL modifier", at: column)
    }
    if sign.isSetOperator, isMixed {
      throw refused(
        "set operator \(GoText.quoted(sign.rawValue)) not allowed in binary scalar expression",
        at: column)
    }
    if sign.isSetOperator, matching.cardinality != .manyToMany {
      throw refused(
        "no grouping allowed for \(GoText.quoted(sign.rawValue)) operation", at: column)
    }
    if isMixed, !matching.labels.isEmpty {
      throw refused("vector matching only allowed between instant vectors", at: column)
    }
  }

  func check(
    _ function: PromFunction, _ arguments: [PromExpression], _ column: Int
  ) throws(Diagnostic) {
    let kinds = function.argumentKinds
    let least = kinds.count - function.optionalCount
    let name = GoText.quoted(function.rawValue)
    if arguments.count < least {
      let word = least == kinds.count && !function.isVariadic ? "" : "at least "
      throw refused(
        "expected \(word)\(least) argument(s) in call to \(name), got \(arguments.count)",
        at: column)
    }
    if !function.isVariadic, arguments.count > kinds.count {
      let word = least == kinds.count ? "" : "at most "
      throw refused(
        "expected \(word)\(kinds.count) argument(s) in call to \(name), got \(arguments.count)",
        at: column)
    }
    for (place, argument) in arguments.enumerated() {
      let wanted = kinds[min(place, kinds.count - 1)]
      guard argument.kind == wanted else {
        throw refused(
          "expected type \(wanted.rawValue) in call to function \(name), got "
            + argument.kind.rawValue, at: column)
      }
    }
  }
}
