import Drills
import Kernel
import Simulation
import Testing

/// Every deliberate bug of every scenario is caught, and what catches it passes the healthy
/// mechanism under the same settings, faults and seed.
@Suite("Mutants are caught and the healthy mechanism is not") struct MutantTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let scenario: any Scenario
    let mutant: Mutant
    var testDescription: String { "\(scenario.id): \(mutant.id)" }
  }

  static let cases = TopicRegistry.topics.flatMap(\.scenarios).flatMap { scenario in
    scenario.mutants.map { Case(scenario: scenario, mutant: $0) }
  }

  @Test("ids are unique within a topic, so that a mystery has one name for each answer")
  func idsAreUnique() {
    for topic in TopicRegistry.topics {
      for scenario in topic.scenarios {
        let ids = scenario.mutants.map(\.id)
        #expect(Set(ids).count == ids.count, "\(scenario.id)")
      }
      let mutants = topic.scenarios.flatMap(\.mutants)
      let titles = Dictionary(grouping: mutants, by: \.id).mapValues { Set($0.map(\.title)) }
      #expect(titles.values.allSatisfy { $0.count == 1 }, "\(topic.id)")
    }
  }

  @Test(arguments: cases, [1, 2, 3] as [UInt64])
  func isCaught(_ item: Case, seed: UInt64) throws {
    let mystery = try MutantRun(item.scenario, item.mutant, seed: seed)
    let healthy = mystery.healthy
    #expect(healthy.violations.isEmpty, "healthy: \(healthy.violations)")
    let complaint = try item.mutant.complaint(on: healthy, of: item.scenario)
    #expect(complaint == nil, "healthy: \(complaint ?? "")")
    let found = try item.mutant.complaint(on: mystery.mutated, of: item.scenario)
    #expect(found != nil, "not caught: \(mystery.figures)")
  }
}

extension MutantRun {
  /// The figures of both runs, for a failed test.
  fileprivate var figures: String {
    mutated.violations.map(\.description).joined(separator: "; ") + " "
      + zip(healthy.measurements, mutated.measurements).filter { $0 != $1 }
      .map { "\($0.name) \($0.text) -> \($1.text)" }.joined(separator: ", ")
  }
}
