public import Blueprints
import Drills
import Foundation
import Kernel
import Simulation

/// A blueprint as read from its file, with what its author claims of it.
public struct DesignFile: Sendable {
  /// The design.
  public let design: Blueprint
  /// What the run of a design that is wrong on purpose shows: conditions that hold then.
  public let fails: [String]
  /// The file.
  public let file: String

  /// Whether it is meant to fail.
  public var isWrong: Bool { !fails.isEmpty }

  /// What must come out of its run.
  public func conditions() throws(Diagnostic) -> (objectives: [Condition], fails: [Condition]) {
    let units = BlueprintScenario(design).metrics.map { ($0.name, $0.unit) }
    var objectives: [Condition] = []
    for text in design.objectives { objectives.append(try Condition(text, units: units)) }
    var failures: [Condition] = []
    for text in fails { failures.append(try Condition(text, units: units)) }
    return (objectives, failures)
  }
}

extension DesignFile {
  /// Runs the design with some settings changed, under fault lines, judged by its objectives.
  public func run(
    _ changes: [(name: String, text: String)] = [], faults lines: [String] = [],
    seed: UInt64? = nil
  ) throws(Diagnostic) -> DrillRun {
    let scenario = BlueprintScenario(design)
    var settings = Settings(scenario.knobs)
    for change in changes { try settings.set(change.name, change.text) }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(
      lines.joined(separator: "\n"), roster: scenario.roster(settings))
    return DrillRun(
      of: scenario, objectives: try conditions().objectives,
      ScenarioRequest(settings: settings, faults: plan, seed: seed ?? 1))
  }
}

/// Finds the scenario of a design by its id, or by that of a drill that runs one.
typealias DesignLookup = (String) throws(Diagnostic) -> BlueprintScenario

extension Library {
  /// The scenario of the design called `id`; a drill's id stands for the design that it runs.
  func scenario(ofDesign id: String) throws(Diagnostic) -> BlueprintScenario {
    guard drillIDs.contains(id) else { return BlueprintScenario(try blueprint(id).design) }
    let topic = String(id.prefix { $0 != "/" })
    let file = try folder(topic).path + "/drills/\(id.dropFirst(topic.count + 1)).yaml"
    let name = try DrillReader.scenarioName(Self.text(file), file: file)
    return BlueprintScenario(try blueprint("\(topic)/\(name.dropLast(5))").design)
  }

  /// The ids of all designs, `netflix/blueprint`, in the order of the roadmap; a case's reference
  /// comes first.
  public var blueprintIDs: [String] {
    topics.flatMap { blueprintIDs(of: $0) }
  }

  /// The ids of the designs of one case.
  public func blueprintIDs(of topic: String) -> [String] {
    guard let folder = folders.first(where: { $0.topic == topic }), folder.isCase else { return [] }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let names = files.filter {
      $0.hasSuffix(".yaml") && !["rubric.yaml", "cards.yaml"].contains($0)
    }.map { String($0.dropLast(5)) }
    return names.sorted { ($0 == "blueprint" ? "" : $0) < ($1 == "blueprint" ? "" : $1) }
      .map { "\(topic)/\($0)" }
  }

  /// The design called `id`: a case (its reference), `case/name`, or the path of a file.
  public func blueprint(_ id: String) throws(Diagnostic) -> DesignFile {
    if id.hasSuffix(".yaml") {
      return try BlueprintReader.read(Self.text(id), file: id, id: id, figure: figure(ofCase: nil))
    }
    let name = id.contains("/") ? id : id + "/blueprint"
    guard blueprintIDs.contains(name) else {
      let cases = folders.filter(\.isCase).map(\.topic)
      throw .unknown(
        id.contains("/") ? "design" : "case", id, known: id.contains("/") ? blueprintIDs : cases)
    }
    let topic = String(name.prefix { $0 != "/" })
    let file = try folder(topic).path + "/\(name.dropFirst(topic.count + 1)).yaml"
    return try BlueprintReader.read(
      Self.text(file), file: file, id: name, figure: figure(ofCase: topic))
  }
}
