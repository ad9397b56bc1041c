import Kernel

/// The word for a kind of fact, as the log and the exported document write it.
public enum FactKind: String, Sendable, Hashable, CaseIterable {
  /// `Fact.moved`
  case position
  /// `Fact.finished`
  case step
  /// `Fact.restarted`
  case restart
  /// `Fact.answered`
  case answer
  /// `Fact.commanded`
  case command
  /// `Fact.hinted`
  case hint
  /// `Fact.predicted`
  case prediction
  /// `Fact.measured`
  case measurement
  /// `Fact.ran`
  case run
  /// `Fact.diagnosed`
  case mystery
  /// `Fact.interviewBegan`
  case interview
  /// `Fact.interviewLine`
  case interviewLine = "interview-line"
  /// `Fact.noteAdded`
  case note
  /// `Fact.noteEdited`
  case noteEdit = "note-edit"
  /// `Fact.noteDeleted`
  case noteDelete = "note-delete"
  /// `Fact.reviewed`
  case review
  /// `Fact.preferred`
  case preference
  /// `Fact.undid`
  case undo
}

extension Fact {
  /// The kind of the fact.
  public var kind: FactKind {
    switch self {
    case .moved: .position
    case .finished: .step
    case .restarted: .restart
    case .answered: .answer
    case .commanded: .command
    case .hinted: .hint
    case .predicted: .prediction
    case .measured: .measurement
    case .ran: .run
    case .diagnosed: .mystery
    case .interviewBegan: .interview
    case .interviewLine: .interviewLine
    case .noteAdded: .note
    case .noteEdited: .noteEdit
    case .noteDeleted: .noteDelete
    case .reviewed: .review
    case .preferred: .preference
    case .undid: .undo
    }
  }

  /// What the fact is about, for finding it again: a topic, drill, card, note, action or name.
  var subject: String {
    switch self {
    case .moved(let place), .finished(let place, _), .commanded(let place, _): place.topic
    case .restarted(let topic): topic
    case .answered(let answer): answer.place.topic
    case .hinted(let subject, _): subject
    case .predicted(let prediction): prediction.subject
    case .measured(let prediction, _): prediction.text
    case .ran(let run): run.drill
    case .diagnosed(let mystery): mystery.topic
    case .interviewBegan(let plan): plan.topic
    case .interviewLine(let line): line.interview.text
    case .noteAdded(let place, _): place?.topic ?? ""
    case .noteEdited(let note, _), .noteDeleted(let note): note.text
    case .reviewed(let card, _): card
    case .preferred(let name, _): name
    case .undid(let action): action.text
    }
  }

  /// The ids in the fact that must fit `EventID.isName`.
  var names: [String] {
    switch self {
    case .moved(let place), .finished(let place, _), .commanded(let place, _):
      [place.topic, place.step]
    case .answered(let answer): [answer.place.topic, answer.place.step, answer.question]
    case .noteAdded(let place, _): place.map { [$0.topic, $0.step] } ?? []
    case .predicted(let prediction): [prediction.subject, prediction.metric]
    case .ran(let run): [run.drill] + run.figures.map(\.name)
    case .diagnosed(let mystery): [mystery.topic, mystery.named, mystery.answer]
    case .interviewBegan(let plan): [plan.topic, plan.level]
    case .restarted, .hinted, .measured, .interviewLine, .noteEdited, .noteDeleted, .reviewed,
      .preferred, .undid:
      [subject]
    }
  }
}
