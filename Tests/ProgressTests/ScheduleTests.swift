import Kernel
import Progress
import Recall
import Testing

/// The review schedule as it follows from reviews and runs.
@Suite struct ScheduleTests {
  private let day = 86_400

  private func run(_ met: Int) -> Fact {
    .ran(
      RunRecord(
        drill: "sharding/grow", token: "t\(met)", isPassed: met == 3, metCount: met,
        objectiveCount: 3, figures: []))
  }

  @Test func `cards follow the scheduler, in the order of the clock`() throws {
    let hand = Hand()
    let store = try ProgressStore.test(hand)
    var expected = CardState.new(dueSeconds: hand.now / 1_000)
    for rating in [Rating.good, .good, .hard, .again, .good] {
      try store.append(.reviewed(card: "sharding/1", rating))
      expected = Scheduler().review(expected, rating, atSeconds: hand.now / 1_000)
      #expect(try store.state(of: .card("sharding/1")) == expected)
      #expect(try store.due().isEmpty)
      hand.move(seconds: expected.dueSeconds - hand.now / 1_000)
      #expect(try store.due().map(\.item.text) == ["card:sharding/1"])
    }
  }

  @Test func `a failed drill comes back the next day, and practice before does not count`() throws {
    let hand = Hand()
    let store = try ProgressStore.test(hand)
    try store.append(run(3))
    #expect(try store.schedule().isEmpty, "a drill that was never failed never comes back")
    try store.append(run(1))
    let failed = try #require(try store.state(of: .drill("sharding/grow")))
    #expect(failed.phase == .review && failed.dueSeconds == hand.now / 1_000 + day)
    try store.append(run(3))
    try store.append(run(0))
    #expect(try store.state(of: .drill("sharding/grow")) == failed)
    hand.move(seconds: day)
    #expect(try store.due().map(\.item) == [.drill("sharding/grow")])
    try store.append(run(3))
    let passed = try #require(try store.state(of: .drill("sharding/grow")))
    #expect(
      passed == drills.review(failed, .good, atSeconds: failed.dueSeconds))
    #expect(try store.due().isEmpty)
    hand.move(seconds: 30 * day)
    try store.append(.hinted(subject: "sharding/grow", level: 1))
    try store.append(run(3))
    #expect(
      try store.state(of: .drill("sharding/grow"))
        == drills.review(passed, .hard, atSeconds: hand.now / 1_000))
  }

  private let drills = Scheduler(
    SchedulerOptions(learningStepsSeconds: [], relearningStepsSeconds: []))

  @Test func `best is the run that met most, and the first that passed is counted`() throws {
    let store = try ProgressStore.test()
    for met in [0, 2, 1, 2, 3, 0] { try store.append(run(met)) }
    let drill = try store.drill("sharding/grow")
    #expect(drill.attemptCount == 6 && drill.isPassed && drill.firstPass == 5)
    #expect(drill.best?.token == "t3")
    #expect(try store.drills() == [drill])
    #expect(try store.drill("sharding/other").best == nil)
  }

  @Test func `another retention reschedules everything, and undo brings the old one back`() throws {
    let hand = Hand()
    let store = try ProgressStore.test(hand)
    for _ in 0..<3 {
      try store.append(.reviewed(card: "c", .easy))
      hand.move(seconds: 10 * day)
    }
    let usual = try #require(try store.state(of: .card("c")))
    try store.setRetention("95 %")
    #expect(try store.retention() == 0.95)
    let strict = try #require(try store.state(of: .card("c")))
    #expect(strict.dueSeconds < usual.dueSeconds)
    #expect(strict.memory == usual.memory)
    try store.undo()
    #expect(try store.state(of: .card("c")) == usual)
    for text in ["0.98", "50 %", "much", ""] {
      #expect(throws: Diagnostic.self) { try store.setRetention(text) }
    }
  }

  @Test func `undoing the only review takes the card off the schedule`() throws {
    let store = try ProgressStore.test()
    try store.append(.reviewed(card: "c", .good))
    try store.undo()
    #expect(try store.schedule().isEmpty)
  }
}
