import Kernel

/// The stages of an interview, in order.
public enum InterviewStage: Int, Sendable, Hashable, CaseIterable {
  /// What it does, how well, and what is left out.
  case requirements
  /// The few figures that change the design.
  case estimates
  /// The calls it offers and what is kept under which key.
  case interfaces
  /// The parts and who calls whom.
  case design
  /// One or two subjects to the ground.
  case dives
  /// What happens when something breaks.
  case failure
  /// The summary.
  case wrapUp

  /// The stage in a word or two.
  public var title: String {
    switch self {
    case .requirements: "requirements"
    case .estimates: "estimates"
    case .interfaces: "API and data"
    case .design: "high-level design"
    case .dives: "deep dives"
    case .failure: "failure"
    case .wrapUp: "wrap-up"
    }
  }

  /// The word of the prompt.
  public var word: String {
    switch self {
    case .interfaces: "api"
    case .wrapUp: "wrap-up"
    case .dives: "dives"
    case .design: "design"
    default: title
    }
  }

  /// The stage after this one; nil after the last.
  public var next: InterviewStage? { InterviewStage(rawValue: rawValue + 1) }

  /// Its minutes of an interview of 45, as published plans have them.
  fileprivate var share: Int { [6, 4, 4, 10, 14, 4, 3][rawValue] }

  /// What it gets of fifteen minutes beyond 45: 60 minutes go deeper, they do not begin slower.
  fileprivate var extraShare: Int { [0, 0, 0, 0, 8, 4, 3][rawValue] }
}

/// An interview as it was begun: on what, how long, for which level.
public struct InterviewPlan: Sendable, Hashable {
  /// The id of the case.
  public let topic: String
  /// How long it is to take.
  public let minutes: Int
  /// The level that is asked for.
  public let level: InterviewLevel

  /// The minutes that an interview may take.
  public static let range = 5...180

  /// A plan.
  public init(topic: String, minutes: Int, level: InterviewLevel) {
    self.topic = topic
    self.minutes = minutes
    self.level = level
  }

  /// All seconds there are.
  public var seconds: Double { Double(minutes * 60) }

  /// The seconds of a stage: its share of 45 minutes, in steps of 5 s; what rounding leaves goes to
  /// the deep dives.
  public func box(_ stage: InterviewStage) -> Double {
    guard stage == .dives else { return Double(whole(stage)) }
    let others = InterviewStage.allCases.filter { $0 != .dives }.reduce(0) { $0 + whole($1) }
    return Double(minutes * 60 - others)
  }

  private func whole(_ stage: InterviewStage) -> Int {
    let extra = max(0, minutes - 45)
    let seconds = stage.share * 60 * min(minutes, 45) / 45 + stage.extraShare * 60 * extra / 15
    return seconds / 5 * 5
  }
}

/// Seconds as `12:05`.
public enum ClockText {
  /// Whole seconds as minutes and seconds.
  public static func text(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    let rest = String(whole % 60)
    return "\(whole / 60):" + (rest.count == 1 ? "0" : "") + rest
  }
}
