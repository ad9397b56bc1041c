import Kernel
import Recall

/// What the log can record.
///
/// Ids of topics, steps, questions, cards and drills are those of the content and must fit
/// `EventID.isName`.
public enum Fact: Sendable, Hashable {
  /// The learner stands at a step now.
  case moved(Place)
  /// A step was finished or skipped.
  case finished(Place, StepOutcome)
  /// A topic was begun anew: steps finished before no longer count.
  case restarted(topic: String)
  /// A question was answered.
  case answered(Answer)
  /// A bench command was given at a step; replaying them brings the bench back.
  case commanded(Place, line: String)
  /// A hint was shown: `level` from 1, of a drill or a `topic/step`.
  case hinted(subject: String, level: Int)
  /// A figure was predicted.
  case predicted(PredictionRecord)
  /// The figure that was predicted has been measured; nil when the run yielded none.
  case measured(prediction: EventID, value: Double?)
  /// A drill was run.
  case ran(RunRecord)
  /// The bug of a mystery was named, rightly or not, or given up.
  case diagnosed(MysteryRecord)
  /// A mock interview began; its id is the id of this event.
  case interviewBegan(InterviewPlanRecord)
  /// A line was typed in an interview; the lines in order bring it back.
  case interviewLine(InterviewLineRecord)
  /// A note was written at a place, or at none; its id is the id of this event.
  case noteAdded(Place?, text: String)
  /// A note's text was replaced.
  case noteEdited(EventID, text: String)
  /// A note was deleted.
  case noteDeleted(EventID)
  /// A card was reviewed. Drills are never rated by hand: their runs are their reviews.
  case reviewed(card: String, Rating)
  /// A preference was set, such as `retention` to `0.85`.
  case preferred(name: String, value: String)
  /// An action was taken back.
  case undid(action: EventID)
}

/// A place in the content.
public struct Place: Sendable, Hashable {
  /// The topic's id.
  public let topic: String
  /// The step's id within the topic.
  public let step: String

  /// A step of a topic.
  public init(topic: String, step: String) {
    self.topic = topic
    self.step = step
  }
}

/// How a step was left.
public enum StepOutcome: String, Sendable, Hashable, CaseIterable {
  /// What it asked for was done.
  case done
  /// It was passed over.
  case skipped
}

/// An answer to a question.
public struct Answer: Sendable, Hashable {
  /// Where it was asked.
  public let place: Place
  /// The question's id.
  public let question: String
  /// What was answered, as typed.
  public let text: String
  /// Whether it was right.
  public let isRight: Bool

  /// An answer.
  public init(place: Place, question: String, text: String, isRight: Bool) {
    self.place = place
    self.question = question
    self.text = text
    self.isRight = isRight
  }
}

/// A prediction as it was made, before the run.
public struct PredictionRecord: Sendable, Hashable {
  /// What it is about: a drill's id or `topic/step`.
  public let subject: String
  /// The name of the figure.
  public let metric: String
  /// The lower end; equal to the upper one for a single number.
  public let low: Double
  /// The upper end.
  public let high: Double
  /// The unit of both.
  public let unit: Unit

  /// A prediction from `low` to `high`.
  public init(subject: String, metric: String, low: Double, high: Double, unit: Unit) {
    self.subject = subject
    self.metric = metric
    self.low = min(low, high)
    self.high = max(low, high)
    self.unit = unit
  }
}

/// A run of a drill.
public struct RunRecord: Sendable, Hashable {
  /// The drill's id, `topic/name`.
  public let drill: String
  /// The replay token, which brings back exactly this run.
  public let token: String
  /// Whether every objective was met and no invariant broken.
  public let isPassed: Bool
  /// Objectives met.
  public let metCount: Int
  /// Objectives there were.
  public let objectiveCount: Int
  /// The figures that the objectives looked at.
  public let figures: [Measurement]

  /// A run.
  public init(
    drill: String, token: String, isPassed: Bool, metCount: Int, objectiveCount: Int,
    figures: [Measurement]
  ) {
    self.drill = drill
    self.token = token
    self.isPassed = isPassed
    self.metCount = metCount
    self.objectiveCount = objectiveCount
    self.figures = figures
  }
}
