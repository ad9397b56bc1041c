import Curriculum
import Kernel
import Presentation
import Progress

/// What is done, what is due, what comes next.
struct Overview {
  let doneTopics: [String]
  let topicCount: Int
  let dueCount: Int
  let nextTopic: String?
  let nextLine: String
  /// Whether no lesson was ever opened.
  let isFresh: Bool

  /// The overview in one line, as the prompt opens with it.
  var line: Text {
    var parts = ["\(doneTopics.count) of \(topicCount) topics done"]
    if dueCount > 0 { parts.append(dueCount == 1 ? "1 review due" : "\(dueCount) reviews due") }
    if !nextLine.isEmpty { parts.append("next: \(nextLine)") }
    return Text.strong("Drillhall") + Text(" · " + parts.joined(separator: " · "))
  }
}

extension Session {
  /// What is done, what is due, what comes next.
  func overview() throws(Diagnostic) -> Overview {
    let topics = library.topics
    var done: [String] = []
    for topic in topics where try isDone(topic) { done.append(topic) }
    let current = try position(in: nil)?.topic
    let isOpen = current.map { topics.contains($0) && !done.contains($0) } ?? false
    let next = isOpen ? current : topics.first { !done.contains($0) }
    return Overview(
      doneTopics: done, topicCount: topics.count, dueCount: try dueReviews().count,
      nextTopic: next, nextLine: try next.map { (id) throws(Diagnostic) in try line(of: id) } ?? "",
      isFresh: current == nil)
  }

  /// Whether every step of a lesson is finished.
  func isDone(_ topic: String) throws(Diagnostic) -> Bool {
    let progress = try remembering { () throws(StoreError) in try store.topic(topic) }
    guard !progress.done.isEmpty || !progress.skipped.isEmpty else { return false }
    let finished = progress.done + progress.skipped
    return try library.lesson(topic).steps.allSatisfy { finished.contains($0.id) }
  }

  /// The title of a lesson and the step to go on with.
  private func line(of topic: String) throws(Diagnostic) -> String {
    let title = library.roadmap.entries.first { $0.id == topic }?.title ?? topic
    guard let place = try position(in: topic) else { return title }
    let steps = try library.lesson(topic).steps
    let step = place.step.split(separator: "/").first.map(String.init)
    guard let index = steps.firstIndex(where: { $0.id == step }) else { return title }
    return "\(title), step \(index + 1) of \(steps.count)"
  }
}
