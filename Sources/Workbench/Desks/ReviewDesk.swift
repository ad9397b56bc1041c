import Curriculum
import Kernel
import Presentation
import Progress
import Recall

/// A round of reviews: a question, its answer, how well it was recalled, the next one.
final class ReviewDesk: Desk {
  private var queue: [ReviewItem]
  private var isTurned = false
  private var done = 0
  private let total: Int

  init(_ items: [ReviewItem]) {
    queue = items
    total = items.count
  }

  var name: String { "review" }
  var topic: String? {
    switch queue.first {
    case .card(let id), .drill(let id): String(id.prefix { $0 != "/" })
    case nil: nil
    }
  }
  private var current: ReviewItem? { queue.first }

  var actions: [Action] {
    switch current {
    case nil: [Action("back", "to where you were"), Action("next")]
    case .drill: [Action("next", "open the drill"), Action("skip"), Action("back")]
    case .card where !isTurned: [Action("next", "see the answer"), Action("skip"), Action("back")]
    case .card:
      [Action("1", "again"), Action("2", "hard"), Action("3", "good"), Action("4", "easy")]
    }
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    guard let current else {
      return Document([.text(done == 0 ? "Nothing is due." : "Done: \(done) reviewed.")])
    }
    var document = Document([.heading(2, Text("Review \(done + 1) of \(total)"))])
    switch current {
    case .card(let id):
      guard let card = try session.card(id) else { return try drop(session) }
      document = document + MarkdownParser.document(card.front)
      if isTurned { document = document + Document([.rule]) + MarkdownParser.document(card.back) }
    case .drill(let id):
      document.add(.text("The drill \(id) is due again. 'next' opens it; pass it to review it."))
    }
    return document
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    switch current {
    case nil: return try session.leave()
    case .drill(let id):
      queue.removeFirst()
      done += 1
      return try session.open(drill: id)
    case .card:
      guard !isTurned else {
        throw refusal("Say how well you recalled it: 1 again, 2 hard, 3 good, 4 easy.")
      }
      isTurned = true
      return try show(session)
    }
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard case .card(let id) = current else { throw refusal("Nothing is asked here.") }
    guard isTurned else {
      throw refusal("Recall the answer first, then see it with 'next', then rate it.")
    }
    guard let rating = Rating(text: text) else {
      throw Diagnostic(
        "'\(text)' is no rating.", found: text, expected: "1 again, 2 hard, 3 good or 4 easy")
    }
    try session.record(.reviewed(card: id, rating))
    done += 1
    let state = try session.remembering { () throws(StoreError) in
      try session.store.state(of: .card(id))
    }
    let wait = state.map { TimeSpan.seconds(Int64($0.dueSeconds - ($0.lastSeconds ?? 0))) }
    let said = Document([.text("\(rating.word); again in \(wait?.description ?? "a while").")])
    queue.removeFirst()
    isTurned = false
    return said + (try show(session))
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document { try drop(session) }

  private func drop(_ session: Session) throws(Diagnostic) -> Document {
    guard !queue.isEmpty else { throw refusal("Nothing is left to skip.") }
    queue.removeFirst()
    isTurned = false
    return try show(session)
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document {
    try session.takeBack()
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    guard isTurned, Rating(text: line) != nil || Int(line) != nil else { return nil }
    return try answer(line, session)
  }
}
