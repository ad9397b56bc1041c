import Drills
import Kernel

/// A command that shows something and can be run as it stands: `try … --run "…"`, `drill run …` or
/// `estimate -e "…"`.
///
/// Claims and measured questions carry one, so that a reader can repeat what the text says and
/// `drillhall check` does.
public struct Demonstration: Sendable {
  /// The command as written.
  public let command: String
  /// What it runs.
  public let action: Action

  /// What a demonstration runs.
  public enum Action: Sendable {
    /// Bench lines on a fresh bench.
    case bench(topic: String, preset: String?, script: String)
    /// A drill with settings changed, faults replaced when any are given, and a seed.
    case drill(id: String, changes: [(name: String, text: String)], faults: [String], seed: UInt64?)
    /// Lines of an estimate.
    case estimate([String])
    /// A design with settings changed, faults and a seed.
    case design(
      id: String, changes: [(name: String, text: String)], faults: [String], seed: UInt64?)
  }

  /// Whether it takes no longer than a reader waits for a page.
  public var isQuick: Bool {
    switch action {
    case .bench, .estimate: true
    case .drill, .design: false
    }
  }

  /// Reads a command.
  public init(_ command: String) throws(Diagnostic) {
    self.command = command
    var words = try CommandWords.split(command)
    switch words.first?.text {
    case "try":
      words.removeFirst()
      action = try Self.bench(&words)
    case "drill" where words.count > 1 && words[1].text == "run":
      words.removeFirst(2)
      let run = try Self.run(&words, expected: "drill run ID")
      action = .drill(id: run.id, changes: run.changes, faults: run.faults, seed: run.seed)
    case "case" where words.count > 1 && words[1].text == "simulate":
      words.removeFirst(2)
      let run = try Self.run(&words, expected: "case simulate ID")
      action = .design(id: run.id, changes: run.changes, faults: run.faults, seed: run.seed)
    case "estimate":
      words.removeFirst()
      action = try Self.estimate(&words)
    default:
      throw Diagnostic(
        "'\(command)' shows nothing.", column: 1, found: words.first?.text,
        expected:
          "try TOPIC [--as TOOL] --run \"LINES\", drill run ID [--set KNOB=VALUE]..., "
          + "case simulate ID or estimate -e \"LINE\"")
    }
  }

  private static func bench(_ words: inout [CommandWords.Word]) throws(Diagnostic) -> Action {
    var topic: String?
    var preset: String?
    var script: String?
    while let word = words.first {
      words.removeFirst()
      switch word.text {
      case "--as": preset = try argument(of: word, &words)
      case "--run": script = try argument(of: word, &words)
      default:
        try refuse(
          word, unless: topic == nil && !word.text.hasPrefix("-"), known: ["--as", "--run"])
        topic = word.text
      }
    }
    guard let topic, let script else {
      throw Diagnostic(
        "A bench is shown by its topic and lines to run.", column: 1,
        expected: "try TOPIC --run \"LINE; LINE\"")
    }
    return .bench(topic: topic, preset: preset, script: script)
  }

  private typealias Run = (
    id: String, changes: [(name: String, text: String)], faults: [String], seed: UInt64?
  )

  private static func run(
    _ words: inout [CommandWords.Word], expected: String
  ) throws(Diagnostic) -> Run {
    var id: String?
    var changes: [(name: String, text: String)] = []
    var faults: [String] = []
    var seed: UInt64?
    while let word = words.first {
      words.removeFirst()
      switch word.text {
      case "--set":
        let text = try argument(of: word, &words)
        let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else {
          throw Diagnostic(
            "'\(text)' sets nothing.", column: word.column, found: text, expected: "KNOB=VALUE")
        }
        changes.append((sides[0], sides[1]))
      case "--fault": faults.append(try argument(of: word, &words))
      case "--seed":
        let text = try argument(of: word, &words)
        guard let number = UInt64(text) else {
          throw Diagnostic(
            "'\(text)' is no seed.", column: word.column, found: text, expected: "a whole number")
        }
        seed = number
      default:
        try refuse(
          word, unless: id == nil && !word.text.hasPrefix("-"),
          known: ["--set", "--fault", "--seed"])
        id = word.text
      }
    }
    guard let id else {
      throw Diagnostic("Say what to run.", column: 1, expected: expected)
    }
    return (id, changes, faults, seed)
  }

  private static func estimate(_ words: inout [CommandWords.Word]) throws(Diagnostic) -> Action {
    var lines: [String] = []
    while let word = words.first {
      words.removeFirst()
      try refuse(word, unless: word.text == "-e", known: ["-e"])
      lines.append(try argument(of: word, &words))
    }
    guard !lines.isEmpty else {
      throw Diagnostic(
        "An estimate is shown by its lines.", column: 1, expected: "estimate -e \"LINE\"")
    }
    return .estimate(lines)
  }

  private static func argument(
    of option: CommandWords.Word, _ words: inout [CommandWords.Word]
  ) throws(Diagnostic) -> String {
    guard let word = words.first else {
      throw Diagnostic(
        "\(option.text) needs a value after it.", column: option.column, found: option.text)
    }
    words.removeFirst()
    return word.text
  }

  private static func refuse(
    _ word: CommandWords.Word, unless isFine: Bool, known: [String]
  ) throws(Diagnostic) {
    if isFine { return }
    throw .unknown("option here", word.text, known: known, column: word.column)
  }
}

/// Splits a command line into words; double or single quotes keep spaces together.
public enum CommandWords {
  /// A word with the column, from 1, where it begins.
  public struct Word: Sendable, Hashable {
    /// The word without its quotes.
    public let text: String
    /// Where it begins.
    public let column: Int

    /// A word.
    public init(text: String, column: Int) {
      self.text = text
      self.column = column
    }
  }

  /// The words of `line`; complains about a quote that is not closed.
  public static func split(_ line: String) throws(Diagnostic) -> [Word] {
    var words: [Word] = []
    var text = ""
    var start: Int?
    var quote: (character: Character, column: Int)?
    for (index, character) in line.enumerated() {
      if let open = quote {
        if character == open.character { quote = nil } else { text.append(character) }
      } else if character == "\"" || character == "'" && (start == nil || text.hasSuffix("=")) {
        quote = (character, index + 1)
        start = start ?? index + 1
      } else if character.isWhitespace {
        if let begun = start { words.append(Word(text: text, column: begun)) }
        text = ""
        start = nil
      } else {
        start = start ?? index + 1
        text.append(character)
      }
    }
    if let quote {
      throw Diagnostic(
        "A quote is opened here and not closed.", column: quote.column,
        found: String(quote.character), expected: "a second \(quote.character)")
    }
    if let begun = start { words.append(Word(text: text, column: begun)) }
    return words
  }
}
