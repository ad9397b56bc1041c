/// The templates of Go in labels and annotations of alerts: `{{ $value | humanize }}`.
///
/// Known are `$value`, `$labels.NAME`, texts, numbers, pipes, and the functions of `apply`. Left out:
/// conditions and loops, queries in templates, and functions of other types than texts and numbers;
/// such an action yields nothing. Source: prometheus/prometheus v2.42.0, template/template.go.
enum LabelTemplate {
  enum Value {
    case text(String)
    case number(Double)

    var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): GoText.shortest(number)
      }
    }

    var number: Double {
      switch self {
      case .text(let text): GoText.number(text) ?? .nan
      case .number(let number): number
      }
    }
  }

  /// `template` filled in for `sample`.
  static func filled(_ template: String, _ sample: PromSample) -> String {
    var text = ""
    var rest = Substring(template)
    while let open = rest.firstRange(of: "{{") {
      text += rest[..<open.lowerBound]
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(of: "}}") else { return text }
      var action = rest[..<close.lowerBound]
      rest = rest[close.upperBound...]
      if action.hasPrefix("- ") {
        action.removeFirst()
        while text.last?.isWhitespace ?? false { text.removeLast() }
      }
      if action.hasSuffix(" -") {
        action.removeLast()
        while rest.first?.isWhitespace ?? false { rest.removeFirst() }
      }
      text += value(of: words(action), sample)?.text ?? ""
    }
    return text + rest
  }

  /// The words of an action; texts keep their first quotation mark.
  private static func words(_ action: Substring) -> [String] {
    var words: [String] = []
    var rest = action
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "|" {
        words.append(String(rest.removeFirst()))
      } else if first == "\"" || first == "`" {
        rest.removeFirst()
        let end = rest.firstIndex(of: first) ?? rest.endIndex
        words.append("\"" + rest[..<end])
        rest = rest[end...].dropFirst()
      } else {
        let end = rest.firstIndex { $0.isWhitespace || $0 == "|" } ?? rest.endIndex
        words.append(String(rest[..<end]))
        rest = rest[end...]
      }
    }
    return words
  }

  private static func value(of words: [String], _ sample: PromSample) -> Value? {
    var piped: Value?
    for command in words.split(separator: "|", omittingEmptySubsequences: false) {
      guard let first = command.first else { return nil }
      var arguments = command.dropFirst().compactMap { operand($0, sample) }
      guard arguments.count == command.count - 1 else { return nil }
      if let value = operand(first, sample) {
        guard arguments.isEmpty, piped == nil else { return nil }
        piped = value
      } else {
        if let piped { arguments.append(piped) }
        piped = apply(first, arguments)
      }
      guard piped != nil else { return nil }
    }
    return piped
  }

  private static func operand(_ word: String, _ sample: PromSample) -> Value? {
    if word == "$value" || word == ".Value" { return .number(sample.value) }
    for prefix in ["$labels.", ".Labels."] where word.hasPrefix(prefix) {
      return .text(sample.labels[String(word.dropFirst(prefix.count))])
    }
    if word.hasPrefix("\"") { return .text(String(word.dropFirst())) }
    return GoText.number(word).map { .number($0) }
  }

  private static func apply(_ name: String, _ arguments: [Value]) -> Value? {
    guard let first = arguments.first else { return nil }
    if name == "printf" {
      return .text(printed(first.text, Array(arguments.dropFirst())))
    }
    guard arguments.count == 1 else { return nil }
    return switch name {
    case "humanize": .text(HumanNumber.metric(first.number))
    case "humanize1024": .text(HumanNumber.binary(first.number))
    case "humanizeDuration": .text(HumanNumber.duration(first.number))
    case "humanizePercentage": .text(GoText.general(first.number * 100, digits: 4) + "%")
    case "toUpper": .text(first.text.uppercased())
    case "toLower": .text(first.text.lowercased())
    case "title": .text(titled(first.text))
    case "stripPort": .text(first.text.split(separator: ":").first.map(String.init) ?? "")
    case "print": .text(first.text)
    default: nil
    }
  }

  private static func titled(_ text: String) -> String {
    var titled = ""
    for character in text {
      let isInside = titled.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      titled += isInside ? String(character) : character.uppercased()
    }
    return titled
  }

  /// `printf` with the verbs s, v, f, e, g and a precision.
  private static func printed(_ format: String, _ arguments: [Value]) -> String {
    var text = ""
    var rest = arguments[...]
    var places = format[...]
    while let first = places.popFirst() {
      guard first == "%" else {
        text.append(first)
        continue
      }
      var precision: Int?
      if places.first == "." {
        places.removeFirst()
        let digits = places.prefix { $0.isNumber }
        places = places.dropFirst(digits.count)
        precision = Int(digits) ?? 0
      }
      guard let verb = places.popFirst() else { return text + "%!(NOVERB)" }
      if verb == "%" {
        text += "%"
        continue
      }
      guard let value = rest.popFirst() else { return text + "%!\(verb)(MISSING)" }
      text += printed(value, verb, min(precision ?? (verb == "g" ? -1 : 6), 300))
    }
    return text
  }

  private static func printed(_ value: Value, _ verb: Character, _ precision: Int) -> String {
    switch verb {
    case "f": GoText.fixed(value.number, decimals: precision)
    case "e": GoText.scientific(value.number, digits: precision + 1)
    case "g" where precision >= 0: GoText.general(value.number, digits: max(precision, 1))
    default: value.text
    }
  }
}

/// Numbers as people read them, with four digits that count.
enum HumanNumber {
  /// With a prefix for powers of a thousand.
  static func metric(_ value: Double) -> String { scaled(value, unit: "") }

  /// With a prefix for powers of 1024.
  static func binary(_ value: Double) -> String {
    var value = value
    var prefix = ""
    for next in ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"] {
      guard value.magnitude >= 1024, value.isFinite else { break }
      prefix = next
      value /= 1024
    }
    return GoText.general(value, digits: 4) + prefix
  }

  /// In days, hours, minutes and seconds.
  static func duration(_ value: Double) -> String {
    guard value.isFinite else { return GoText.general(value, digits: 4) }
    guard value.magnitude >= 60 else {
      return value.magnitude >= 1
        ? GoText.general(value, digits: 4) + "s" : scaled(value, unit: "s")
    }
    let sign = value < 0 ? "-" : ""
    let seconds = Int64(exactly: value.magnitude.rounded(.down)) ?? .min
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
    var text = sign
    if days != 0 { text += "\(days)d " }
    if hours != 0 { text += "\(hours % 24)h " }
    return text + "\(minutes % 60)m \(seconds % 60)s"
  }

  private static func scaled(_ value: Double, unit: String) -> String {
    var value = value
    var prefix = ""
    if value.isFinite, value != 0 {
      let isLarge = value.magnitude >= 1
      for next in isLarge ? "kMGTPEZY" : "munpfazy" {
        guard isLarge ? value.magnitude >= 1_000 : value.magnitude < 1 else { break }
        prefix = String(next)
        value *= isLarge ? 1 : 1_000
        value /= isLarge ? 1_000 : 1
      }
    }
    return GoText.general(value, digits: 4) + prefix + unit
  }
}
