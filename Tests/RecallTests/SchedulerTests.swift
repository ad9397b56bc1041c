import Recall
import Testing

/// The formulas of FSRS-6 worked out by hand (double precision, default weights), and the steps.
@Suite struct SchedulerTests {
  private let day = 86_400
  private let learnt = CardState(
    phase: .review, memory: Memory(stabilityDays: 8.2956, difficulty: 5), dueSeconds: 0,
    lastSeconds: 0)

  @Test(
    "first review: S = w(G-1), D = w4 - e^(w5 (G-1)) + 1 within 1...10",
    arguments: [
      (Rating.again, 0.212, 6.4133), (.hard, 1.2931, 5.112170705601055),
      (.good, 2.3065, 2.118103970459015), (.easy, 8.2956, 1),
    ])
  func firstReview(rating: Rating, stabilityDays: Double, difficulty: Double) throws {
    let card = Scheduler().review(.new(dueSeconds: 0), rating, atSeconds: 0)
    expect(try #require(card.memory), stabilityDays, difficulty)
  }

  @Test(
    "eight days later: growth when recalled, the smaller fall when forgotten",
    arguments: [
      (Rating.again, 1.2579707842096028, 8.341762369296838),
      (.hard, 19.340750015622817, 6.665995369296838),
      (.good, 26.661329989396105, 4.9902283692968386),
      (.easy, 42.692775697139965, 3.3144613692968385),
    ])
  func laterReview(rating: Rating, stabilityDays: Double, difficulty: Double) throws {
    let card = Scheduler().review(learnt, rating, atSeconds: 8 * day)
    expect(try #require(card.memory), stabilityDays, difficulty)
  }

  @Test(
    "within a day: S k, with k at least 1 for a pass",
    arguments: [
      (Rating.again, 2.5625081682260777), (.hard, 8.2956), (.good, 8.2956),
      (.easy, 13.046064691177456),
    ])
  func sameDayReview(rating: Rating, stabilityDays: Double) throws {
    let card = Scheduler().review(learnt, rating, atSeconds: day - 1)
    #expect(isNear(try #require(card.memory).stabilityDays, stabilityDays))
  }

  @Test func `after S days nine of ten are recalled`() {
    var card = learnt
    card.memory?.stabilityDays = 10
    let scheduler = Scheduler()
    #expect(isNear(scheduler.retrievability(of: card, atSeconds: 10 * day), 0.9))
    #expect(isNear(scheduler.retrievability(of: card, atSeconds: 11 * day - 1), 0.9))
    #expect(isNear(scheduler.retrievability(of: card, atSeconds: 30 * day), 0.8093881035731708))
    #expect(scheduler.retrievability(of: card, atSeconds: -day) == 1)
    #expect(scheduler.retrievability(of: .new(dueSeconds: 0), atSeconds: 0) == 0)
  }

  @Test(
    "the interval follows the wanted retention",
    arguments: [(0.7, 929), (0.8, 332), (0.9, 100), (0.95, 40), (0.97, 22)])
  func interval(retention: Double, days: Int) {
    let scheduler = Scheduler(SchedulerOptions(desiredRetention: retention))
    #expect(scheduler.intervalDays(Memory(stabilityDays: 100, difficulty: 5)) == days)
    #expect(scheduler.intervalDays(Memory(stabilityDays: 0.001, difficulty: 5)) == 1)
    #expect(scheduler.intervalDays(Memory(stabilityDays: 1e30, difficulty: 5)) == 36_500)
  }

  @Test func `hard waits the mean of the first two steps, or half as long again`() {
    let fresh = CardState.new(dueSeconds: 0)
    let two = Scheduler().review(fresh, .hard, atSeconds: 0)
    #expect(two.phase == .learning(step: 0) && two.dueSeconds == 330)
    let one = Scheduler(SchedulerOptions(learningStepsSeconds: [60]))
    #expect(one.review(fresh, .hard, atSeconds: 0).dueSeconds == 90)
    let relearning = Scheduler().review(learnt, .again, atSeconds: 8 * day)
    #expect(relearning.phase == .relearning(step: 0))
    let again = Scheduler().review(relearning, .hard, atSeconds: relearning.dueSeconds)
    #expect(again.dueSeconds == relearning.dueSeconds + 900)
  }

  @Test func `without steps a card goes straight to review`() {
    let scheduler = Scheduler(
      SchedulerOptions(learningStepsSeconds: [], relearningStepsSeconds: []))
    let first = scheduler.review(.new(dueSeconds: 0), .again, atSeconds: 0)
    #expect(first.phase == .review && first.dueSeconds == day)
    #expect(scheduler.review(learnt, .again, atSeconds: 8 * day).phase == .review)
  }

  @Test func `a step that no longer exists graduates on a pass and starts over on again`() {
    let stranded = CardState(
      phase: .learning(step: 4), memory: Memory(stabilityDays: 2, difficulty: 5), dueSeconds: 0,
      lastSeconds: 0)
    #expect(Scheduler().review(stranded, .hard, atSeconds: 60).phase == .review)
    #expect(Scheduler().review(stranded, .again, atSeconds: 60).phase == .learning(step: 0))
  }

  private func expect(_ memory: Memory, _ stabilityDays: Double, _ difficulty: Double) {
    #expect(isNear(memory.stabilityDays, stabilityDays))
    #expect(isNear(memory.difficulty, difficulty))
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-9 * abs(expected)
  }
}
