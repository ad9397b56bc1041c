import Kernel
import Presentation

/// One command of the vocabulary: the same at the prompt and on the command line.
///
/// A command is one file with its specification beside its code; help, completion, the table in the
/// README and the parsing of arguments all derive from the specification.
public protocol Command: Sendable {
  /// What the command is called, takes and does.
  var spec: CommandSpec { get }

  /// Carries the command out.
  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply
}

/// A command, described.
public struct CommandSpec: Sendable {
  /// What the commands of a group are for.
  public enum Group: String, Sendable, CaseIterable {
    /// Walking the roadmap and a lesson.
    case walking = "Walk the roadmap"
    /// Answering and being helped.
    case answering = "Answer and get help"
    /// Touching mechanisms.
    case touching = "Touch a mechanism"
    /// Running drills.
    case drilling = "Run drills"
    /// Designs and case studies.
    case cases = "Design"
    /// Estimating capacities.
    case estimating = "Estimate"
    /// Remembering and taking away.
    case keeping = "Remember, look up, take away"
    /// The program itself.
    case tending = "The program"
  }

  /// The words that are typed: one, or two such as `drill run`.
  public let name: String
  /// Other words for it.
  public let aliases: [String]
  /// What it is for.
  public let group: Group
  /// What it does, as one sentence.
  public let summary: String
  /// What it takes, in order.
  public let arguments: [Argument]
  /// What may be added, in any order.
  public let options: [Option]
  /// Lines that work, with what they do.
  public let examples: [(line: String, effect: String)]
  /// Whether it only makes sense at the prompt.
  public let isPromptOnly: Bool

  /// An argument.
  public struct Argument: Sendable {
    /// What stands there, in capitals: `ID`.
    public let name: String
    /// Whether it may be left out.
    public let isOptional: Bool
    /// Whether it takes the rest of the line as it is.
    public let isRest: Bool
    /// What can be completed there.
    public let completion: Completion

    /// An argument.
    public init(
      _ name: String, isOptional: Bool = false, isRest: Bool = false,
      completion: Completion = .nothing
    ) {
      self.name = name
      self.isOptional = isOptional
      self.isRest = isRest
      self.completion = completion
    }
  }

  /// An option.
  public struct Option: Sendable {
    /// The option as typed: `--seed`.
    public let name: String
    /// What follows it, in capitals; nil for a flag.
    public let value: String?
    /// Whether it may be given more than once.
    public let repeats: Bool
    /// What it does, in a few words.
    public let summary: String
    /// What can be completed behind it.
    public let completion: Completion

    /// A flag.
    public init(_ name: String, _ summary: String) {
      self.name = name
      value = nil
      repeats = false
      completion = .nothing
      self.summary = summary
    }

    /// An option with a value after it.
    public init(
      _ name: String, _ value: String, repeats: Bool = false, completion: Completion = .nothing,
      _ summary: String
    ) {
      self.name = name
      self.value = value
      self.repeats = repeats
      self.completion = completion
      self.summary = summary
    }
  }

  /// What Tab offers for an argument.
  public enum Completion: Sendable {
    /// Nothing.
    case nothing
    /// Ids of topics that have a lesson, and of a topic's drills behind its `/`.
    case topics
    /// Ids of drills.
    case drills
    /// Ids of designs of cases.
    case designs
    /// Ids of cases that an interview can be held on.
    case cases
    /// Files, and ids of cases with a worked estimate.
    case estimates
    /// Names of commands.
    case commands
    /// Steps of the open lesson.
    case steps
    /// Knobs of what is open, with `=`.
    case knobs
    /// Ids of the presets of the topic before it.
    case presets
    /// Terms of the glossary.
    case terms
    /// Ids of estimation problems.
    case problems
    /// Ids of flawed estimates.
    case flaws
    /// Paths of files and folders.
    case files
    /// One of these words.
    case words([String])

    /// The command that lists what may stand there; nil where none does.
    var lister: String? {
      switch self {
      case .topics: "roadmap"
      case .drills: "drill list"
      case .designs, .cases: "case list"
      case .terms: "glossary"
      case .problems, .flaws: "estimate problems"
      case .commands: "help"
      case .knobs: "knobs"
      case .nothing, .estimates, .steps, .presets, .files, .words: nil
      }
    }
  }

  /// A specification.
  public init(
    _ name: String, aliases: [String] = [], _ group: Group, arguments: [Argument] = [],
    options: [Option] = [], examples: [(line: String, effect: String)] = [],
    isPromptOnly: Bool = false, _ summary: String
  ) {
    self.name = name
    self.aliases = aliases
    self.group = group
    self.summary = summary
    self.arguments = arguments
    self.options = options
    self.examples = examples
    self.isPromptOnly = isPromptOnly
  }

  /// The command with what it takes: `drill run ID [--set KNOB=VALUE]... [--seed N]`.
  public var usage: String {
    var words = [name]
    for argument in arguments {
      let name = argument.name + (argument.isRest ? "..." : "")
      words.append(argument.isOptional ? "[\(name)]" : name)
    }
    for option in options {
      let text = option.value.map { "\(option.name) \($0)" } ?? option.name
      words.append("[\(text)]" + (option.repeats ? "..." : ""))
    }
    return words.joined(separator: " ")
  }
}

/// What a line at the prompt, or a call from the command line, came to.
public struct Reply: Sendable {
  /// What there is to say.
  public var document: Document
  /// The one JSON document that was asked for instead; one object a line where the command streams.
  public var json: String?
  /// Whether what was asked about falls short: an objective missed, a claim false.
  public var fallsShort = false
  /// Whether the prompt should close.
  public var leaves = false

  /// A reply that says `document`.
  public init(_ document: Document = Document(), json: String? = nil, fallsShort: Bool = false) {
    self.document = document
    self.json = json
    self.fallsShort = fallsShort
  }

  /// A reply of one sentence.
  public init(_ text: Text) { self.init(Document([.paragraph(text)])) }
}
