import Curriculum
import Kernel
import Presentation

/// `lesson`: a lesson from beginning to end, to read without the prompt.
struct LessonCommand: Command {
  let spec = CommandSpec(
    "lesson", .walking, arguments: [.init("ID", completion: .topics)],
    examples: [("lesson sharding", "the whole lesson to read through")],
    "Shows a whole lesson to read through.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let lesson = try session.library.lesson(call.text)
    var document = Document([.heading(1, Text("\(lesson.title) [\(lesson.minutes) min]"))])
    document = document + lesson.introduction
    for step in lesson.steps {
      document.add(.heading(2, Text(step.title)))
      for element in step.elements {
        switch element {
        case .prose(let prose): document = document + prose
        case .task(let task):
          if case .claim(let claim) = task.kind {
            document = document + ClaimView.document(claim, session.library)
          } else {
            document = document + LessonTaskView.document(task, isPredicted: false)
          }
        }
      }
    }
    document.add(.heading(2, "Sources"))
    document.add(
      .list(
        lesson.sources.map { [.paragraph(CiteView.line($0.key, $0.title, $0.place))] },
        isOrdered: false))
    return Reply(document)
  }
}
