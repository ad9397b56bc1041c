import Curriculum
import Kernel
import Presentation

/// `check`: proves the content.
struct CheckCommand: Command {
  let spec = CommandSpec(
    "check", .tending,
    arguments: [.init("PATH", isOptional: true, isRest: true, completion: .files)],
    examples: [("check lessons/08-database-sharding", "one lesson with its drills and cards")],
    "Proves the content: runs every drill, claim, measured key, problem and estimate.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let paths = call.text.split(whereSeparator: \.isWhitespace).map(String.init)
    let report = Prover.prove(
      session.library, paths: paths, progress: session.surroundings.progress,
      isCancelled: session.surroundings.isInterrupted)
    session.surroundings.progress("")
    let counts = [
      (report.lessons, "lessons"), (report.steps, "steps"), (report.tasks, "tasks"),
      (report.drills, "drills"), (report.cards, "cards"), (report.terms, "terms"),
      (report.constants, "constants"),
      (report.problems, "problems"), (report.flaws, "flaws"), (report.estimates, "estimates"),
      (report.designs, "designs"), (report.rubrics, "rubrics"),
    ].filter { $0.0 > 0 }
    guard !counts.isEmpty || !report.complaints.isEmpty else {
      throw Diagnostic(
        "No content lies at '\(call.text)'.", found: call.text,
        expected: "a folder below lessons/ or cases/")
    }
    var document = Document(report.complaints.map { .code($0.description, language: nil) })
    let sum = counts.map(Self.count).joined(separator: ", ")
    let verdict =
      report.complaints.isEmpty ? "all proven" : Self.count(report.complaints.count, "complaints")
    document.add(
      .text("\(sum): \(verdict)\(report.isComplete ? "" : ", stopped before the end")."))
    return Reply(document, fallsShort: !report.complaints.isEmpty || !report.isComplete)
  }

  /// `1 lesson`, `2 lessons`.
  private static func count(_ number: Int, _ things: String) -> String {
    "\(number) \(number == 1 ? String(things.dropLast()) : things)"
  }
}
