import Recall

/// Something that comes up for review: a card, or a drill that was failed.
public enum ReviewItem: Sendable, Hashable {
  /// The card with this id; its text may change, its schedule stays.
  case card(String)
  /// The drill with this id.
  case drill(String)

  /// The item as text: `card:ID` or `drill:ID`.
  public var text: String {
    switch self {
    case .card(let id): "card:\(id)"
    case .drill(let id): "drill:\(id)"
    }
  }

  /// The item written as `card:ID` or `drill:ID`, or nil.
  public init?(_ text: String) {
    if text.hasPrefix("card:") {
      self = .card(String(text.dropFirst(5)))
    } else if text.hasPrefix("drill:") {
      self = .drill(String(text.dropFirst(6)))
    } else {
      return nil
    }
  }

  /// The item whose schedule a fact bears on, if any.
  init?(changedBy fact: Fact) {
    switch fact {
    case .reviewed(let card, _): self = .card(card)
    case .ran(let run): self = .drill(run.drill)
    case .hinted(let subject, _): self = .drill(subject)
    case .moved, .finished, .restarted, .answered, .commanded, .predicted, .measured, .diagnosed,
      .interviewBegan, .interviewLine, .noteAdded,
      .noteEdited, .noteDeleted, .preferred, .undid:
      return nil
    }
  }
}

/// An item of the review schedule.
public struct ScheduledItem: Sendable, Hashable {
  /// What comes up.
  public let item: ReviewItem
  /// When, and what the scheduler knows of it.
  public let state: CardState

  /// The word for where it stands: `learning`, `review`, `relearning`.
  public var stateWord: String { state.phase.word }

  /// When it is due, in milliseconds since 1970 (UTC).
  public var dueMilliseconds: Int { state.dueSeconds * 1_000 }

  /// Days after which nine of ten such items would still be recalled.
  public var stabilityDays: Double? { state.memory?.stabilityDays }

  /// How hard it is for this learner, from 1 to 10.
  public var difficulty: Double? { state.memory?.difficulty }
}
