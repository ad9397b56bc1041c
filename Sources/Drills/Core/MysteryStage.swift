import Kernel
import Simulation

/// The settings and faults of a mystery.
///
/// A mutant's own settings would give it away: who finds the retry budget turned on suspects the
/// retry budget. So those of other mutants are mixed in where they do not contradict, and the mix is
/// tried out: the culprit must still be caught in it and the healthy mechanism must still pass.
struct MysteryStage {
  let scenario: any Scenario
  let culprit: Mutant
  /// The seed that the run begins from.
  let seed: UInt64

  /// Mutants whose settings are mixed in at most.
  static let decoyLimit = 2

  /// The run of the culprit, among as many decoys as fit.
  func request(_ draws: inout RandomStream) throws(Diagnostic) -> ScenarioRequest {
    var others = scenario.mutants.filter { $0.id != culprit.id }
    draws.shuffle(&others)
    var chosen = [culprit]
    for other in others where chosen.count <= Self.decoyLimit {
      if chosen.allSatisfy({ agree($0, other) }) { chosen.append(other) }
    }
    while chosen.count > 1 {
      if let mixed = try mixed(chosen), holds(mixed) { return mixed }
      chosen.removeLast()
    }
    return try culprit.request(of: scenario, seed: seed)
  }

  /// Whether two mutants can share a stage: no knob of the design stands differently for them.
  private func agree(_ one: Mutant, _ other: Mutant) -> Bool {
    let design = scenario.knobs.filter { $0.role == .design }.map(\.name)
    return design.allSatisfy { name in
      let texts = [one, other].compactMap { $0.settings.first { $0.name == name }?.text }
      return texts.count < 2 || texts[0] == texts[1]
    }
  }

  /// The settings of all, the first one's before the others', under the faults of all that fit.
  private func mixed(_ mutants: [Mutant]) throws(Diagnostic) -> ScenarioRequest? {
    var request = try culprit.request(of: scenario, seed: seed)
    let standards = Settings(scenario.knobs)
    for change in mutants.dropFirst().flatMap(\.settings) {
      // What the culprit was given, and how long its run lasts, stay.
      let isGiven = culprit.settings.contains { $0.name == change.name }
      guard !isGiven, request.settings[change.name] == standards[change.name] else { continue }
      try request.settings.set(change.name, change.text)
    }
    guard (try? scenario.validate(request.settings)) != nil else { return nil }
    let lines = mutants.flatMap(\.faults).reduce(into: [String]()) { lines, line in
      if !lines.contains(line) { lines.append(line) }
    }
    let roster = scenario.roster(request.settings)
    guard let plan = try? FaultPlan.parse(lines.joined(separator: "\n"), roster: roster) else {
      return nil
    }
    request.faults = plan
    return request
  }

  /// Whether the culprit is caught in `request` and the healthy mechanism passes.
  ///
  /// Other settings may have other guarantees, among which the culprit's is not: then it is not caught.
  private func holds(_ request: ScenarioRequest) -> Bool {
    guard (try? culprit.complaint(on: scenario.run(request), of: scenario)) != nil else {
      return false
    }
    var sound = request
    sound.mutant = nil
    let outcome = scenario.run(sound)
    guard outcome.violations.isEmpty else { return false }
    return (try? culprit.complaint(on: outcome, of: scenario)) == nil
  }
}
