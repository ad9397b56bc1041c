import Estimation
import Kernel

/// A part of the content that is proven by itself, so that several can be proven at once.
enum ProofPart: Sendable {
  /// A lesson's front matter, the names of its files, and how much it holds.
  case lesson(LessonFolder)
  /// One task of a lesson, by the step's and its own place.
  case task(LessonFolder, step: Int, task: Int)
  /// A drill by its id.
  case drill(LessonFolder, String)
  /// A design of a case by its id.
  case design(LessonFolder, String)
  /// The rubric of a case, by the case's id.
  case rubric(String)
  /// The cards of a lesson.
  case cards(LessonFolder)
  /// The words of the field.
  case glossary
  /// The constants and price lists.
  case constants
  /// A kind of estimation problem.
  case problem(String)
  /// The flawed estimates.
  case flaws
  /// The estimate of a case, by its file.
  case estimate(String)

  /// Proves the part with what `library` holds.
  func prove(_ library: Library, progress: (String) -> Void) -> ProofReport {
    var report = ProofReport()
    switch self {
    case .lesson(let folder):
      progress(folder.topic)
      Self.prove(folder, library, &report)
    case .task(let folder, let step, let place):
      // The lesson was read before there was such a part.
      guard let lesson = try? library.lesson(folder.topic) else { break }
      let task = lesson.steps[step].tasks[place]
      progress("\(lesson.id) · \(task.id)")
      report.attempt(lesson.file, line: task.line) { () throws(Diagnostic) in
        try TaskProof(library: library, lesson: lesson).prove(task)
      }
    case .drill(let folder, let id):
      progress(id)
      report.drills += 1
      let name = id.dropFirst(folder.topic.count + 1)
      report.attempt("\(folder.path)/drills/\(name).yaml", line: nil) { () throws(Diagnostic) in
        try DrillProof.prove(library.drill(id))
      }
    case .design(let folder, let id):
      progress(id)
      report.designs += 1
      let name = id.dropFirst(folder.topic.count + 1)
      report.attempt("\(folder.path)/\(name).yaml", line: nil) { () throws(Diagnostic) in
        try DesignProof.prove(library.blueprint(id))
      }
    case .rubric(let topic):
      progress("rubric of \(topic)")
      RubricProof.prove(topic, library, &report)
    case .cards(let folder):
      var count = 0
      report.attempt("\(folder.path)/cards.yaml", line: nil) { () throws(Diagnostic) in
        count = try library.cards(of: folder.topic).count
      }
      report.cards += count
    case .glossary:
      progress("glossary")
      GlossaryProof.prove(library, &report)
    case .constants, .problem, .flaws, .estimate:
      proveEstimate(library, &report, progress)
    }
    return report
  }

  private static func prove(
    _ folder: LessonFolder, _ library: Library, _ report: inout ProofReport
  ) {
    report.complaints += StrangerCheck.complaints(folder)
    let lesson: Lesson
    do { lesson = try library.lesson(folder.topic) } catch {
      report.complaints.append(error)
      return
    }
    report.lessons += 1
    report.steps += lesson.steps.count
    report.tasks += lesson.steps.reduce(0) { $0 + $1.tasks.count }
    report.attempt(lesson.file, line: 1) { () throws(Diagnostic) in
      for need in lesson.needs where !library.roadmap.entries.contains(where: { $0.id == need }) {
        throw .unknown("topic", need, known: library.roadmap.entries.map(\.id))
      }
    }
  }

  private func proveEstimate(
    _ library: Library, _ report: inout ProofReport, _ progress: (String) -> Void
  ) {
    let shelf = library.estimates
    let proof = EstimateProof(shelf: shelf)
    switch self {
    case .constants:
      progress("constants")
      var count = 0
      report.attempt(shelf.constantFile, line: 1) { () throws(Diagnostic) in
        count = try proof.proveConstants()
      }
      report.constants += count
    case .problem(let id):
      progress("problem \(id)")
      report.problems += 1
      let topics = library.roadmap.entries.map(\.id)
      report.attempt(shelf.file(ofProblem: id), line: 1) { () throws(Diagnostic) in
        try proof.prove(shelf.problem(id), topics: topics)
      }
    case .flaws:
      var count = 0
      report.attempt(shelf.flawFile, line: 1) { () throws(Diagnostic) in
        for flaw in try shelf.flaws() {
          progress("flaw \(flaw.id)")
          count += 1
          _ = try flaw.verify(reference: shelf.reference)
        }
      }
      report.flaws += count
    case .estimate(let file):
      progress(file)
      report.estimates += 1
      report.attempt(file, line: 1) { () throws(Diagnostic) in try proof.proveCase(file) }
    default: break
    }
  }
}
