/// A kind of estimation problem: a story with figures that are drawn afresh every time, and the
/// steps that lead from them to the result.
public struct ProblemFamily: Sendable, Hashable {
  /// The name as typed, in kebab case.
  public let id: String
  /// A heading.
  public let title: String
  /// The topic of the roadmap that it belongs to, or `estimation`.
  public let topic: String
  /// How long somebody who has practised takes.
  public let minutes: Int
  /// What is told; `{name}` stands for the value of the given called that.
  public let story: String
  /// Countables that the language does not know, as in `like` or `entry, entries`.
  public let units: [String]
  /// The figures of the story.
  public let givens: [Given]
  /// The questions, each of which may use the givens and the steps before it.
  public let steps: [Step]
  /// The habit to take away, told at the end.
  public let debrief: String
  /// Keys of sources when the figures are those of a real system.
  public let sources: [String]

  /// A family; what does not hang together is refused when a problem is drawn from it.
  public init(
    id: String, title: String, topic: String, minutes: Int, story: String, units: [String] = [],
    givens: [Given], steps: [Step], debrief: String, sources: [String] = []
  ) {
    self.id = id
    self.title = title
    self.topic = topic
    self.minutes = minutes
    self.story = story
    self.units = units
    self.givens = givens
    self.steps = steps
    self.debrief = debrief
    self.sources = sources
  }

  /// A figure of the story.
  public struct Given: Sendable, Hashable {
    /// The name that formulas use.
    public let name: String
    /// Which value it has.
    public let choice: Choice
    /// The slip that leaving it out would be; nil when that is no well-known one.
    public let role: Role?

    /// A figure called `name`.
    public init(_ name: String, _ choice: Choice, role: Role? = nil) {
      self.name = name
      self.choice = choice
      self.role = role
    }
  }

  /// Where the value of a given comes from; values are formulas of the estimation language.
  public enum Choice: Sendable, Hashable {
    /// `LOW to HIGH`: drawn log-uniformly between the ends, to one significant digit in the unit of
    /// the high end.
    case draw(String)
    /// One of these, each equally likely.
    case oneOf([String])
    /// Always the same.
    case value(String)
  }

  /// What a given does in an estimate, which is also the slip of forgetting it.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// How many copies are kept.
    case replication
    /// The peak over the average.
    case peak
    /// How many reads come to a write, or the other way round.
    case readWrite = "read_write"
    /// How many messages or calls one becomes.
    case fanOut = "fan_out"
    /// What indexes, headers, encodings and free space add.
    case overhead
    /// The part of a whole that is meant.
    case share
    /// How large one of them is.
    case size
  }

  /// A question with the formula that answers it.
  public struct Step: Sendable, Hashable {
    /// The name by which later steps use the result.
    public let name: String
    /// What is asked.
    public let ask: String
    /// The answer in the estimation language.
    public let formula: String
    /// What helps somebody who is stuck.
    public let hint: String?
    /// Slips that this step alone invites.
    public let forgot: [Forgotten]

    /// A question.
    public init(
      name: String, ask: String, formula: String, hint: String? = nil, forgot: [Forgotten] = []
    ) {
      self.name = name
      self.ask = ask
      self.formula = formula
      self.hint = hint
      self.forgot = forgot
    }
  }

  /// A slip that one step invites.
  public struct Forgotten: Sendable, Hashable {
    /// How far off the answer is then, above 1; upwards or downwards.
    public let factor: Double
    /// What happened, as a sentence.
    public let says: String

    /// A slip of a factor above 1.
    public init(factor: Double, says: String) {
      self.factor = factor
      self.says = says
    }
  }
}
