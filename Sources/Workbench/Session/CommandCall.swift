import Curriculum
import Kernel

/// A command as it was called: its arguments and options, checked against its specification.
public struct CommandCall: Sendable {
  /// The arguments, in order.
  public private(set) var arguments: [String] = []
  private var options: [(name: String, value: String)] = []

  /// The text of the rest argument, or of the first argument; empty when there is none.
  public var text: String { arguments.joined(separator: " ") }

  /// The argument at `place`, or nil.
  public func argument(_ place: Int) -> String? {
    arguments.indices.contains(place) ? arguments[place] : nil
  }

  /// Whether the flag was given.
  public func has(_ option: String) -> Bool { options.contains { $0.name == option } }

  /// The value of an option, or nil.
  public func value(_ option: String) -> String? { options.last { $0.name == option }?.value }

  /// Every value of an option that repeats.
  public func values(_ option: String) -> [String] {
    options.filter { $0.name == option }.map(\.value)
  }

  /// The value of an option that takes a whole number from 0.
  public func number(_ option: String) throws(Diagnostic) -> UInt64? {
    guard let text = value(option) else { return nil }
    guard let number = UInt64(text) else {
      throw Diagnostic(
        "'\(text)' is no value for \(option).", found: text, expected: "a whole number from 0")
    }
    return number
  }

  /// Checks `words` (after the command's name) against `spec`.
  ///
  /// `raw` is the rest of the line as typed, for commands that take text.
  public init(_ words: [CommandWords.Word], raw: String?, spec: CommandSpec) throws(Diagnostic) {
    if let rest = spec.arguments.last, rest.isRest, spec.arguments.count == 1, spec.options.isEmpty
    {
      let text = raw ?? words.map(\.text).joined(separator: " ")
      if !text.isEmpty { arguments = [text] }
    } else {
      try read(words, spec: spec)
    }
    let required = spec.arguments.count { !$0.isOptional }
    guard arguments.count >= required else {
      let missing = spec.arguments[arguments.count]
      let lister = missing.completion.lister.map { "; '\($0)' lists them" } ?? ""
      throw Diagnostic(
        "'\(spec.name)' needs \(missing.name) after it\(lister).", found: spec.name,
        expected: spec.usage)
    }
    let isOpenEnded = spec.arguments.last?.isRest == true
    guard isOpenEnded || arguments.count <= spec.arguments.count else {
      let extra = arguments[spec.arguments.count]
      throw Diagnostic(
        "'\(spec.name)' does not know what to do with '\(extra)'.", found: extra,
        expected: spec.usage)
    }
  }

  private mutating func read(
    _ words: [CommandWords.Word], spec: CommandSpec
  ) throws(Diagnostic) {
    var rest = words[...]
    while let word = rest.popFirst() {
      let isShort = spec.options.contains { $0.name == word.text }
      guard word.text.hasPrefix("--") || isShort else {
        arguments.append(word.text)
        continue
      }
      let sides = word.text.split(separator: "=", maxSplits: 1).map(String.init)
      guard let option = spec.options.first(where: { $0.name == sides[0] }) else {
        throw .unknown(
          "option of '\(spec.name)'", sides[0], known: spec.options.map(\.name),
          column: word.column)
      }
      if has(option.name), !option.repeats {
        throw Diagnostic(
          "\(option.name) is given twice.", column: word.column, found: option.name)
      }
      guard option.value != nil else {
        guard sides.count == 1 else {
          throw Diagnostic(
            "\(option.name) takes no value.", column: word.column, found: word.text,
            expected: "\(option.name) alone")
        }
        options.append((option.name, ""))
        continue
      }
      if sides.count == 2 {
        options.append((option.name, sides[1]))
      } else if let value = rest.popFirst() {
        options.append((option.name, value.text))
      } else {
        throw Diagnostic(
          "\(option.name) needs \(option.value ?? "a value") after it.", column: word.column,
          found: option.name)
      }
    }
  }
}
