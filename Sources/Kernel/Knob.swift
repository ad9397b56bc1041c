/// One thing a learner can turn: its name, meaning, kind, range and default, and where the default
/// comes from.
///
/// Options of machines, presets of tools and settings of scenarios are all described by knobs, so
/// that `set`, help, completion, sweeps and replay tokens know them without further code.
public struct Knob: Sendable, Hashable {
  /// What values a knob takes.
  public enum Kind: Sendable, Hashable {
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A number in a range, in a unit.
    case number(ClosedRange<Double>, Unit)
    /// A span of time in a range.
    case span(ClosedRange<TimeSpan>)
    /// One of some words.
    case choice([String])
    /// On or off.
    case flag
  }

  /// Whether a knob belongs to the design under test or to what the world does to it.
  public enum Role: String, Sendable, Hashable {
    /// Part of the design: the learner's to turn.
    case design
    /// Part of the load and the surroundings: fixed while a drill's objectives are judged.
    case load
  }

  /// The name as typed: lower case with dots, or a tool's own parameter name.
  public let name: String
  /// What it does, as one sentence.
  public let summary: String
  /// What values it takes.
  public let kind: Kind
  /// Its value when nobody says otherwise.
  public let standard: Setting
  /// Whether it is the learner's to turn in a drill.
  public let role: Role
  /// Where the default comes from: a tool's documentation, a paper, or "ours".
  public let source: String

  /// A knob; traps when the default does not fit the kind.
  public init(
    _ name: String, _ kind: Kind, standard: Setting, role: Role = .design,
    source: String = "ours", _ summary: String
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.role = role
    self.source = source
    self.summary = summary
    precondition(fits(standard), "the default of knob \(name) does not fit it")
  }

  /// Whether `setting` is of the knob's kind and in its range.
  public func fits(_ setting: Setting) -> Bool {
    switch (kind, setting) {
    case (.integer(let range), .integer(let value)): range.contains(value)
    case (.number(let range, _), .number(let value)): range.contains(value)
    case (.span(let range), .span(let value)): range.contains(value)
    case (.choice(let words), .word(let word)): words.contains(word)
    case (.flag, .flag): true
    default: false
    }
  }

  /// What values it takes, in words: `a whole number from 1 to 512`.
  public var expectation: String {
    switch kind {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range, let unit):
      "a number from \(unit.text(range.lowerBound)) to \(unit.text(range.upperBound))"
    case .span(let range):
      "a time from \(range.lowerBound) to \(range.upperBound), such as 250ms or 2s"
    case .choice(let words): "one of: \(words.joined(separator: ", "))"
    case .flag: "on or off"
    }
  }

  /// How `setting` is written for this knob.
  public func text(_ setting: Setting) -> String {
    if case .number(_, let unit) = kind, case .number(let value) = setting {
      return unit.text(value)
    }
    return setting.description
  }

  /// Reads what somebody typed for this knob.
  public func setting(from text: String) throws(Diagnostic) -> Setting {
    if let setting = parsed(text), fits(setting) { return setting }
    var suggestion: String?
    if case .choice(let words) = kind { suggestion = NearestWord.nearest(to: text, in: words) }
    throw Diagnostic(
      "'\(text)' does not fit \(name).", found: text, expected: expectation,
      suggestion: suggestion)
  }

  private func parsed(_ text: String) -> Setting? {
    switch kind {
    case .integer: Unit.count.value(from: text).flatMap { Int(exactly: $0) }.map(Setting.integer)
    case .number(_, let unit): unit.value(from: text).map(Setting.number)
    case .span: TimeSpan(text: text).map(Setting.span)
    case .choice: .word(text)
    case .flag:
      switch text {
      case "on", "true", "yes": .flag(true)
      case "off", "false", "no": .flag(false)
      default: nil
      }
    }
  }
}

/// The value of a knob.
public enum Setting: Sendable, Hashable {
  /// A whole number.
  case integer(Int)
  /// A number in the knob's unit.
  case number(Double)
  /// A span of time.
  case span(TimeSpan)
  /// One of the knob's words.
  case word(String)
  /// On or off.
  case flag(Bool)
}

extension Setting: CustomStringConvertible {
  /// The value in a form that reads back as the same value.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): Self.plain(value)
    case .span(let value): Self.exact(value)
    case .word(let word): word
    case .flag(let isOn): isOn ? "on" : "off"
    }
  }

  private static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func exact(_ span: TimeSpan) -> String {
    guard span != .zero else { return "0s" }
    let units: [(String, Int64)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
      ("us", 1_000),
    ]
    for (name, size) in units where span.nanoseconds != 0 && span.nanoseconds % size == 0 {
      return "\(span.nanoseconds / size)\(name)"
    }
    return "\(span.nanoseconds)ns"
  }
}
