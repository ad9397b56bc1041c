import GRDB
import Recall

/// How events become schedules.
///
/// Cards follow the options as they are. Drills have no learning steps: a drill that was failed
/// and then passed in the same sitting is not asked for again ten minutes later, but tomorrow.
struct Scheduling {
  private let cards: Scheduler
  private let drills: Scheduler

  /// The scheduling that the preferences in the log ask for.
  init(_ database: Database) throws {
    var options = SchedulerOptions()
    options.desiredRetention = try Retention.current(database)
    cards = Scheduler(options)
    options.learningStepsSeconds = []
    options.relearningStepsSeconds = []
    drills = Scheduler(options)
  }

  /// Where an item stands after all effective events; nil when it is not on the schedule.
  func state(of item: ReviewItem, _ database: Database) throws -> CardState? {
    switch item {
    case .card(let id):
      card(try LogTable.effective([.review], subject: id, database))
    case .drill(let id):
      drill(try LogTable.effective([.run, .hint], subject: id, database))
    }
  }

  /// The fold over a card's reviews, by the wall clock.
  func card(_ events: [Event]) -> CardState? {
    let reviews = Self.byClock(events).compactMap { event -> (atSeconds: Int, rating: Rating)? in
      guard case .reviewed(_, let rating) = event.fact else { return nil }
      return (event.atSeconds, rating)
    }
    return cards.replay(reviews)
  }

  /// The fold over a drill's runs, by the wall clock.
  ///
  /// The first failed run puts the drill on the schedule. After that a run is a review when the
  /// drill is due, and practice that changes nothing when it is not: failed is rated again, passed
  /// with a hint hard, passed without one good.
  func drill(_ events: [Event]) -> CardState? {
    var state: CardState?
    var isHinted = false
    for event in Self.byClock(events) {
      switch event.fact {
      case .hinted: isHinted = true
      case .ran(let run):
        let passed: Rating = isHinted ? .hard : .good
        if let known = state {
          guard event.atSeconds >= known.dueSeconds else { continue }
          state = drills.review(known, run.isPassed ? passed : .again, atSeconds: event.atSeconds)
        } else if !run.isPassed {
          let first = CardState.new(dueSeconds: event.atSeconds)
          state = drills.review(first, .again, atSeconds: event.atSeconds)
        }
        isHinted = false
      case .moved, .finished, .restarted, .answered, .commanded, .predicted, .measured,
        .diagnosed, .interviewBegan, .interviewLine, .noteAdded, .noteEdited, .noteDeleted,
        .reviewed, .preferred, .undid:
        continue
      }
    }
    return state
  }

  private static func byClock(_ events: [Event]) -> [Event] {
    events.sorted {
      ($0.atMilliseconds, $0.stamp, $0.id) < ($1.atMilliseconds, $1.stamp, $1.id)
    }
  }
}

extension Event {
  /// The wall clock in whole seconds since 1970 (UTC), rounded down.
  var atSeconds: Int { atMilliseconds / 1_000 }
}
