import Kernel
import Presentation

/// The start: what is done, what is due, what comes next.
final class HomeDesk: Desk {
  var name: String { "drillhall" }
  var actions: [Action] { currentActions }
  private var currentActions: [Action] = [Action("next"), Action("roadmap"), Action("help")]

  func show(_ session: Session) throws(Diagnostic) -> Document {
    let overview = try session.overview()
    var actions = [Action("next", overview.isFresh ? "begin" : "continue")]
    if overview.isFresh { actions.append(Action("drill TOPIC", "a drill at once")) }
    if overview.dueCount > 0 { actions.append(Action("review", "\(overview.dueCount) due")) }
    currentActions = actions + [Action("roadmap", "see it all"), Action("help")]
    guard overview.isFresh else { return Document([.paragraph(overview.line)]) }
    return Document([
      .paragraph(overview.line),
      .text(
        "Read a page, say what you expect, break a working mechanism, see why. Every screen ends "
          + "with what you can type next; nothing you type here can do harm, and "
          + (session.isKept ? "all is saved." : "this time nothing is saved.")),
      .text(
        "'next' begins at the beginning. In a hurry? 'drill circuit-breaker', or any topic of the "
          + "roadmap, puts you in front of something broken at once."),
    ])
  }

  /// Opens the lesson that comes next.
  func next(_ session: Session) throws(Diagnostic) -> Document {
    guard let topic = try session.overview().nextTopic else {
      return Document([
        .text("Every lesson there is is done. 'review' keeps it fresh; 'drill list' has more.")
      ])
    }
    return try session.open(lesson: topic)
  }
}
