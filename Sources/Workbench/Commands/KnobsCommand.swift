import Curriculum
import Drills
import Kernel
import Presentation

/// `knobs`: what can be turned and where it stands.
struct KnobsCommand: Command {
  let spec = CommandSpec(
    "knobs", aliases: ["settings"], .touching,
    arguments: [
      .init("KNOB|DRILL|TOPIC", isOptional: true, completion: .knobs),
      .init("KNOB", isOptional: true),
    ],
    examples: [
      ("knobs sharding/grow-under-load", "all of a drill"),
      ("knobs sharding vnodes", "one of a topic's bench, with its range and source"),
    ], "Lists what can be turned, here or of a drill or topic: where it stands, what it does.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let (settings, name) = try subject(call, session)
    guard let name else { return Reply(Document([.table(KnobView.table(settings))])) }
    let knob: Knob
    do { knob = try settings.knob(name) } catch {
      let lister = call.argument(1) == nil ? "knobs" : "knobs \(call.argument(0) ?? "")"
      throw error.listed(by: lister)
    }
    return Reply(
      Document([
        .paragraph(Text([.code(knob.name), .plain("  \(knob.summary)")])),
        .text(
          "Takes \(knob.expectation). Default \(knob.text(knob.standard)), now \(knob.text(settings[name]))."
        ),
        .text("Source of the default: \(knob.source)."),
      ]))
  }

  /// Whose knobs are meant, and which of them.
  private func subject(
    _ call: CommandCall, _ session: Session
  ) throws(Diagnostic) -> (settings: Settings, name: String?) {
    let open = session.desk.settings
    guard let first = call.argument(0) else {
      guard let open else {
        throw Diagnostic(
          "There are no knobs here.", found: "knobs",
          expected: "'knobs DRILL' or 'knobs TOPIC', as in 'knobs sharding'")
      }
      return (open, nil)
    }
    if call.argument(1) == nil, let open, open.knobs.contains(where: { $0.name == first }) {
      return (open, first)
    }
    if session.library.drillIDs.contains(first) {
      return (try session.library.drill(first).settings, call.argument(1))
    }
    if let topic = try? TopicRegistry.topic(first) {
      return (topic.makeBench(nil).settings, call.argument(1))
    }
    guard let open, call.argument(1) == nil else {
      throw Diagnostic.unknown(
        "drill or topic", first, known: session.library.topics + session.library.drillIDs
      ).listed(by: "drill list")
    }
    return (open, first)
  }
}
