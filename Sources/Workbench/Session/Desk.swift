import Drills
import Kernel
import Presentation

/// Where the learner is: at home, in a lesson, at a drill, playing with a bench, reviewing.
///
/// Commands such as `next`, `hint` or `run` ask the desk; a desk refuses what makes no sense there
/// and says what would.
protocol Desk: AnyObject {
  /// The word of the prompt: `sharding` in `sharding>`.
  var name: String { get }
  /// What can be done next; always the last line of a screen.
  var actions: [Action] { get }
  /// The desk's own words, on top of the commands, for completion.
  var words: [String] { get }
  /// Words that may stand anywhere in a line, also behind a sign: names, functions, units.
  var formulaWords: [String] { get }
  /// What one of the desk's own words does; nil for words that are not its own.
  func help(of word: String) -> Document?
  /// The knobs that `set` turns here.
  var settings: Settings? { get }
  /// The keys and places of the sources of what is on the screen.
  var sources: [CitedSource] { get }
  /// The topic whose model is at work here.
  var topic: String? { get }
  /// The bench that lies open here.
  var openBench: (any Bench)? { get }

  func show(_ session: Session) throws(Diagnostic) -> Document
  func next(_ session: Session) throws(Diagnostic) -> Document
  /// Goes back within the desk; nil when it is to be left instead.
  func back(_ session: Session) throws(Diagnostic) -> Document?
  func goto(_ place: String, _ session: Session) throws(Diagnostic) -> Document
  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document
  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document
  func hint(_ session: Session) throws(Diagnostic) -> Document
  func skip(_ session: Session) throws(Diagnostic) -> Document
  func why(_ session: Session) throws(Diagnostic) -> Document
  func solution(_ session: Session) throws(Diagnostic) -> Document
  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document
  func fault(_ text: String, _ session: Session) throws(Diagnostic) -> Document
  func run(_ session: Session) throws(Diagnostic) -> Document
  func compare(_ text: String, _ session: Session) throws(Diagnostic) -> Document
  func undo(_ session: Session) throws(Diagnostic) -> Document
  func restart(_ session: Session) throws(Diagnostic) -> Document
  func play(_ session: Session) throws(Diagnostic) -> Document
  /// Whether a line is the desk's own although it might look like a command.
  func claims(_ line: String) -> Bool
  /// A line that is no command: a bench command or an answer; nil when it is neither.
  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document?
}

/// A source as `cite` shows it.
struct CitedSource: Hashable {
  let key: String
  let title: String
  let place: String
}

extension Desk {
  var words: [String] { [] }
  var formulaWords: [String] { [] }
  var settings: Settings? { nil }
  var sources: [CitedSource] { [] }
  var topic: String? { nil }
  var openBench: (any Bench)? { nil }

  func help(of word: String) -> Document? {
    guard let own = openBench?.commands.first(where: { $0.name == word }) else { return nil }
    return Document([
      .paragraph(Text([.code(own.usage), .plain("  \(own.summary)")])),
      .paragraph(Text([.toned("for example  ", .quiet), .code(own.example)])),
    ])
  }

  /// A refusal that says what can be done here instead.
  func refusal(_ text: String) -> Diagnostic {
    let commands = actions.map(\.command).joined(separator: ", ")
    return Diagnostic(text, expected: commands.isEmpty ? nil : "one of: \(commands)")
  }

  func next(_ session: Session) throws(Diagnostic) -> Document { try show(session) }
  func back(_ session: Session) throws(Diagnostic) -> Document? { nil }
  func goto(_ place: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There are no steps to go to here.")
  }
  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("Nothing is asked here.")
  }
  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to predict here.")
  }
  func hint(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is no hint for this.")
  }
  func skip(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to skip here.")
  }
  func why(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("Nothing has run here yet, so there is no why.")
  }
  func solution(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to solve here.")
  }
  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There are no knobs here. 'try TOPIC' and 'open DRILL' have some.")
  }
  func fault(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("Faults are injected into drills. Open one with 'open TOPIC/DRILL'.")
  }
  func run(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to run here.")
  }
  func compare(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There are no attempts to compare here.")
  }
  func undo(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to undo here.")
  }
  func restart(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("There is nothing to restart here.")
  }
  func play(_ session: Session) throws(Diagnostic) -> Document {
    throw refusal("Say what to play with: 'try TOPIC'.")
  }
  /// `restart shard-2` restarts a shard; `restart` and `restart lesson` are the session's.
  func claims(_ line: String) -> Bool {
    let line = BenchLine(line)
    guard words.contains(line.name) else { return false }
    if !CommandRegistry.words.contains(line.name) { return true }
    return line.name == "restart" && !line.arguments.isEmpty && line.arguments != ["lesson"]
  }
  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? { nil }
}
