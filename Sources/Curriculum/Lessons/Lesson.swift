import Drills
import Estimation
import Kernel
import Presentation

/// A lesson: steps of prose and things to do, read from `lesson.md`.
public struct Lesson: Sendable {
  /// The id of the roadmap.
  public let id: String
  /// The title.
  public let title: String
  /// The phase of the roadmap, from 1.
  public let phase: Int
  /// About how long it takes.
  public let minutes: Int
  /// The topics to know before.
  public let needs: [String]
  /// What its facts are taken from.
  public let sources: [Source]
  /// The hook, before the first step.
  public let introduction: Document
  /// The steps in order.
  public let steps: [LessonStep]
  /// The file it was read from.
  public let file: String

  /// The source cited as `key`, or nil.
  public func source(_ key: String) -> Source? { sources.first { $0.key == key } }
}

/// Where facts are taken from.
public struct Source: Sendable, Hashable {
  /// The key that blocks cite.
  public let key: String
  /// Author, title, year.
  public let title: String
  /// An address, or a path in a public repository.
  public let place: String
}

/// One step of a lesson: what stands under one `##` heading.
public struct LessonStep: Sendable {
  /// The heading in lower case with hyphens; unique in the lesson.
  public let id: String
  /// The heading.
  public let title: String
  /// Prose and things to do, in order.
  public let elements: [LessonElement]

  /// The things to do, in order.
  public var tasks: [LessonTask] {
    elements.compactMap { element in
      if case .task(let task) = element { task } else { nil }
    }
  }
}

/// A part of a step.
public enum LessonElement: Sendable {
  /// Something to read.
  case prose(Document)
  /// Something to do.
  case task(LessonTask)
}

/// Something to do in a lesson.
public struct LessonTask: Sendable {
  /// The id, unique in the lesson.
  public let id: String
  /// What is to be done.
  public let kind: Kind
  /// Hints, each saying more than the one before.
  public let hints: [String]
  /// What to say afterwards, in Markdown.
  public let explanation: String?
  /// The keys of its sources.
  public let cites: [String]
  /// The line of the file, for messages.
  public let line: Int

  /// The kinds of things to do.
  public enum Kind: Sendable {
    /// Pick what is right.
    case choice(ask: String, options: [ChoiceOption])
    /// Say a number.
    case number(NumberQuestion)
    /// Put items in order; they stand in the right one.
    case order(ask: String, items: [String])
    /// Say what a figure will be, then make it happen.
    case predict(BenchPrediction)
    /// Bring the bench into a state.
    case reach(BenchGoal)
    /// Run a drill until it is passed.
    case drill(String)
    /// Read a statement and see it shown.
    case claim(Claim)
    /// Work an estimate out, step by step.
    case estimate(EstimateTask)
    /// Write a note.
    case note(ask: String)
  }
}

/// An answer to choose.
public struct ChoiceOption: Sendable, Hashable {
  /// The answer.
  public let text: String
  /// Whether it is right.
  public let isRight: Bool
  /// Why it is right or wrong.
  public let because: String
}

/// A question for a number.
public struct NumberQuestion: Sendable {
  /// The question.
  public let ask: String
  /// The right number, in the unit.
  public let answer: Double
  /// How far off still counts as right.
  public let tolerance: Double
  /// The unit of both.
  public let unit: Unit
  /// What stands behind the right number in the lesson, such as `GB`, `h` or `%`: a bare number is
  /// meant so.
  public let suffix: String
  /// What measures the right number, where a mechanism does.
  public let measure: (show: Demonstration, figure: String)?
}

/// A prediction about the bench.
public struct BenchPrediction: Sendable {
  /// The question.
  public let ask: String
  /// The tool whose preset the bench takes, if any.
  public let preset: String?
  /// Lines that prepare the bench.
  public let setup: [String]
  /// Lines that make it happen.
  public let after: [String]
  /// The figure to predict.
  public let figure: String
  /// Its unit.
  public let unit: Unit
}

/// An estimate to work out: its questions, with the figures of this lesson.
public struct EstimateTask: Sendable {
  /// What is told and asked for.
  public let ask: String
  /// The problem that the answers are graded by.
  public let problem: Problem
}

/// A state to bring the bench into.
public struct BenchGoal: Sendable {
  /// The task.
  public let ask: String
  /// The tool whose preset the bench takes, if any.
  public let preset: String?
  /// Lines that prepare the bench.
  public let setup: [String]
  /// What must hold in the end.
  public let until: Condition
  /// Lines that get there.
  public let solution: [String]
}

/// A statement with the command that shows it.
public struct Claim: Sendable {
  /// The statement.
  public let statement: String
  /// The command that shows it.
  public let show: Demonstration
  /// What must come out.
  public let expectation: Condition
}
