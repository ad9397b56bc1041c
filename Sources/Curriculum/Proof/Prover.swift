import Drills
import Estimation
import Kernel

/// Runs all content: every drill fails at its start and passes with its solution, every claim
/// comes out, every measured key is what the mechanism measures, every reference leads somewhere.
public final class Prover {
  private let library: Library
  /// Told what is being proven, for progress.
  private let progress: (String) -> Void
  /// Asked between proofs whether to stop.
  private let isCancelled: () -> Bool
  private var report = ProofReport()

  /// A prover of `library`.
  public init(
    _ library: Library, progress: @escaping (String) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) {
    self.library = library
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Proves the content; `paths` restricts it to lesson folders or files below them.
  public static func prove(
    _ library: Library, paths: [String] = [], progress: @escaping (String) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) -> ProofReport {
    let prover = Prover(library, progress: progress, isCancelled: isCancelled)
    for folder in library.folders where prover.isChosen(folder, paths) { prover.prove(folder) }
    prover.proveEstimates(paths)
    return prover.report
  }

  private func isChosen(_ folder: LessonFolder, _ paths: [String]) -> Bool {
    paths.isEmpty
      || paths.contains { path in
        let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
        return folder.path.hasSuffix(plain) || folder.path.contains(plain + "/")
          || plain.contains(folder.path.split(separator: "/").last.map(String.init) ?? folder.path)
      }
  }

  private static func isChosen(_ file: String, _ paths: [String]) -> Bool {
    paths.isEmpty
      || paths.contains { path in
        let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
        return file.hasSuffix(plain) || file.contains("/" + plain + "/")
          || file.hasPrefix(plain + "/")
      }
  }

  private func proveEstimates(_ paths: [String]) {
    let shelf = library.estimates
    let proof = EstimateProof(shelf: shelf)
    if Self.isChosen(shelf.constantFile, paths) {
      progress("constants")
      attempt(shelf.constantFile, line: 1) { () throws(Diagnostic) in
        report.constants += try proof.proveConstants()
      }
    }
    let topics = library.roadmap.entries.map(\.id)
    for id in shelf.problemIDs where Self.isChosen(shelf.file(ofProblem: id), paths) {
      guard !isCancelled() else {
        report.isComplete = false
        return
      }
      progress("problem \(id)")
      report.problems += 1
      attempt(shelf.file(ofProblem: id), line: 1) { () throws(Diagnostic) in
        try proof.prove(shelf.problem(id), topics: topics)
      }
    }
    if Self.isChosen(shelf.flawFile, paths) {
      attempt(shelf.flawFile, line: 1) { () throws(Diagnostic) in
        for flaw in try shelf.flaws() {
          progress("flaw \(flaw.id)")
          report.flaws += 1
          _ = try flaw.verify(reference: shelf.reference)
        }
      }
    }
    for file in shelf.caseFiles where Self.isChosen(file, paths) {
      progress(file)
      report.estimates += 1
      attempt(file, line: 1) { () throws(Diagnostic) in try proof.proveCase(file) }
    }
  }

  private func prove(_ folder: LessonFolder) {
    guard !isCancelled() else {
      report.isComplete = false
      return
    }
    progress(folder.topic)
    report.complaints += StrangerCheck.complaints(folder)
    let lesson: Lesson
    do { lesson = try library.lesson(folder.topic) } catch {
      report.complaints.append(error)
      return
    }
    report.lessons += 1
    attempt(lesson.file, line: 1) { () throws(Diagnostic) in
      for need in lesson.needs where !library.roadmap.entries.contains(where: { $0.id == need }) {
        throw .unknown("topic", need, known: library.roadmap.entries.map(\.id))
      }
    }
    for step in lesson.steps {
      report.steps += 1
      for task in step.tasks {
        report.tasks += 1
        progress("\(lesson.id) · \(task.id)")
        attempt(lesson.file, line: task.line) { () throws(Diagnostic) in
          try TaskProof(library: library, lesson: lesson).prove(task)
        }
      }
    }
    for id in library.drillIDs(of: folder.topic) {
      guard !isCancelled() else {
        report.isComplete = false
        return
      }
      progress(id)
      report.drills += 1
      let name = id.dropFirst(folder.topic.count + 1)
      attempt("\(folder.path)/drills/\(name).yaml", line: nil) { () throws(Diagnostic) in
        try DrillProof.prove(library.drill(id))
      }
      if !lesson.steps.contains(where: { $0.tasks.contains { $0.id == id } }) {
        report.unlinkedDrills.append(id)
      }
    }
    for id in library.blueprintIDs(of: folder.topic) {
      guard !isCancelled() else {
        report.isComplete = false
        return
      }
      progress(id)
      report.designs += 1
      let name = id.dropFirst(folder.topic.count + 1)
      attempt("\(folder.path)/\(name).yaml", line: nil) { () throws(Diagnostic) in
        try DesignProof.prove(library.blueprint(id))
      }
    }
    attempt("\(folder.path)/cards.yaml", line: nil) { () throws(Diagnostic) in
      report.cards += try library.cards(of: folder.topic).count
    }
  }

  /// Runs a proof; a complaint without a place gets this one.
  private func attempt(_ file: String, line: Int?, _ proof: () throws(Diagnostic) -> Void) {
    do { try proof() } catch {
      var complaint = error
      if complaint.file == nil {
        complaint.file = file
        complaint.line = line ?? 1
        complaint.column = nil
      }
      // Broken constants stop everything that uses them: once is enough.
      if !report.complaints.contains(complaint) { report.complaints.append(complaint) }
    }
  }
}

/// What a proof of content found.
public struct ProofReport: Sendable {
  /// Lessons that were read.
  public var lessons = 0
  /// Their steps.
  public var steps = 0
  /// Questions, predictions, goals, claims and the like that were proven.
  public var tasks = 0
  /// Drills that were run at their start and with their solution.
  public var drills = 0
  /// Cards that were read.
  public var cards = 0
  /// Constants and price lists that were read and evaluated.
  public var constants = 0
  /// Kinds of estimation problems that were drawn from.
  public var problems = 0
  /// Flawed estimates of which it was shown which line is wrong.
  public var flaws = 0
  /// Designs of cases that were run.
  public var designs = 0
  /// Estimates of cases that were evaluated.
  public var estimates = 0
  /// Drills that no lesson step leads to; fine, but worth knowing.
  public var unlinkedDrills: [String] = []
  /// Everything that is wrong.
  public var complaints: [Diagnostic] = []
  /// False when the proof was stopped.
  public var isComplete = true
}
