import Blueprints
public import Estimation
import Kernel

/// An interview as a machine: lines go in, each with the time of the interview's own clock, and
/// what the interviewer says comes out.
///
/// It reads no clock and keeps everything that was said, so that the same lines at the same times
/// give the same report. **A line that is refused changes nothing.**
public struct Interview {
  /// What it is about.
  public let subject: InterviewSubject
  /// How it was begun.
  public let plan: InterviewPlan
  /// Where it stands.
  public internal(set) var phase = Phase.talking(.requirements)
  /// The time of the last line, in seconds; pauses do not count.
  public internal(set) var elapsed = 0.0
  /// The seconds that each stage has taken.
  public internal(set) var spent = InterviewStage.allCases.map { _ in 0.0 }
  /// Whether the clock stands.
  public internal(set) var isPaused = false
  /// Everything that was said, in order.
  public internal(set) var turns: [Turn] = []
  /// The design after each line that changed it; the first is the empty table.
  public internal(set) var sketches: [DesignSketch]
  /// Whether the design is the case's own.
  public internal(set) var isReference = false
  /// The figures that were asked for, in order, with what was answered.
  public internal(set) var estimates: [AskedEstimate] = []
  /// The subjects that were gone into.
  public internal(set) var dives: [AskedDive] = []
  /// The questions about the design.
  public internal(set) var followUps: [AskedFollowUp] = []
  /// What the candidate makes of the own performance; nil for what was passed over.
  public internal(set) var ratings: [(dimension: RubricDimension, level: SelfRating?)] = []
  var pending = Pending.nothing
  var warnings: [Warning] = []
  let readDesign: (String) throws(Diagnostic) -> DesignSketch

  /// Where an interview stands.
  public enum Phase: Sendable, Hashable {
    /// In a stage.
    case talking(InterviewStage)
    /// Rating oneself against the anchors.
    case rating
    /// The report is there.
    case over
  }

  /// What the next line answers.
  enum Pending: Sendable, Hashable {
    case nothing, estimate, dive, followUp
  }

  /// What was said of the time, so that it is said once.
  enum Warning: Sendable, Hashable { case near(InterviewStage), over(InterviewStage) }

  /// What somebody said.
  public struct Turn: Sendable {
    /// When, by the interview's clock.
    public let at: Double
    /// In which stage; nil after the last.
    public let stage: InterviewStage?
    /// What.
    public let content: Content
  }

  /// What a turn holds.
  public enum Content: Sendable {
    /// The candidate wrote something.
    case said(String)
    /// The candidate answered for a figure.
    case answered(String, question: String)
    /// The candidate drew; `came` is what it came to.
    case drew(String, came: [String])
    /// The interviewer opens a stage.
    case opened(InterviewStage, String)
    /// The interviewer says or asks something.
    case asked(String)
    /// The interviewer tries a fault on a design, or runs it as it is, and reacts.
    case tried(design: Int, fault: String, followUp: Int?)
    /// The clock stands, or time passes.
    case clock(String)
  }

  /// A figure that was asked for.
  public struct AskedEstimate: Sendable {
    /// The question.
    public let question: Rubric.Question
    /// The answers, the last of which counts, with when they were given.
    public internal(set) var answers: [(at: Double, answer: EstimateAnswer)] = []
  }

  /// A subject that was gone into.
  public struct AskedDive: Sendable {
    /// The subject.
    public let dive: Rubric.DeepDive
    /// What was answered.
    public internal(set) var answers: [(at: Double, text: String)] = []
  }

  /// A question about the design.
  public struct AskedFollowUp: Sendable {
    /// The question.
    public let followUp: Rubric.FollowUp
    /// The design that it was asked of, by place.
    public let design: Int
    /// The fault in that design's own names; nil when nothing could be tried.
    public let fault: String?
    /// What was answered.
    public internal(set) var answers: [(at: Double, text: String)] = []
  }

  /// How somebody rates oneself.
  public enum SelfRating: String, Sendable, Hashable, CaseIterable {
    case below, mid, senior, staff
  }

  /// An interview that begins now; `readDesign` reads the text of a design's file.
  public init(
    _ subject: InterviewSubject, _ plan: InterviewPlan,
    readDesign: @escaping (String) throws(Diagnostic) -> DesignSketch
  ) {
    self.subject = subject
    self.plan = plan
    self.readDesign = readDesign
    sketches = [DesignSketch(loadOf: subject.reference)]
    open(.requirements)
  }

  /// The design as it stands.
  public var sketch: DesignSketch { sketches[sketches.count - 1] }

  /// The stage; nil after the last.
  public var stage: InterviewStage? {
    if case .talking(let stage) = phase { stage } else { nil }
  }

  /// The dimension that is to be rated next.
  public var nextRating: RubricDimension? {
    phase == .rating && ratings.count < RubricDimension.allCases.count
      ? RubricDimension.allCases[ratings.count] : nil
  }

  /// What was written, design and figures aside.
  public var spoken: [(at: Double, stage: InterviewStage, text: String)] {
    turns.compactMap { turn in
      guard let stage = turn.stage, case .said(let text) = turn.content else { return nil }
      return (turn.at, stage, text)
    }
  }

  // MARK: Saying

  mutating func add(_ content: Content) {
    turns.append(Turn(at: elapsed, stage: stage, content: content))
  }

  /// Begins a stage.
  mutating func open(_ stage: InterviewStage) {
    phase = .talking(stage)
    pending = .nothing
    add(.opened(stage, opening(stage)))
    switch stage {
    case .estimates, .dives, .failure: askNext()
    case .requirements, .interfaces, .design, .wrapUp: break
    }
  }

  private func opening(_ stage: InterviewStage) -> String {
    switch stage {
    case .requirements:
      subject.rubric.prompt + " What does it do, how well must it do it, and what do you leave out?"
    case .estimates: "A few figures, with their units; a range is fine."
    case .interfaces:
      "Which calls does it offer, and what is kept under which key? What may be stale?"
    case .design: "Draw it. " + load
    case .dives: "Let us go into something."
    case .failure:
      sketch.isEmpty ? "Nothing is drawn, so we only talk." : "Now we break what you drew."
    case .wrapUp:
      "Sum up: what costs most, what breaks first, what would you build next? Then 'finish'."
    }
  }

  /// What is on the table before anything is drawn.
  private var load: String {
    let sources = DesignSketch(loadOf: subject.reference).design.components
    let told = sources.map { source in
      let shares = (source.load?.operations ?? []).map {
        "\($0.name) \(Unit.fraction.text($0.share))"
      }
      let rate = Unit.perSecond.text((source.load?.rate ?? 0) * (source.load?.curve.peak ?? 1))
      return "\(source.name) send \(rate): \(shares.joined(separator: ", "))"
    }
    let cells =
      subject.reference.cells > 1
      ? " That is one of \(Unit.count.text(subject.reference.cells)) equal cells; count its parts only."
      : ""
    return "The load is on the table: \(told.joined(separator: "; ")).\(cells)"
  }
}
