import Kernel

/// How many reviews a schedule will ask for, day by day.
///
/// A learner who asks for a higher retention pays with more reviews; this is the bill. Recall is
/// played out, not estimated: at every review the card is recalled with the probability that the
/// forgetting curve gives, then rated good, else again; a first look at a new card is rated good.
public struct Workload: Sendable, Hashable {
  /// Reviews on each day, today first; those on the learning steps count, too.
  public let reviewsByDay: [Int]

  /// Reviews a day on average; 0 for a forecast of no days.
  public var meanReviewsPerDay: Double {
    reviewsByDay.isEmpty ? 0 : Double(reviewsByDay.reduce(0, +)) / Double(reviewsByDay.count)
  }

  /// Plays `days` days of reviewing every card when it falls due.
  ///
  /// - Parameters:
  ///   - cards: The cards as they stand; overdue ones are reviewed at once.
  ///   - newCardsPerDay: Further cards that are started on each day.
  ///   - days: How many days of 24 hours to look ahead.
  ///   - startSeconds: Now, in seconds since 1970 (UTC).
  ///   - scheduler: Decides the intervals.
  ///   - chance: Decides what is recalled; the same stream gives the same forecast.
  /// - Returns: The reviews of each of those days.
  public static func forecast(
    cards: [CardState], newCardsPerDay: Int = 0, days: Int, startSeconds: Int,
    scheduler: Scheduler, chance: RandomStream
  ) -> Workload {
    var chance = chance
    var reviewsByDay = [Int](repeating: 0, count: max(0, days))
    let endSeconds = startSeconds + reviewsByDay.count * Scheduler.secondsPerDay
    var all = cards
    for day in reviewsByDay.indices {
      let dawnSeconds = startSeconds + day * Scheduler.secondsPerDay
      let fresh = CardState.new(dueSeconds: dawnSeconds)
      all += Array(repeating: fresh, count: newCardsPerDay)
    }
    for var card in all {
      while card.dueSeconds < endSeconds {
        let nowSeconds = max(card.dueSeconds, startSeconds)
        reviewsByDay[(nowSeconds - startSeconds) / Scheduler.secondsPerDay] += 1
        let recall =
          card.memory == nil ? 1 : scheduler.retrievability(of: card, atSeconds: nowSeconds)
        let isRecalled = chance.chance(recall)
        card = scheduler.review(card, isRecalled ? .good : .again, atSeconds: nowSeconds)
      }
    }
    return Workload(reviewsByDay: reviewsByDay)
  }
}
