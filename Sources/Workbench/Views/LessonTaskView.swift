import Curriculum
import Estimation
import Kernel
import Presentation

/// Something to do in a lesson, as it is put to the learner.
enum LessonTaskView {
  /// Whether the step waits for it.
  static func isWaitedFor(_ task: LessonTask) -> Bool {
    if case .claim = task.kind { false } else { true }
  }

  /// Whether it lays out a bench of its own.
  static func needsBench(_ task: LessonTask) -> Bool {
    switch task.kind {
    case .predict, .reach: true
    case .choice, .number, .order, .drill, .estimate, .claim, .note: false
    }
  }

  /// What it is, in a few words.
  static func title(_ task: LessonTask) -> String {
    switch task.kind {
    case .choice(let ask, _), .order(let ask, _), .note(let ask): ask
    case .number(let question): question.ask
    case .predict(let prediction): prediction.ask
    case .reach(let goal): goal.ask
    case .drill(let id): "drill \(id)"
    case .estimate(let task): task.ask
    case .claim(let claim): claim.statement
    }
  }

  static func document(_ task: LessonTask, isPredicted: Bool) -> Document {
    Document([.aside(kind(task), blocks(task, isPredicted: isPredicted))])
  }

  private static func kind(_ task: LessonTask) -> Aside {
    switch task.kind {
    case .choice, .number, .estimate: .question
    case .order: .order
    case .predict: .predict
    case .reach: .goal
    case .drill: .drill
    case .claim: .note
    case .note: .write
    }
  }

  private static func blocks(_ task: LessonTask, isPredicted: Bool) -> [Block] {
    switch task.kind {
    case .choice(let ask, let options):
      let rows = zip(ChoiceAnswer.names(options.count), options).map { name, option in
        [Text.strong(name), Inline.text(option.text)]
      }
      return [headed(ask), .table(Table([.init(""), .init("")], rows))]
    case .number(let question):
      return [
        headed(question.ask), .text("A number such as \(question.unit.examples)."),
      ]
    case .order(let ask, let items):
      let shown = OrderAnswer.shown(items, seed: task.id).enumerated().map {
        [Text.strong("\($0 + 1)"), Inline.text($1)]
      }
      return [headed(ask), .table(Table([.init(""), .init("")], shown))]
    case .predict(let prediction) where isPredicted:
      return [
        .paragraph(
          Text([
            .plain("Noted. Make it happen: "), .code(prediction.after.joined(separator: "; ")),
          ]))
      ]
    case .predict(let prediction):
      return [
        headed(prediction.ask),
        .text("A number such as \(prediction.unit.examples), or a range you are 90 % sure of."),
      ]
    case .reach(let goal):
      return [headed(goal.ask), .text("Done when \(goal.until).")]
    case .drill(let id):
      return [headed("\(id). 'next' opens it.")]
    case .estimate(let task):
      let lines = task.problem.givens.map { "\($0.name) = \($0.text)" }
      let given = lines.isEmpty ? [] : [Block.code(lines.joined(separator: "\n"), language: nil)]
      return [headed(task.ask)] + given
    case .claim(let claim): return [.text(claim.statement)]
    case .note(let ask):
      return [headed(ask), .text("Write it with 'note TEXT'; it stays with this step.")]
    }
  }

  private static func headed(_ ask: String) -> Block {
    let text = MarkdownParser.document(ask)
    return text.blocks.count == 1 ? text.blocks[0] : .text(ask)
  }

  static func actions(_ task: LessonTask, isPredicted: Bool) -> [Action] {
    switch task.kind {
    case .choice: [Action("a", "or another letter")]
    case .number: [Action("NUMBER", "your answer")]
    case .order: [Action("2 1 3", "your order")]
    case .predict where isPredicted: [Action("run", "make it happen")]
    case .predict(let prediction): [Action(prediction.unit.rangePattern, "your range")]
    case .reach: [Action("help bench", "its commands")]
    case .drill: [Action("next", "open the drill")]
    case .estimate: [Action("ANSWER", "with its unit")]
    case .claim: []
    case .note: [Action("note TEXT")]
    }
  }

  /// Why the answer is what it is: the explanation, else what is said of the options that are right.
  static func reason(_ task: LessonTask) -> Document? {
    if let explanation = task.explanation { return MarkdownParser.document(explanation) }
    guard case .choice(_, let options) = task.kind else { return nil }
    return options.filter(\.isRight).map { MarkdownParser.document($0.because) }
      .reduce(Document(), +)
  }

  static func solution(_ task: LessonTask) -> Document {
    switch task.kind {
    case .choice(_, let options):
      let names = zip(ChoiceAnswer.names(options.count), options).filter { $1.isRight }
      return Document(
        names.map { .paragraph(Text([.strong($0), .plain("  \($1.text): \($1.because)")])) })
    case .number(let question):
      return Document([.text(question.unit.text(question.answer))])
    case .order(_, let items): return Document([.text(items.joined(separator: ", "))])
    case .predict(let prediction):
      return Document([.code(prediction.after.joined(separator: "\n"), language: nil)])
    case .reach(let goal):
      return Document([.code(goal.solution.joined(separator: "\n"), language: nil)])
    case .estimate(let task):
      return Document(
        zip(task.problem.steps, task.problem.answers).map { step, figure in
          .text("\(step.name) = \(step.formula) = \(figure.text)")
        })
    case .drill, .claim, .note: return Document([.text("There is no one solution to this.")])
    }
  }
}
