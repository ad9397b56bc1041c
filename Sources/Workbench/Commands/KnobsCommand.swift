import Kernel
import Presentation

/// `knobs`: what can be turned and where it stands.
struct KnobsCommand: Command {
  let spec = CommandSpec(
    "knobs", aliases: ["settings"], .touching,
    arguments: [.init("KNOB", isOptional: true, completion: .knobs)],
    examples: [("knobs", "all of them"), ("knobs vnodes", "one, with its range and source")],
    isPromptOnly: true, "Lists what can be turned here, where it stands, what it does.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard let settings = session.desk.settings else {
      throw session.desk.refusal("There are no knobs here.")
    }
    guard let name = call.argument(0) else {
      return Reply(Document([.table(KnobView.table(settings))]))
    }
    let knob = try settings.knob(name)
    return Reply(
      Document([
        .paragraph(Text([.code(knob.name), .plain("  \(knob.summary)")])),
        .text(
          "Takes \(knob.expectation). Default \(knob.text(knob.standard)), now \(knob.text(settings[name]))."
        ),
        .text("Source of the default: \(knob.source)."),
      ]))
  }
}
