import Drills
import Kernel
import Simulation

/// Reads a drill's YAML file.
enum DrillReader {
  private static let keys = [
    "id", "title", "minutes", "scenario", "brief", "settings", "knobs", "load", "faults", "seed",
    "objectives", "predict", "hints", "solution", "debrief", "sources",
  ]

  /// The drill in `text`; `sources` are those of the lesson beside it.
  ///
  /// `design` reads the blueprint that a drill of a case names by its file.
  static func read(
    _ text: String, file: String, sources: [Source],
    design: (String) throws(Diagnostic) -> BlueprintScenario
  ) throws(Diagnostic) -> Drill {
    let map = try YAMLField.parse(text, file: file).map(known: keys)
    let scenarioField = try map.required("scenario")
    let scenario = try placed(scenarioField) { () throws(Diagnostic) -> any Scenario in
      let name = try scenarioField.words()
      return name.hasSuffix(".yaml") ? try design(name) : try TopicRegistry.scenario(name)
    }
    var settings = Settings(scenario.knobs)
    try apply(map.optional("load"), to: &settings, role: .load)
    try apply(map.optional("settings"), to: &settings, role: .design)
    let start = settings
    try placed(map.optional("settings") ?? map.field) { () throws(Diagnostic) in
      try scenario.validate(start)
    }
    let solution = try solution(map, settings: settings, scenario: scenario)
    let hints = try map.required("hints").strings()
    guard hints.count == 3 else {
      throw try map.required("hints").complaint(
        "A drill has three hints.", found: "\(hints.count)",
        expected: "three hints, each saying more than the one before")
    }
    let cited = try map.cites("sources", of: sources)
    guard !cited.isEmpty else {
      throw (map.optional("sources") ?? map.field).complaint(
        "A drill needs sources.", expected: "keys of the lesson's sources")
    }
    return Drill(
      id: try map.words("id"), title: try map.words("title"),
      minutes: try map.required("minutes").integer(atLeast: 1), brief: try map.words("brief"),
      scenario: scenario, settings: settings, knobs: try knobs(map, scenario),
      faults: try faults(map, roster: scenario.roster(settings)), seed: try seed(map),
      objectives: try objectives(map, scenario), predictions: try predictions(map, scenario),
      hints: hints, solution: solution, debrief: try map.words("debrief"), sources: cited)
  }

  /// The name of the scenario that the drill in `text` runs.
  static func scenarioName(_ text: String, file: String) throws(Diagnostic) -> String {
    try YAMLField.parse(text, file: file).map(known: keys).words("scenario")
  }

  private static func apply(
    _ field: YAMLField?, to settings: inout Settings, role: Knob.Role
  ) throws(Diagnostic) {
    guard let field else { return }
    for entry in try field.anyMap().entries {
      let before = settings
      let knob = try placed(entry.keyField) { () throws(Diagnostic) in
        try before.knob(entry.key)
      }
      guard knob.role == role else {
        let right = role == .design ? "load" : "settings"
        throw entry.keyField.complaint(
          "The knob '\(entry.key)' belongs under '\(right)'.", found: entry.key)
      }
      let text = try entry.value.string()
      settings = try placed(entry.value) { () throws(Diagnostic) in
        var changed = before
        try changed.set(entry.key, text)
        return changed
      }
    }
  }

  private static func solution(
    _ map: YAMLMap, settings: Settings, scenario: any Scenario
  ) throws(Diagnostic) -> [(name: String, text: String)] {
    let field = try map.required("solution")
    var solved = settings
    try apply(field, to: &solved, role: .design)
    let end = solved
    try placed(field) { () throws(Diagnostic) in try scenario.validate(end) }
    var changes: [(name: String, text: String)] = []
    for entry in try field.anyMap().entries {
      changes.append((entry.key, try entry.value.string()))
    }
    guard !changes.isEmpty else {
      throw field.complaint("A solution changes something.", expected: "knobs with values")
    }
    return changes
  }

  private static func faults(
    _ map: YAMLMap, roster: Roster
  ) throws(Diagnostic) -> FaultPlan {
    var plan = FaultPlan()
    for item in try map.optional("faults")?.list() ?? [] {
      let line = try item.words()
      let read = try placed(item) { () throws(Diagnostic) in
        try FaultPlan.parse(line, roster: roster)
      }
      plan.faults += read.faults
    }
    return plan
  }

  /// The knobs to show first: those that are named, else those that the drill sets.
  private static func knobs(_ map: YAMLMap, _ scenario: any Scenario) throws(Diagnostic) -> [String]
  {
    let known = Settings(scenario.knobs)
    guard let field = map.optional("knobs") else {
      return try map.optional("settings")?.anyMap().entries.map(\.key) ?? []
    }
    var names: [String] = []
    for item in try field.list() {
      let name = try item.words()
      names.append(try placed(item) { () throws(Diagnostic) in try known.knob(name) }.name)
    }
    return names
  }

  private static func seed(_ map: YAMLMap) throws(Diagnostic) -> UInt64 {
    guard let field = map.optional("seed") else { return 1 }
    return UInt64(try field.integer(atLeast: 0))
  }

  private static func objectives(
    _ map: YAMLMap, _ scenario: any Scenario
  ) throws(Diagnostic) -> [Condition] {
    var objectives: [Condition] = []
    for item in try map.required("objectives").list() {
      let text = try item.words()
      let units = scenario.metrics.map { ($0.name, $0.unit) }
      objectives.append(
        try placed(item) { () throws(Diagnostic) in try Condition(text, units: units) })
    }
    guard !objectives.isEmpty else {
      throw try map.required("objectives").complaint("A drill needs objectives.")
    }
    return objectives
  }

  private static func predictions(
    _ map: YAMLMap, _ scenario: any Scenario
  ) throws(Diagnostic) -> [PredictionRequest] {
    var predictions: [PredictionRequest] = []
    for item in try map.required("predict").list() {
      let entry = try item.map(known: ["metric", "ask"])
      let name = try entry.words("metric")
      guard let metric = scenario.metrics.first(where: { $0.name == name }) else {
        let known = scenario.metrics.map(\.name)
        throw try entry.required("metric").complaint(
          "The scenario measures nothing called '\(name)'.", found: name,
          expected: Diagnostic.oneOf(known),
          suggestion: NearestWord.nearest(to: name, in: known))
      }
      predictions.append(
        PredictionRequest(metric: name, unit: metric.unit, ask: try entry.words("ask")))
    }
    guard !predictions.isEmpty else {
      throw try map.required("predict").complaint("A drill asks for at least one prediction.")
    }
    return predictions
  }

  /// Runs `body`; a complaint that knows no file gets this field's place.
  private static func placed<Value>(
    _ field: YAMLField, _ body: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    do { return try body() } catch { throw error.file == nil ? field.placed(error) : error }
  }
}
