import Foundation
import Kernel
import Synchronization

/// Runs all content: every drill fails at its start and passes with its solution, every claim
/// comes out, every measured key is what the mechanism measures, every reference leads somewhere.
///
/// The parts of the content are proven at once on all processors. Each processor reads the content
/// for itself, and the report is put together in the order of the content, so it is the same on any
/// machine.
public enum Prover {
  /// Proves the content; `paths` restricts it to lesson folders or files below them.
  ///
  /// `progress` is told what is being proven; `isCancelled` is asked between the parts.
  public static func prove(
    _ library: Library, paths: [String] = [],
    progress: @escaping @Sendable (String) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> ProofReport {
    let parts = parts(of: library, paths)
    let root = library.root
    let state = Mutex(State(reports: Array(repeating: nil, count: parts.count)))
    let workers = max(1, min(parts.count, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      // Reading is lazy and remembers, so a library belongs to one worker.
      guard let own = try? Library(root: root) else { return }
      while !isCancelled(), let place = state.withLock({ $0.take() }) {
        let report = parts[place].prove(own) { name in
          state.withLock { _ in progress(name) }
        }
        state.withLock { $0.reports[place] = report }
      }
    }
    return state.withLock { state in
      var sum = ProofReport()
      for report in state.reports {
        guard let report else {
          sum.isComplete = false
          break
        }
        sum.add(report)
      }
      return sum
    }
  }

  /// What the workers share.
  private struct State {
    var reports: [ProofReport?]
    private var next = 0

    init(reports: [ProofReport?]) { self.reports = reports }

    mutating func take() -> Int? {
      guard next < reports.count else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// The parts below `paths`, in the order of the content.
  private static func parts(of library: Library, _ paths: [String]) -> [ProofPart] {
    var parts: [ProofPart] = []
    for folder in library.folders where isChosen(folder, paths) {
      // A rubric can be proven alone: the whole case takes minutes.
      if !paths.isEmpty, paths.allSatisfy({ $0.hasSuffix("rubric.yaml") }) {
        parts.append(.rubric(folder.topic))
        continue
      }
      parts.append(.lesson(folder))
      // What is wrong with a lesson that cannot be read is said once, by the part above.
      guard let lesson = try? library.lesson(folder.topic) else { continue }
      for (step, content) in lesson.steps.enumerated() {
        parts += content.tasks.indices.map { .task(folder, step: step, task: $0) }
      }
      parts += library.drillIDs(of: folder.topic).map { .drill(folder, $0) }
      parts += library.blueprintIDs(of: folder.topic).map { .design(folder, $0) }
      if library.interviewTopics.contains(folder.topic) { parts.append(.rubric(folder.topic)) }
      parts.append(.cards(folder))
    }
    if isChosen(library.glossaryFile, paths) { parts.append(.glossary) }
    let shelf = library.estimates
    if isChosen(shelf.constantFile, paths) { parts.append(.constants) }
    parts += shelf.problemIDs.filter { isChosen(shelf.file(ofProblem: $0), paths) }
      .map { .problem($0) }
    if isChosen(shelf.flawFile, paths) { parts.append(.flaws) }
    parts += shelf.caseFiles.filter { isChosen($0, paths) }.map { .estimate($0) }
    return parts
  }

  private static func isChosen(_ folder: LessonFolder, _ paths: [String]) -> Bool {
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
}
