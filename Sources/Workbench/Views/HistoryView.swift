import Kernel
import Presentation
import Progress
import Recall

/// Events of the log in words.
enum HistoryView {
  static func line(_ event: Event) -> String {
    switch event.fact {
    case .moved(let place): "went to \(place.topic) \(place.step)"
    case .finished(let place, let outcome): "\(outcome.rawValue): \(place.topic) \(place.step)"
    case .restarted(let topic): "began \(topic) again"
    case .answered(let answer):
      "answered \(answer.question) \(answer.isRight ? "rightly" : "wrongly"): \(answer.text)"
    case .commanded(let place, let line): "\(place.topic) bench: \(line)"
    case .hinted(let subject, let level): "took hint \(level) of \(subject)"
    case .predicted(let prediction): "predicted \(prediction.metric) of \(prediction.subject)"
    case .measured(_, let value): "a prediction was measured: \(value.map { "\($0)" } ?? "none")"
    case .ran(let run):
      "ran \(run.drill): \(run.isPassed ? "passed" : "\(run.metCount) of \(run.objectiveCount) met")"
    case .diagnosed(let mystery):
      "mystery of \(mystery.topic), seed \(mystery.seed): \(mystery.named), "
        + "\(mystery.isRight ? "right" : "wrong"), \(mystery.score) of 100"
    case .interviewBegan(let plan):
      "began an interview on \(plan.topic): \(plan.minutes) min, \(plan.level)"
    case .interviewLine(let line): "in the interview: \(line.line.prefix(40))"
    case .noteAdded(_, let text): "noted: \(text.prefix(40))"
    case .noteEdited: "edited a note"
    case .noteDeleted: "deleted a note"
    case .reviewed(let card, let rating): "reviewed \(card): \(rating.word)"
    case .preferred(let name, let value): "set \(name) to \(value)"
    case .undid: "took back an action"
    }
  }
}
