import Kernel
import Recall
import Testing

/// The forecast against what it must add up to.
@Suite struct WorkloadTests {
  private let day = 86_400

  @Test func `a card that is never due costs nothing, an overdue one is reviewed today`() {
    let far = CardState(
      phase: .review, memory: Memory(stabilityDays: 500, difficulty: 5),
      dueSeconds: 400 * day, lastSeconds: 0)
    var overdue = far
    overdue.dueSeconds = 3 * day
    let forecast = Workload.forecast(
      cards: [far, overdue], days: 30, startSeconds: 10 * day, scheduler: Scheduler(),
      chance: RandomStream(seed: 1, name: "workload"))
    #expect(forecast.reviewsByDay.count == 30)
    #expect(forecast.reviewsByDay[0] >= 1)
    let single = Workload.forecast(
      cards: [far], days: 30, startSeconds: 10 * day, scheduler: Scheduler(),
      chance: RandomStream(seed: 1, name: "workload"))
    #expect(single.reviewsByDay.allSatisfy { $0 == 0 })
    #expect(single.meanReviewsPerDay == 0)
  }

  @Test func `asking for more retention costs more reviews, more so the higher it is`() {
    let means = [0.8, 0.9, 0.97].map { retention in
      Workload.forecast(
        cards: [], newCardsPerDay: 10, days: 200, startSeconds: 0,
        scheduler: Scheduler(SchedulerOptions(desiredRetention: retention)),
        chance: RandomStream(seed: 7, name: "workload")
      ).meanReviewsPerDay
    }
    #expect(means[0] > 20, "two looks at each of ten new cards a day, at the least")
    #expect(means[0] < means[1] && means[1] < means[2])
    #expect(means[2] - means[1] > means[1] - means[0])
  }

  @Test func `the same stream gives the same forecast`() {
    let forecast = { (seed: UInt64) in
      Workload.forecast(
        cards: [], newCardsPerDay: 1, days: 300, startSeconds: 0, scheduler: Scheduler(),
        chance: RandomStream(seed: seed, name: "workload"))
    }
    #expect(forecast(3) == forecast(3))
    #expect(forecast(3) != forecast(4))
  }
}
