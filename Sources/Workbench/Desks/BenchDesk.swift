import Drills
import Kernel
import Presentation

/// A bench to play with: nothing is asked, nothing is counted.
final class BenchDesk: Desk {
  let topicID: String
  private let preset: String?
  private var bench: BenchSession

  init(topic: String, preset: String?) throws(Diagnostic) {
    topicID = topic
    self.preset = preset
    bench = BenchSession(try TopicRegistry.topic(topic).bench(as: preset))
  }

  var name: String { preset.map { "\(topicID) as \($0)" } ?? "\(topicID) bench" }
  var topic: String? { topicID }
  var openBench: (any Bench)? { bench.bench }
  var settings: Settings? { bench.bench.settings }
  var words: [String] { bench.words + bench.bench.parts }
  var fidelity: Fidelity { bench.bench.fidelity }
  var actions: [Action] {
    [Action("help bench", "its commands"), Action("knobs"), Action("undo"), Action("back")]
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    parameters
      + Document([
        .text("A fresh bench; nothing here is counted. Its commands:"),
        BenchView.commands(bench.bench),
      ])
  }

  /// The tool's own parameters and where they stand; nothing on the plain mechanism.
  var parameters: Document {
    guard let tool = (try? TopicRegistry.topic(topicID))?.presets.first(where: { $0.id == preset })
    else { return Document() }
    let own = bench.bench.settings.all.filter { $0.knob.source != "ours" }
    guard !own.isEmpty else { return Document([.text("\(tool.title).")]) }
    let values = own.map { "\($0.knob.name)=\($0.knob.text($0.setting))" }
    return Document([
      .text(
        "\(tool.title): \(values.joined(separator: ", ")). 'knobs NAME' tells what one does and "
          + "where its default comes from.")
    ])
  }

  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    try bench.run("set " + text)
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document { try bench.run("undo") }

  func restart(_ session: Session) throws(Diagnostic) -> Document {
    bench = BenchSession(try TopicRegistry.topic(topicID).bench(as: preset))
    return Document([.text("The bench is fresh again.")])
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    guard bench.words.contains(BenchLine(line).name) else { return nil }
    return try bench.run(line)
  }

  /// Carries out a script, for `try TOPIC --run`.
  func run(script: String) throws(Diagnostic) -> Document { try bench.run(script: script) }

  /// What can be measured on the bench right now.
  var facts: [Measurement] { bench.bench.facts }
}

/// The commands of a bench as a table.
enum BenchView {
  static func commands(_ bench: any Bench) -> Block {
    let shared: [[Text]] = [
      [.code("set KNOB=VALUE..."), Text("Turns knobs; 'knobs' lists them.")],
      [.code("undo"), Text("Takes back the last command.")],
    ]
    return .table(
      Table(
        [.init("command"), .init("what it does")],
        bench.commands.map { [.code($0.usage), Text($0.summary)] } + shared))
  }
}
