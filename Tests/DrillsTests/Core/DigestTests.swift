import Drills
import Foundation
import Kernel
import Simulation
import Testing

/// The same request tells the same story to the byte, today and on another machine.
///
/// Every scenario runs from 50 seeds under faults drawn from each seed; a file a scenario holds the
/// hash of each whole run. A difference means that replay tokens of old runs tell another story:
/// count up the scenario's version, then write the files anew with `RECORD=1`.
@Suite("Whole runs against committed digests") struct DigestTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let scenario: any Scenario
    var testDescription: String { scenario.id }
  }

  static let cases = TopicRegistry.topics.flatMap(\.scenarios).map(Case.init)
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Digests").path

  /// The runs are shortened, so that 50 of them take seconds.
  static let duration = TimeSpan.seconds(12)

  @Test(arguments: cases) func areTheSame(_ item: Case) throws {
    let scenario = item.scenario
    var settings = Settings(scenario.knobs)
    if let knob = settings.knobs.first(where: { $0.name == "duration" }),
      case .span(let range) = knob.kind
    {
      let span = max(range.lowerBound, Self.duration)
      try settings.set("duration", Setting.span(span).description)
    }
    let nodes = scenario.roster(settings).nodes
    var lines: [String] = []
    for seed in 1...50 as ClosedRange<UInt64> {
      let plan = SwarmPlan(nodes, span: Self.duration).draw(seed: seed)
      let request = ScenarioRequest(settings: settings, faults: plan, seed: seed)
      lines.append("\(seed) \(scenario.run(request).digest.text)")
    }
    let text = "version \(scenario.version)\n" + lines.joined(separator: "\n") + "\n"
    let path = "\(Self.folder)/\(scenario.id).txt"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == committed)
    #expect(Set(lines.map { $0.split(separator: " ")[1] }).count == 50, "every seed its own story")
  }
}
