/// A study plan: what to do on each day until the interview.
///
/// The plan is a function of today, the date, the minutes a day and what is still to do. Nothing of
/// it is stored, so days that were missed and work that was done early change it by themselves.
struct StudyPlan {
  /// One piece of work on one day.
  struct Entry: Hashable {
    let work: StudyWork
    /// The minutes of it on this day.
    var minutes: Int
    /// Whether the rest of it is on a later day.
    var continues: Bool
  }

  /// One day.
  struct Day: Hashable {
    let day: CalendarDay
    /// Reviews that will be due, and the minutes given to them.
    var reviews: Int
    var reviewMinutes: Int
    var entries: [Entry] = []

    var minutes: Int { reviewMinutes + entries.reduce(0) { $0 + $1.minutes } }
  }

  /// The days from today to the day before the interview.
  let days: [Day]
  /// The topics and cases for which there is no time, in the order of the roadmap.
  let leftOut: [String]
  /// The minutes of everything that there is to do, without reviews.
  let workMinutes: Int
  /// The minutes that are left for it beside the reviews.
  let freeMinutes: Int

  /// The share of the free time that is kept for cases and interviews when there is not enough.
  static let designShare = 5
  /// Reviews a minute: a card takes about twenty seconds.
  static let reviewsPerMinute = 3

  /// Plans the days from `today` to the day before `date`.
  ///
  /// `reviewsByDay` tells how many reviews fall due on each of those days.
  init(
    today: CalendarDay, date: CalendarDay, minutesPerDay: Int, reviewsByDay: [Int],
    backlog: StudyBacklog
  ) {
    var days: [Day] = []
    for number in today.number..<max(today.number, date.number) {
      let place = number - today.number
      let reviews = reviewsByDay.indices.contains(place) ? reviewsByDay[place] : 0
      let wanted = (reviews + Self.reviewsPerMinute - 1) / Self.reviewsPerMinute
      // Reviews that would eat the whole day are spread by the scheduler over the next ones.
      days.append(
        Day(
          day: CalendarDay(number: number), reviews: reviews,
          reviewMinutes: min(wanted, minutesPerDay / 2)))
    }
    freeMinutes = days.reduce(0) { $0 + minutesPerDay - $1.reviewMinutes }
    workMinutes = backlog.minutes
    let chosen = Self.choose(backlog, freeMinutes: freeMinutes)
    leftOut = chosen.leftOut
    var pile = Pile(backlog.weak)
    var main = Pile(chosen.works)
    for index in days.indices {
      var left = minutesPerDay - days[index].reviewMinutes
      // Going over old trouble keeps to a third of a day, so that there is always something new.
      days[index].entries += pile.take(upTo: main.isEmpty ? left : min(left, minutesPerDay / 3))
      left = minutesPerDay - days[index].minutes
      days[index].entries += main.take(upTo: left)
    }
    self.days = days
  }

  /// What fits into the time: topics in their order, cases and interviews at the end.
  private static func choose(
    _ backlog: StudyBacklog, freeMinutes: Int
  ) -> (works: [StudyWork], leftOut: [String]) {
    func sum(_ works: [StudyWork]) -> Int { works.reduce(0) { $0 + $1.minutes } }
    var left = freeMinutes - sum(backlog.weak)
    var leftOut: [String] = []
    let design = sum(backlog.cases.flatMap(\.works)) + sum(backlog.interviews)
    let topicWork = sum(backlog.topics.flatMap(\.works))
    var kept = min(design, max(freeMinutes / designShare, left - topicWork))
    left -= max(0, kept)
    var topics: [StudyWork] = []
    for topic in backlog.topics {
      // A short topic does not slip in before a long one that it needs and that has no time.
      let isCutOff = backlog.needs[topic.id, default: []].contains { leftOut.contains($0) }
      guard left > 0, !isCutOff, sum(topic.works) <= left || topics.isEmpty else {
        if !topic.works.isEmpty { leftOut.append(topic.id) }
        continue
      }
      topics += topic.works
      left -= sum(topic.works)
    }
    kept += max(0, left)
    var cases: [StudyWork] = []
    var interviews = backlog.interviews
    kept -= sum(interviews)
    for study in backlog.cases {
      guard kept > 0, sum(study.works) <= kept || cases.isEmpty else {
        if !study.works.isEmpty { leftOut.append(study.id) }
        continue
      }
      cases += study.works
      kept -= sum(study.works)
    }
    if kept + sum(interviews) <= 0 { interviews = [] }
    return (topics + cases + interviews, leftOut)
  }

  /// Work that is taken from the top; a piece that does not fit is split.
  private struct Pile {
    private var works: [StudyWork]
    private var started = 0
    /// Less than this of a piece is not worth beginning.
    private static let leastMinutes = 5

    init(_ works: [StudyWork]) { self.works = works.reversed() }

    var isEmpty: Bool { works.isEmpty }

    mutating func take(upTo minutes: Int) -> [Entry] {
      var left = minutes
      var entries: [Entry] = []
      while let work = works.last, left > 0 {
        let rest = work.minutes - started
        guard rest > left else {
          entries.append(Entry(work: work, minutes: rest, continues: false))
          left -= rest
          started = 0
          works.removeLast()
          continue
        }
        guard left >= Self.leastMinutes, rest - left >= Self.leastMinutes else { break }
        entries.append(Entry(work: work, minutes: left, continues: true))
        started += left
        left = 0
      }
      return entries
    }
  }
}
