import Curriculum
import Drills
import Presentation

/// How a lesson's minutes fall to its steps: by what there is to read and to do in each.
enum LessonPace {
  /// The minutes of one step, at least 1.
  static func minutes(of step: LessonStep, in lesson: Lesson, _ library: Library) -> Int {
    let whole = lesson.steps.reduce(0) { $0 + weight($1, library) }
    guard whole > 0 else { return 1 }
    let share = Double(lesson.minutes) * weight(step, library) / whole
    return max(1, Int(share.rounded()))
  }

  private static func weight(_ step: LessonStep, _ library: Library) -> Double {
    step.elements.reduce(0) { sum, element in
      switch element {
      case .prose(let prose): sum + 0.4 * Double(prose.blocks.count)
      case .task(let task): sum + weight(task, library)
      }
    }
  }

  private static func weight(_ task: LessonTask, _ library: Library) -> Double {
    switch task.kind {
    case .drill(let id): (try? library.drill(id)).map { Double($0.minutes) } ?? 8
    case .claim: 0.5
    case .choice, .order: 1
    case .number: 1.5
    case .predict, .note: 2
    case .reach, .estimate: 3
    }
  }
}
