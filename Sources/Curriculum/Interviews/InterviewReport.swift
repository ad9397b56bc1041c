import Kernel

/// What an interview came to: every point with its evidence, the dimensions, the time, what to
/// practise.
public struct InterviewReport: Sendable {
  /// One thing that was looked for.
  public struct Point: Sendable {
    /// The id of the rule.
    public let id: String
    /// What was looked for.
    public let text: String
    /// What it shows.
    public let dimension: RubricDimension
    /// From which level it is expected.
    public let level: InterviewLevel
    /// What it is worth.
    public let points: Int
    /// Whether it is there.
    public let verdict: Verdict
    /// What that rests on: a quotation, a figure, a measurement.
    public let why: String
    /// Cards, drills and topics that practise it.
    public let practise: [String]
  }

  /// Whether something is there.
  public enum Verdict: String, Sendable, Hashable {
    /// It is.
    case met
    /// It is not.
    case missed
    /// Nothing that a rule can look at decides it.
    case unknown
  }

  /// How a dimension came out.
  public struct Dimension: Sendable {
    /// The dimension.
    public let dimension: RubricDimension
    /// Points met and judged, of those that the level expects.
    public let met: Int, judged: Int
    /// Points that nothing decides.
    public let unknown: Int
    /// The highest level whose points are there; nil when not even mid.
    public let reached: InterviewLevel?
    /// How the candidate rates it; nil when not rated.
    public let own: Interview.SelfRating?
  }

  /// A question about the design and what was measured.
  public struct Trial: Sendable {
    /// The id of the follow-up.
    public let id: String
    /// What was asked.
    public let ask: String
    /// Whether the design held; nil when nothing was tried.
    public let isHeld: Bool?
    /// The fault and the figures.
    public let figures: String
    /// Whether it was answered.
    public let isAnswered: Bool
  }

  /// What would be said after the interview.
  public enum Recommendation: String, Sendable, Hashable {
    case strongYes = "a strong yes"
    case yes = "a yes"
    case undecided = "undecided"
    case no = "a no"
  }

  /// Everything that was looked for, in the order of the dimensions.
  public let points: [Point]
  /// The dimensions.
  public let dimensions: [Dimension]
  /// Seconds planned and spent, stage by stage.
  public let times: [(stage: InterviewStage, planned: Double, spent: Double)]
  /// When the first figure was said, and the first part drawn; nil for never.
  public let firstFigure: Double?, firstPart: Double?
  /// The questions about the design.
  public let trials: [Trial]
  /// Slips, with what to say of them.
  public let slips: [(id: String, say: String)]
  /// The subjects that were gone into, whose answers may now be shown.
  public let dives: [Rubric.DeepDive]
  /// The level that was asked for.
  public let level: InterviewLevel

  /// Points met and judged, of those that the level expects.
  public var met: Int { dimensions.reduce(0) { $0 + $1.met } }
  /// Points judged.
  public var judged: Int { dimensions.reduce(0) { $0 + $1.judged } }
  /// The share of the points; nil when nothing could be judged.
  public var share: Double? { judged == 0 ? nil : Double(met) / Double(judged) }

  /// What would be said, by the bounds that a published rubric has: 85, 70 and 55 %.
  public var recommendation: Recommendation? {
    share.map { share in
      share >= 0.85 ? .strongYes : share >= 0.7 ? .yes : share >= 0.55 ? .undecided : .no
    }
  }

  /// Where the bounds come from.
  public static let source =
    "https://study-notes-dge.pages.dev/system-design/system-design-interview/"
    + "practice/evaluation-rubric"

  /// What to practise: ids of cards, drills and topics, what costs most points first.
  public var practise: [String] {
    let missed = points.filter { $0.verdict == .missed && $0.level <= level }
    var ids: [String] = []
    for point in missed.sorted(by: { $0.points > $1.points }) {
      for id in point.practise where !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  /// Everything that was looked for under `id`.
  public func point(_ id: String) throws(Diagnostic) -> Point {
    guard let point = points.first(where: { $0.id == id }) else {
      throw .unknown("rule", id, known: points.map(\.id))
    }
    return point
  }
}

extension Interview {
  /// What the interview came to.
  public func report() throws(Diagnostic) -> InterviewReport {
    var points = requirementPoints() + (try estimatePoints())
    for rule in subject.rubric.rules { points.append(try point(rule)) }
    points += divePoints() + [timePoint()]
    let ordered = RubricDimension.allCases.flatMap { dimension in
      points.filter { $0.dimension == dimension }
    }
    return InterviewReport(
      points: ordered, dimensions: RubricDimension.allCases.map { dimension($0, ordered) },
      times: InterviewStage.allCases.map { ($0, plan.box($0), spent[$0.rawValue]) },
      firstFigure: turns.first(where: \.hasFigure)?.at,
      firstPart: turns.first(where: \.isDrawn)?.at,
      trials: try trials(),
      slips: subject.rubric.mistakes.filter { isFitting($0.occasion) }.map { ($0.id, slip($0)) },
      dives: dives.map(\.dive), level: plan.level)
  }

  private func dimension(
    _ dimension: RubricDimension, _ points: [InterviewReport.Point]
  ) -> InterviewReport.Dimension {
    let own = points.filter { $0.dimension == dimension }
    let expected = own.filter { $0.level <= plan.level }
    var reached: InterviewLevel?
    for level in InterviewLevel.allCases {
      let judged = own.filter { $0.level == level && $0.verdict != .unknown }
      let all = judged.reduce(0) { $0 + $1.points }
      guard all > 0 else { continue }
      let met = judged.filter { $0.verdict == .met }.reduce(0) { $0 + $1.points }
      guard Double(met) >= (subject.rubric.thresholds[level] ?? 1) * Double(all) else { break }
      reached = level
    }
    func sum(_ verdict: InterviewReport.Verdict) -> Int {
      expected.filter { $0.verdict == verdict }.reduce(0) { $0 + $1.points }
    }
    return InterviewReport.Dimension(
      dimension: dimension, met: sum(.met), judged: sum(.met) + sum(.missed),
      unknown: sum(.unknown), reached: reached,
      own: ratings.first { $0.dimension == dimension }?.level)
  }

  private func trials() throws(Diagnostic) -> [InterviewReport.Trial] {
    var trials: [InterviewReport.Trial] = []
    for asked in followUps {
      var isHeld: Bool?
      var figures = "nothing to try"
      if let fault = asked.fault, let trial = asked.followUp.trial {
        let run = try subject.trial(sketches[asked.design].design, fault: fault)
        let judged = try subject.judge(run, trial.expects)
        isHeld = judged.holds
        figures = "\(fault): \(judged.text)"
      }
      trials.append(
        InterviewReport.Trial(
          id: asked.followUp.id, ask: asked.followUp.ask, isHeld: isHeld, figures: figures,
          isAnswered: !asked.answers.isEmpty))
    }
    return trials
  }

  private func slip(_ mistake: Rubric.Mistake) -> String {
    guard case .said(let words) = mistake.occasion,
      let line = spoken.first(where: { line in words.contains { $0.isFound(in: line.text) } })
    else { return mistake.say }
    return "\(Quote.text(line.text, around: words)) at \(ClockText.text(line.at)): \(mistake.say)"
  }
}

extension Interview.Turn {
  /// Whether the candidate said a figure in it.
  fileprivate var hasFigure: Bool {
    switch content {
    case .said(let text), .answered(let text, _): text.contains(where: \.isNumber)
    case .drew, .opened, .asked, .tried, .clock: false
    }
  }

  /// Whether the candidate drew something in it.
  fileprivate var isDrawn: Bool { if case .drew = content { true } else { false } }
}

/// What somebody wrote, in quotation marks and not too long.
enum Quote {
  /// The line, or of a long one the part that one of `phrases` is in.
  static func text(_ line: String, around phrases: [Phrase] = [], length: Int = 70) -> String {
    guard line.count > length else { return "\"\(line)\"" }
    for marks in [".;:", ".;:,"] {
      let parts = parts(of: line, at: marks)
      let found = parts.firstIndex { part in phrases.contains { $0.isFound(in: part) } }
      guard let found, parts[found].count <= length else { continue }
      let isLast = found == parts.count - 1
      return "\"\(found > 0 ? "… " : "")\(parts[found])\(isLast ? "" : " …")\""
    }
    let start = line.prefix(length)
    let whole = start.lastIndex(of: " ").map { start[..<$0] } ?? start
    return "\"\(whole) …\""
  }

  /// The parts between marks that a space follows.
  private static func parts(of line: String, at marks: String) -> [String] {
    var parts: [String] = []
    var part = ""
    for word in line.split(separator: " ") {
      part += (part.isEmpty ? "" : " ") + word
      guard let last = word.last, marks.contains(last) else { continue }
      parts.append(String(part.dropLast()))
      part = ""
    }
    if !part.isEmpty { parts.append(part) }
    return parts
  }
}
