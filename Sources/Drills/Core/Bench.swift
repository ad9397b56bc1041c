import Kernel
import Presentation

/// A mechanism live under commands: what a learner pokes.
///
/// A bench is a copyable value, so that `undo` is the copy from before. A command that is refused
/// leaves the bench as it was.
public protocol Bench: Sendable {
  /// What can be typed, besides `set`, `show` being among them.
  var commands: [BenchCommand] { get }
  /// The knobs and where they stand.
  var settings: Settings { get }
  /// What can be measured right now; goals of `do` steps and predictions use these names.
  var facts: [Measurement] { get }
  /// The names that commands take (nodes, keys), for completion and suggestions.
  var parts: [String] { get }
  /// What the bench leaves out.
  var fidelity: Fidelity { get }

  /// Turns knobs, all of them or none, and says what that changed.
  mutating func apply(_ settings: Settings) throws(Diagnostic) -> Document

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation?
}

/// A command of a bench, described.
public struct BenchCommand: Sendable, Hashable {
  /// The word that is typed.
  public let name: String
  /// The command with its arguments, as in `crash SHARD`.
  public let usage: String
  /// What it does, as one sentence.
  public let summary: String
  /// A line that works on a fresh bench; it is run as a test.
  public let example: String

  /// A command.
  public init(_ name: String, usage: String, example: String, _ summary: String) {
    self.name = name
    self.usage = usage
    self.example = example
    self.summary = summary
  }
}

/// One line typed at a bench, split into words.
public struct BenchLine: Sendable, Hashable {
  /// The line as typed, without spaces around it.
  public let text: String
  /// The first word.
  public let name: String
  /// The other words.
  public let arguments: [String]

  /// Splits `text` at spaces.
  public init(_ text: String) {
    self.text = Condition.trimmed(text)
    let words = self.text.split(whereSeparator: \.isWhitespace).map(String.init)
    name = words.first ?? ""
    arguments = Array(words.dropFirst())
  }

  /// The column, from 1, at which argument `index` begins; for messages.
  public func column(_ index: Int) -> Int {
    var column = 1
    var word = -1
    var isInside = false
    for character in text {
      if character.isWhitespace {
        isInside = false
      } else if !isInside {
        isInside = true
        word += 1
        if word == index + 1 { return column }
      }
      column += 1
    }
    return column
  }
}
