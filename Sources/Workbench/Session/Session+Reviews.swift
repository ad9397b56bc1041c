import Curriculum
import Kernel
import Progress

extension Session {
  /// The most cards that are new in one round of reviews.
  static let newCardLimit = 10

  /// What is due: cards seen before, failed drills, and the first new cards of begun lessons.
  func dueReviews() throws(Diagnostic) -> [ReviewItem] {
    let due = try remembering { () throws(StoreError) in try store.due() }.map(\.item)
    let known = try remembering { () throws(StoreError) in try store.schedule() }.map(\.item)
    var fresh: [ReviewItem] = []
    for topic in try begunTopics() {
      for card in try library.cards(of: topic) where !known.contains(.card(card.id)) {
        if fresh.count < Self.newCardLimit { fresh.append(.card(card.id)) }
      }
    }
    var kept: [ReviewItem] = []
    for item in due where try exists(item) { kept.append(item) }
    return kept + fresh
  }

  /// The lessons of which at least one step is finished.
  private func begunTopics() throws(Diagnostic) -> [String] {
    var begun: [String] = []
    for topic in library.topics {
      let progress = try remembering { () throws(StoreError) in try store.topic(topic) }
      if !progress.done.isEmpty { begun.append(topic) }
    }
    return begun
  }

  /// Whether the content still has what is due.
  private func exists(_ item: ReviewItem) throws(Diagnostic) -> Bool {
    switch item {
    case .card(let id): try card(id) != nil
    case .drill(let id): library.drillIDs.contains(id)
    }
  }

  /// The card called `id`, or nil.
  func card(_ id: String) throws(Diagnostic) -> Card? {
    let topic = String(id.prefix { $0 != "/" })
    guard library.hasLesson(topic) else { return nil }
    return try library.cards(of: topic).first { $0.id == id }
  }
}
