import Curriculum
import Kernel
import Presentation

/// `try`: a bench of a topic, plain or as a tool, live or with lines to run.
struct TryCommand: Command {
  let spec = CommandSpec(
    "try", .touching, arguments: [.init("TOPIC", completion: .topics)],
    options: [
      .init("--as", "TOOL", "takes the tool's own parameters and defaults"),
      .init("--run", "\"LINE; LINE\"", "runs the lines and ends"),
      .init("--json", "prints the bench's figures as JSON after --run"),
    ],
    examples: [
      ("try circuit-breaker --as hystrix", "the breaker with Hystrix's own knobs"),
      (
        "try sharding --run \"set placement=modulo; add shard-5\"", "two lines on a fresh bench"
      ),
    ], "Opens a bench to play with: the mechanism itself, under commands.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let desk = try BenchDesk(topic: call.argument(0) ?? "", preset: call.value("--as"))
    guard let script = call.value("--run") else {
      guard !call.has("--json") else {
        throw Diagnostic(
          "--json shows the figures that --run leaves behind.", found: "--json",
          expected: "--run \"LINE; LINE\" beside it")
      }
      return Reply(try session.open(desk))
    }
    guard script.contains(where: { !$0.isWhitespace && $0 != ";" }) else {
      throw Diagnostic(
        "--run has no line to run.", found: "--run", expected: "--run \"LINE; LINE\"")
    }
    let document = try desk.run(script: script)
    // Who asks a tool's bench to be shown also wants to see what the tool is set to.
    let isShown = script.split(separator: ";").last.map { String($0).trimmed } == "show"
    guard call.has("--json") else {
      return Reply(isShown ? desk.parameters + document : document)
    }
    return Reply(json: JSONView.measurements(desk.facts).pretty())
  }
}
