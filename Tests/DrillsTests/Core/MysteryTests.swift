import Drills
import Kernel
import Simulation
import Testing

@Suite("Mysteries") struct MysteryTests {
  static let topics = TopicRegistry.topics.filter { $0.scenarios.contains { !$0.mutants.isEmpty } }
    .map(\.id)

  @Test("topic and seed decide the mystery, and its bug shows in the run", arguments: topics)
  func isDecidedBySeed(topic: String) throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      let mystery = try Mystery(TopicRegistry.topic(topic), seed: seed)
      let again = try Mystery(TopicRegistry.topic(topic), seed: seed)
      #expect(mystery.answer == again.answer)
      #expect(mystery.request.settings == again.request.settings)
      #expect(mystery.suspects.contains { $0.id == mystery.answer })
      let healthy = mystery.scenario.run(mystery.healthyRequest)
      #expect(healthy.violations.isEmpty, "\(mystery.answer)")
      guard let culprit = mystery.culprit else { continue }
      let scenario = mystery.scenario
      let shown = try culprit.complaint(on: scenario.run(mystery.request), of: scenario)
      #expect(shown != nil, "\(mystery.answer) does not show")
      #expect(try culprit.complaint(on: healthy, of: scenario) == nil)
    }
  }

  @Test("nothing is wrong in some mysteries, and then the run is the healthy one to the byte")
  func healthyOnesExist() throws {
    let first = try Mystery(TopicRegistry.topic("circuit-breaker"), seed: 13)
    try #require(first.culprit == nil)
    let outcome = first.scenario.run(first.request)
    #expect(outcome.digest == first.scenario.run(first.healthyRequest).digest)
    #expect(first.answer == "healthy")
  }

  @Test(
    "points fall with each name, question and minute, and a wrong cause is worth nothing",
    arguments: [
      (true, 1, 0, 0.0, 100), (true, 1, 12, 1_200.0, 60), (true, 2, 6, 750.0, 49),
      (true, 1, 3, 299.0, 93), (false, 2, 0, 0.0, 0), (true, 1, 15, 5_000.0, 60),
    ])
  func scores(isRight: Bool, tries: Int, spent: Int, seconds: Double, total: Int) {
    let score = MysteryScore(isRight: isRight, tries: tries, spent: spent, seconds: seconds)
    #expect(score.total == total)
  }

  @Test("a topic without mutants, and a suspect that is none, are refused with what there is")
  func refusesTheUnknown() throws {
    let bare = Topic(id: "bare", scenarios: [], presets: []) { _ in
      preconditionFailure("no bench is asked for")
    }
    #expect(throws: Diagnostic.self) { try Mystery(bare, seed: 1) }
    let mystery = try Mystery(TopicRegistry.topic("sharding"), seed: 2)
    let error = #expect(throws: Diagnostic.self) { try mystery.suspect("ask-taken-for-move") }
    #expect(error?.suggestion == "ask-taken-for-moved")
  }

  @Test("a rerun changes settings or faults, refuses what does not fit, and keeps the bug")
  func rerunChangesOneThing() throws {
    let mystery = try Mystery(TopicRegistry.topic("sharding"), seed: 2)
    let quiet = try mystery.request(changing: [], faults: "")
    #expect(quiet.faults.isEmpty && quiet.mutant == mystery.request.mutant)
    let changed = try mystery.request(changing: [("rate", "100/s")], faults: nil)
    #expect(changed.settings.number("rate") == 100)
    #expect(changed.faults == mystery.request.faults)
    #expect(throws: Diagnostic.self) {
      try mystery.request(changing: [("grow.by", "-9")], faults: nil)
    }
    #expect(throws: Diagnostic.self) { try mystery.request(changing: [], faults: "at 1s crash x") }
  }
}
