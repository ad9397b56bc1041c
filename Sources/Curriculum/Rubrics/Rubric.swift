import Kernel

/// How an interview on a case is judged, read from its `rubric.yaml`.
public struct Rubric: Sendable {
  /// The id of the case.
  public let topic: String
  /// What the interviewer says first.
  public let prompt: String
  /// The share of the points of a level that makes it that level.
  public let thresholds: [InterviewLevel: Double]
  /// What the system does, what it must achieve, what is left out on purpose.
  public let requirements: [Requirement]
  /// Figures that the interviewer asks for.
  public let estimates: [Question]
  /// What is looked for in the design and in what was said.
  public let rules: [Rule]
  /// What the interviewer asks of the design, and tries there and then.
  public let followUps: [FollowUp]
  /// Subjects to go deep into.
  public let dives: [DeepDive]
  /// Slips that are worth a word.
  public let mistakes: [Mistake]
  /// What each level looks like, by dimension, to rate oneself by.
  public let anchors: [RubricDimension: [InterviewLevel: String]]
  /// The file.
  public let file: String

  /// Something that is to be said about what the system does.
  public struct Requirement: Sendable, Hashable {
    /// The kinds of requirements.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
      /// What it does.
      case functional
      /// How well it does it.
      case nonFunctional = "non-functional"
      /// What it does not do, on purpose.
      case outOfScope = "out-of-scope"
    }

    /// The stable id; reports quote it.
    public let id: String
    /// What is to be said.
    public let text: String
    /// What kind it is.
    public let kind: Kind
    /// Words any of which counts as having said it.
    public let words: [Phrase]
    /// The levels from which it is expected.
    public let levels: [InterviewLevel]
  }

  /// A figure that is asked for.
  public struct Question: Sendable, Hashable {
    /// The stable id.
    public let id: String
    /// The question.
    public let ask: String
    /// The figure of the case's estimate that is the key.
    public let figure: String
    /// The unit that is asked for; empty for a plain number.
    public let unit: String
    /// The line of the file.
    public let line: Int
  }

  /// Something that is looked for in the design and in what was said.
  public struct Rule: Sendable {
    /// The stable id.
    public let id: String
    /// What a good design has.
    public let text: String
    /// What it is worth.
    public let points: Int
    /// What it shows.
    public let dimension: RubricDimension
    /// The level from which it is expected.
    public let level: InterviewLevel
    /// What meets it.
    public let evidence: Evidence
    /// Cards, drills and topics that practise it.
    public let practise: [String]
    /// The line of the file.
    public let line: Int
  }

  /// What meets a rule.
  public enum Evidence: Sendable {
    /// One of the words was written.
    case said([Phrase])
    /// The design has a component of one of the kinds.
    case component([String])
    /// The rule of the linter finds nothing.
    case lint(String)
    /// The condition holds when the design runs under the fault.
    case simulate(FaultTemplate, objective: String)
  }

  /// Something the interviewer asks of the design.
  public struct FollowUp: Sendable {
    /// The stable id.
    public let id: String
    /// The question.
    public let ask: String
    /// When it is asked.
    public let occasion: Occasion
    /// What is tried on the design, and what should hold then.
    public let trial: (fault: FaultTemplate, expects: String)?
    /// What to say when it held, or went well.
    public let saidIfHeld: String
    /// What to say when it broke.
    public let saidIfBroken: String
    /// From which level it is asked.
    public let level: InterviewLevel
    /// Cards, drills and topics that practise it.
    public let practise: [String]
    /// The line of the file.
    public let line: Int
  }

  /// When a follow-up is asked or a slip is spoken of.
  public enum Occasion: Sendable, Hashable {
    /// Always.
    case always
    /// When the linter's rule finds something.
    case lint(String)
    /// When the design has a component of the kind.
    case with(String)
    /// When it has none.
    case without(String)
    /// When the requirement was not said, or the estimate not made.
    case unsaid(String)
    /// When one of the words was written.
    case said([Phrase])
  }

  /// A subject to go deep into.
  public struct DeepDive: Sendable {
    /// The stable id.
    public let id: String
    /// The question.
    public let ask: String
    /// What a good answer says, shown afterwards.
    public let answer: String
    /// Words that a good answer has.
    public let lookFor: [Phrase]
    /// What would change the answer.
    public let flips: String
    /// Cards, drills and topics that practise it.
    public let practise: [String]
    /// The line of the file.
    public let line: Int
  }

  /// A slip that is worth a word.
  public struct Mistake: Sendable {
    /// The stable id.
    public let id: String
    /// When it was made.
    public let occasion: Occasion
    /// What to say of it.
    public let say: String
  }
}

/// What an interview measures.
public enum RubricDimension: String, Sendable, Hashable, CaseIterable {
  /// Requirements and what is left out.
  case scoping
  /// Figures, and their use.
  case estimation
  /// The parts and who calls whom.
  case structure
  /// What is kept, by which key, how consistent.
  case data
  /// What happens when something breaks.
  case failure
  /// How deep one can go.
  case depth
  /// How it is led and told.
  case communication
}

/// The level that an interview asks for.
public enum InterviewLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Builds it.
  case mid
  /// Owns it.
  case senior
  /// Leads others to it.
  case staff

  /// Whether the left level comes before the right one.
  public static func < (left: InterviewLevel, right: InterviewLevel) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }

  /// The level called `text`.
  public static func named(_ text: String) throws(Diagnostic) -> InterviewLevel {
    guard let level = InterviewLevel(rawValue: text) else {
      throw .unknown("level", text, known: allCases.map(\.rawValue))
    }
    return level
  }
}
