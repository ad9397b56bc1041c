import Kernel
import Presentation

/// A bench with memory: the words every bench shares (`set`, `undo`), and the states to go back to.
public struct BenchSession: Sendable {
  /// The bench as it stands.
  public private(set) var bench: any Bench
  private var past: [any Bench] = []

  /// The most states kept for `undo`.
  public static let undoLimit = 200

  /// A session on `bench`.
  public init(_ bench: any Bench) { self.bench = bench }

  /// Whether there is something to take back.
  public var canUndo: Bool { !past.isEmpty }

  /// The words that can begin a line here.
  public var words: [String] { bench.commands.map(\.name) + ["set", "undo"] }

  /// Carries out one line; a refused line changes nothing.
  public mutating func run(_ text: String) throws(Diagnostic) -> Document {
    let line = BenchLine(text)
    var next = bench
    let reply: Document
    switch line.name {
    case "undo": return try undo()
    case "set":
      let changed = try Self.settings(next.settings, changedBy: line)
      reply = try next.apply(changed)
    default:
      guard bench.commands.contains(where: { $0.name == line.name }) else {
        throw .unknown("bench command", line.name, known: words, column: 1)
      }
      reply = try next.perform(line)
    }
    if let violation = next.checkInvariants() {
      throw Diagnostic(
        "This command broke an invariant, so it was not applied; please report it. \(violation)")
    }
    past.append(bench)
    if past.count > Self.undoLimit { past.removeFirst() }
    bench = next
    return reply
  }

  /// Carries out lines separated by `;`, stopping at the first that is refused.
  public mutating func run(script: String) throws(Diagnostic) -> Document {
    var reply = Document()
    for line in script.split(separator: ";") where line.contains(where: { !$0.isWhitespace }) {
      reply = reply + (try run(String(line)))
    }
    return reply
  }

  private mutating func undo() throws(Diagnostic) -> Document {
    guard let last = past.popLast() else {
      throw Diagnostic("There is nothing to undo: the bench is as it was at the start.")
    }
    bench = last
    return Document([.text("The bench is as it was one command ago.")])
  }

  /// Reads `set NAME=VALUE...` (or `set NAME VALUE`) into a copy of `settings`.
  public static func settings(
    _ settings: Settings, changedBy line: BenchLine
  ) throws(Diagnostic) -> Settings {
    var changed = settings
    var pairs: [(name: String, text: String)] = []
    let arguments = line.arguments
    if arguments.count == 2, !arguments[0].contains("="), !arguments[1].contains("=") {
      pairs = [(arguments[0], arguments[1])]
    } else {
      for (index, argument) in arguments.enumerated() {
        let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else {
          throw Diagnostic(
            "'\(argument)' sets nothing.", column: line.column(index), found: argument,
            expected: "NAME=VALUE, as in 'set \(settings.knobs.first?.name ?? "knob")=…'")
        }
        pairs.append((sides[0], sides[1]))
      }
    }
    guard !pairs.isEmpty else {
      throw Diagnostic(
        "Say which knob to set.", found: "set",
        expected: "NAME=VALUE, with one of: \(settings.knobs.map(\.name).joined(separator: ", "))")
    }
    for pair in pairs { try changed.set(pair.name, pair.text) }
    return changed
  }
}
