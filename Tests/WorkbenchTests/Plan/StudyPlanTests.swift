import Kernel
import Testing
@testable import Workbench

@Suite("Study plan") struct StudyPlanTests {
  private func work(
    _ subject: String, _ kind: StudyWork.Kind, _ number: Int, _ minutes: Int
  ) -> StudyWork {
    StudyWork(
      subject: subject, kind: kind, title: "step \(number): \(subject)", command: "open \(subject)",
      reason: "on the roadmap", minutes: minutes)
  }

  /// A backlog drawn by chance: topics, cases and weak spots of some size.
  private func backlog(_ seed: UInt64) -> StudyBacklog {
    var random = RandomStream(seed: seed, name: "plan")
    var backlog = StudyBacklog()
    for topic in 0..<Int(random.next() % 8) {
      let works = (0..<Int(random.next() % 12)).map {
        work("topic-\(topic)", .step, $0 + 1, 1 + Int(random.next() % 40))
      }
      backlog.topics.append(("topic-\(topic)", works))
    }
    for study in 0..<Int(random.next() % 3) {
      let works = (0..<Int(random.next() % 8)).map {
        work("case-\(study)", .caseStudy, $0 + 1, 1 + Int(random.next() % 30))
      }
      backlog.cases.append(("case-\(study)", works))
    }
    backlog.weak = (0..<Int(random.next() % 5)).map { work("weak", .weak, $0, 5) }
    return backlog
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>) func keepsItsPromises(_ seed: UInt64) {
    let backlog = backlog(seed)
    var random = RandomStream(seed: seed, name: "days")
    let minutes = 10 + Int(random.next() % 110)
    let count = 1 + Int(random.next() % 60)
    let reviews = (0..<count).map { _ in Int(random.next() % 90) }
    let plan = StudyPlan(
      today: CalendarDay(number: 20_000), date: CalendarDay(number: 20_000 + count),
      minutesPerDay: minutes, reviewsByDay: reviews, backlog: backlog)
    #expect(plan.days.count == count)
    for day in plan.days {
      #expect(day.minutes <= minutes, "\(day.day.text) is too full")
      #expect(day.reviewMinutes <= minutes / 2)
    }
    // Each piece is done in one row of days, in its order, and never for longer than it takes.
    let entries = plan.days.flatMap(\.entries)
    for (id, works) in backlog.topics {
      let own = entries.filter { $0.work.subject == id }
      #expect(plan.leftOut.contains(id) ? own.isEmpty : true, "\(id) is left out and planned")
      var seen: [StudyWork] = []
      for entry in own where seen.last != entry.work { seen.append(entry.work) }
      #expect(Array(works.prefix(seen.count)) == seen, "\(id) is out of order")
      for work in Set(own.map(\.work)) {
        let sum = own.filter { $0.work == work }.reduce(0) { $0 + $1.minutes }
        #expect(sum <= work.minutes)
        let isEnded = own.contains { $0.work == work && !$0.continues }
        #expect(!isEnded || sum == work.minutes, "\(work.title) ends too early")
      }
    }
  }

  @Test func everythingIsDoneWhereThereIsTime() {
    for seed in 1...50 as ClosedRange<UInt64> {
      let backlog = backlog(seed)
      let plan = StudyPlan(
        today: CalendarDay(number: 20_000), date: CalendarDay(number: 20_400), minutesPerDay: 60,
        reviewsByDay: [], backlog: backlog)
      #expect(plan.leftOut.isEmpty)
      let planned = plan.days.flatMap(\.entries).reduce(0) { $0 + $1.minutes }
      #expect(planned == backlog.minutes)
    }
  }

  /// A topic is never planned while one that it needs has no time.
  @Test(arguments: 1...100 as ClosedRange<UInt64>) func whatIsNeededComesFirst(_ seed: UInt64) {
    var backlog = backlog(seed)
    let ids = backlog.topics.map(\.id)
    for (place, id) in ids.enumerated().dropFirst() { backlog.needs[id] = [ids[place - 1]] }
    let plan = StudyPlan(
      today: CalendarDay(number: 20_000), date: CalendarDay(number: 20_004), minutesPerDay: 30,
      reviewsByDay: [], backlog: backlog)
    let planned = Set(
      plan.days.flatMap(\.entries).filter { $0.work.kind == .step }.map(\.work.subject))
    for (id, needs) in backlog.needs where planned.contains(id) {
      #expect(needs.allSatisfy { !plan.leftOut.contains($0) }, "\(id) comes before \(needs)")
    }
  }

  @Test func aFifthIsKeptForCases() {
    var backlog = StudyBacklog()
    for topic in 0..<10 {
      backlog.topics.append(("topic-\(topic)", [work("topic-\(topic)", .step, 1, 100)]))
    }
    backlog.cases = [("netflix", [work("netflix", .caseStudy, 1, 60)])]
    let plan = StudyPlan(
      today: CalendarDay(number: 20_000), date: CalendarDay(number: 20_010), minutesPerDay: 40,
      reviewsByDay: [], backlog: backlog)
    let subjects = Set(plan.days.flatMap(\.entries).map(\.work.subject))
    #expect(subjects == ["topic-0", "topic-1", "topic-2", "netflix"])
    #expect(plan.leftOut == (3..<10).map { "topic-\($0)" })
    #expect(plan.days.flatMap(\.entries).last?.work.subject == "netflix")
  }
}

@Suite("Days of the calendar") struct CalendarDayTests {
  /// Walks through 140 years a day at a time, by the rule of leap years alone.
  @Test func agreesWithCounting() throws {
    var (year, month, day) = (1970, 1, 1)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    for number in 0..<51_000 {
      let text = "\(year)-\(two(month))-\(two(day))"
      #expect(try CalendarDay(text).number == number)
      #expect(CalendarDay(number: number).text == text)
      let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(CalendarDay(number: 20_784).textWithWeekday == "Fri 2026-11-27")
  }

  @Test(arguments: ["2027-02-29", "2027-13-01", "2027-1-5", "tomorrow", "2027-01", "1969-12-31"])
  func refuses(_ text: String) {
    #expect(throws: Diagnostic.self) { _ = try CalendarDay(text) }
  }
}
