import Curriculum
import Kernel
import Presentation
import Progress
import Recall

/// `plan`: what to do on each day until the interview.
struct PlanCommand: Command {
  let spec = CommandSpec(
    "plan", .walking,
    options: [
      .init("--date", "DAY", "the day of the interview, as in 2027-01-15"),
      .init("--minutes", "N", "minutes a day"),
      .init("--all", "shows every day, not only the next week"),
      .init("--json", "prints one JSON document"),
    ],
    examples: [
      ("plan --date 2027-01-15 --minutes 40", "a plan for 40 minutes a day until then")
    ],
    "Plans each day until your interview from open lessons, due reviews and weak spots.")

  private static let name = "plan"

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let known = try session.remembering { () throws(StoreError) in
      try session.store.preference(Self.name)
    }
    let today = CalendarDay(atMilliseconds: session.store.nowMilliseconds)
    let (date, minutes) = try target(call, known?.value, today)
    let value = "\(date.text) \(minutes)"
    let plan = try self.plan(today, date, minutes, session)
    let isNew = known?.value != value
    if isNew { try session.record(.preferred(name: Self.name, value: value)) }
    guard !call.has("--json") else {
      return Reply(json: StudyPlanView.json(plan, date: date, minutes: minutes).pretty())
    }
    var document = Document([.paragraph(headline(plan, date, minutes, today))])
    if !isNew, let known {
      try addMissedDays(since: known.atMilliseconds, today, session, &document)
    }
    let shown = call.has("--all") ? plan.days.count : min(7, plan.days.count)
    document.add(.table(StudyPlanView.table(plan, days: shown)))
    if shown < plan.days.count {
      document.add(.text("And \(plan.days.count - shown) more days: 'plan --all'."))
    }
    document.add(.text(balance(plan, days: plan.days.count)))
    if let first = plan.days.first, first.reviews == 0, let entry = first.entries.first {
      document.add(Text([.plain("Begin with "), .code(entry.work.command), .plain(".")]))
    } else if !plan.days.isEmpty {
      document.add(Text([.plain("Begin with "), .code("review"), .plain(".")]))
    }
    return Reply(document)
  }

  /// The date and the minutes that are asked for, or those of the plan before.
  private func target(
    _ call: CommandCall, _ known: String?, _ today: CalendarDay
  ) throws(Diagnostic) -> (CalendarDay, Int) {
    let parts = known?.split(separator: " ").map(String.init) ?? []
    guard let dateText = call.value("--date") ?? parts.first else {
      throw Diagnostic(
        "There is no plan yet.",
        expected: "'plan --date DAY --minutes N', as in "
          + "'plan --date \(CalendarDay(number: today.number + 49).text) --minutes 40'")
    }
    let date = try CalendarDay(dateText)
    guard date > today else {
      throw Diagnostic(
        "\(date.text) is not after today, \(today.text).", found: dateText,
        expected: "a later day: 'plan --date DAY'")
    }
    guard date.number - today.number <= 730 else {
      throw Diagnostic(
        "\(date.text) is more than two years away.", found: dateText, expected: "a nearer day")
    }
    let minutesText = call.value("--minutes") ?? (parts.count > 1 ? parts[1] : "40")
    guard let minutes = Int(minutesText), (10...600).contains(minutes) else {
      throw Diagnostic(
        "'\(minutesText)' is no number of minutes a day.", found: minutesText,
        expected: "a whole number from 10 to 600")
    }
    return (date, minutes)
  }

  private func plan(
    _ today: CalendarDay, _ date: CalendarDay, _ minutes: Int, _ session: Session
  ) throws(Diagnostic) -> StudyPlan {
    let backlog = try session.backlog()
    let days = date.number - today.number
    let states = try session.remembering { () throws(StoreError) in
      try session.store.schedule()
    }.map(\.state)
    let scheduler = try session.remembering { () throws(StoreError) in
      try session.store.scheduler()
    }
    let seen = states.count
    var cards = 0
    for topic in session.library.topics { cards += try session.library.cards(of: topic).count }
    // New cards come with lessons, at most so many a round; they are spread over the time there is.
    let fresh = min(Session.newCardLimit, max(0, cards - seen) / max(1, days))
    let workload = Workload.forecast(
      cards: states, newCardsPerDay: fresh, days: days,
      startSeconds: session.store.nowMilliseconds / 1_000, scheduler: scheduler,
      chance: RandomStream(seed: 1, name: "plan/reviews"))
    // What is due today is known, and without a begun lesson there are no new cards yet.
    var reviews = workload.reviewsByDay
    if !reviews.isEmpty { reviews[0] = try session.dueReviews().count }
    return StudyPlan(
      today: today, date: date, minutesPerDay: minutes, reviewsByDay: reviews, backlog: backlog)
  }

  private func headline(
    _ plan: StudyPlan, _ date: CalendarDay, _ minutes: Int, _ today: CalendarDay
  ) -> Text {
    let days = date.number - today.number
    return Text([
      .strong("\(days) \(days == 1 ? "day" : "days")"),
      .plain(" until \(date.textWithWeekday), \(minutes) minutes a day."),
    ])
  }

  /// Whether there is time for everything, and what is left out where there is not.
  private func balance(_ plan: StudyPlan, days: Int) -> String {
    let work = "\((plan.workMinutes + 30) / 60) hours"
    let free = "\((plan.freeMinutes + 30) / 60) hours"
    guard !plan.leftOut.isEmpty else {
      return "There are about \(work) of lessons, drills and cases to do and \(free) beside the "
        + "reviews: everything fits."
    }
    let reviews = plan.days.reduce(0) { $0 + $1.reviewMinutes }
    let needed = (plan.workMinutes + reviews + days - 1) / max(1, days)
    return "There are about \(work) of lessons, drills and cases to do and \(free) beside the "
      + "reviews. The plan keeps the order of the roadmap, each topic after those it needs, keeps a "
      + "fifth of the time for case studies and interviews, and leaves out: "
      + plan.leftOut.joined(separator: ", ") + ". With \(needed) minutes a day everything fits."
  }

  /// Says what days without work have done to the plan.
  private func addMissedDays(
    since milliseconds: Int, _ today: CalendarDay, _ session: Session, _ document: inout Document
  ) throws(Diagnostic) {
    let first = CalendarDay(atMilliseconds: milliseconds).number
    guard first < today.number else { return }
    let active = try session.remembering { () throws(StoreError) in
      try session.store.activeDays(from: first)
    }
    let missed = (first..<today.number).count { !active.contains($0) }
    guard missed > 0 else { return }
    document.add(
      .text(
        "Since you made the plan \(missed) of \(today.number - first) days passed without work; what "
          + "was for them is spread over the days that are left."))
  }
}
