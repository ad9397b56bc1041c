import Curriculum
import Drills
import Kernel
import Progress

extension Session {
  /// Everything that there is to do, with why.
  func backlog() throws(Diagnostic) -> StudyBacklog {
    var backlog = StudyBacklog()
    let runs = try remembering { () throws(StoreError) in try store.drills() }
    let phases = library.roadmap.phases
    let cases = phases.last.map { Set($0.entries.map(\.id)) } ?? []
    for id in try topicsInOrder() {
      let lesson = try library.lesson(id)
      let progress = try remembering { () throws(StoreError) in try store.topic(id) }
      backlog.weak += weakSpots(lesson, progress) + failedDrills(id, runs)
      let isCase = cases.contains(id)
      var works = openSteps(lesson, progress, isCase: isCase)
      works += try freshDrills(lesson, runs, isOpen: !works.isEmpty)
      backlog.needs[id] = lesson.needs
      if isCase { backlog.cases.append((id, works)) } else { backlog.topics.append((id, works)) }
    }
    backlog.interviews = interviews(backlog.cases.map(\.id))
    return backlog
  }

  /// The topics that have a lesson, each after those it needs; begun ones first, else the roadmap's order.
  func topicsInOrder() throws(Diagnostic) -> [String] {
    var order: [String] = []
    var open: [String] = []
    func visit(_ id: String) throws(Diagnostic) {
      guard library.hasLesson(id), !order.contains(id), !open.contains(id) else { return }
      open.append(id)
      for need in try library.lesson(id).needs { try visit(need) }
      open.removeLast()
      order.append(id)
    }
    for id in library.topics {
      let progress = try remembering { () throws(StoreError) in try store.topic(id) }
      if !progress.done.isEmpty, try !isDone(id) { try visit(id) }
    }
    for id in library.topics { try visit(id) }
    return order
  }

  private func openSteps(
    _ lesson: Lesson, _ progress: TopicProgress, isCase: Bool
  ) -> [StudyWork] {
    let count = lesson.steps.count
    let isBegun = !progress.done.isEmpty
    let needed = library.topics.first { id in
      guard let other = try? library.lesson(id) else { return false }
      return other.needs.contains(lesson.id)
    }
    let reason: String
    if isBegun {
      reason = "begun"
    } else if isCase {
      reason = "a whole design, where the topics meet"
    } else if let needed {
      reason = "\(needed) needs it"
    } else {
      reason = "on the roadmap"
    }
    var works: [StudyWork] = []
    for (place, step) in lesson.steps.enumerated() {
      guard !progress.isDone(step.id), !progress.skipped.contains(step.id) else { continue }
      works.append(
        StudyWork(
          subject: lesson.id, kind: isCase ? .caseStudy : .step,
          title: "step \(place + 1): \(step.title)", command: "open \(lesson.id)", reason: reason,
          minutes: max(1, lesson.minutes / count)))
    }
    return works
  }

  /// Drills that no step of an open lesson leads to and that were never run.
  private func freshDrills(
    _ lesson: Lesson, _ runs: [DrillProgress], isOpen: Bool
  ) throws(Diagnostic) -> [StudyWork] {
    let linked = lesson.steps.flatMap(\.tasks).compactMap { task -> String? in
      if case .drill(let id) = task.kind { id } else { nil }
    }
    var works: [StudyWork] = []
    for id in library.drillIDs(of: lesson.id) where !runs.contains(where: { $0.drill == id }) {
      guard !isOpen || !linked.contains(id) else { continue }
      let drill = try library.drill(id)
      works.append(
        StudyWork(
          subject: lesson.id, kind: .drill, title: "drill: \(drill.title)", command: "open \(id)",
          reason: "never run", minutes: drill.minutes))
    }
    return works
  }

  private func failedDrills(_ topic: String, _ runs: [DrillProgress]) -> [StudyWork] {
    let ids = library.drillIDs(of: topic)
    return runs.filter { ids.contains($0.drill) && !$0.isPassed }.map { run in
      StudyWork(
        subject: topic, kind: .weak, title: "drill again: \(run.drill)",
        command: "open \(run.drill)",
        reason: run.attemptCount == 1 ? "failed once" : "failed \(run.attemptCount) times",
        minutes: (try? library.drill(run.drill).minutes) ?? 10)
    }
  }

  /// The steps with questions that were last answered wrongly.
  private func weakSpots(_ lesson: Lesson, _ progress: TopicProgress) -> [StudyWork] {
    var works: [StudyWork] = []
    for (place, step) in lesson.steps.enumerated() {
      let wrong = progress.lastAnswers.count { answer in
        let stepID = answer.place.step.split(separator: "/").first.map(String.init)
        return stepID == step.id && !answer.isRight
      }
      guard wrong > 0 else { continue }
      works.append(
        StudyWork(
          subject: lesson.id, kind: .weak, title: "step \(place + 1) again: \(step.title)",
          command: "open \(lesson.id) \(place + 1)",
          reason: wrong == 1 ? "a wrong answer" : "\(wrong) wrong answers", minutes: 5))
    }
    return works
  }

  /// A mock interview on each case, where there is such a command.
  private func interviews(_ cases: [String]) -> [StudyWork] {
    guard CommandRegistry.find(["interview"]) != nil else { return [] }
    return cases.prefix(2).map { id in
      StudyWork(
        subject: id, kind: .interview, title: "mock interview", command: "interview \(id)",
        reason: "practise against the clock", minutes: 45)
    }
  }
}
