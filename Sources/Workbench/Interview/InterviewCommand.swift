import Curriculum
import Kernel
import Presentation
import Progress

/// `interview`: a mock interview on a case, with a clock, follow-ups and a report.
struct InterviewCommand: Command {
  let spec = CommandSpec(
    "interview", .cases, arguments: [.init("CASE", completion: .cases)],
    options: [
      .init("--minutes", "N", "how long it takes; 45 unless given"),
      .init(
        "--level", "NAME", completion: .words(InterviewLevel.allCases.map(\.rawValue)),
        "mid, senior or staff; senior unless given"),
      .init("--new", "begins anew although one on this case is not finished"),
    ],
    examples: [
      ("interview netflix", "three quarters of an hour at senior level"),
      ("interview url-shortener --minutes 15 --level mid", "a short one"),
    ],
    "Holds a mock interview: stages on a clock, a design that is run and broken, a report.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let topic = call.argument(0) ?? ""
    let known = session.library.interviewTopics
    guard known.contains(topic) else { throw .unknown("case", topic, known: known) }
    let minutes = Int(clamping: try call.number("--minutes") ?? 45)
    guard InterviewPlan.range.contains(minutes) else {
      throw Diagnostic(
        "An interview does not take \(minutes) minutes.", found: "\(minutes)",
        expected: "\(InterviewPlan.range.lowerBound) to \(InterviewPlan.range.upperBound) minutes")
    }
    let level = try InterviewLevel.named(call.value("--level") ?? "senior")
    let plan = InterviewPlan(topic: topic, minutes: minutes, level: level)
    let isBare = call.value("--minutes") == nil && call.value("--level") == nil
    if !call.has("--new"), let open = try session.openInterview(on: topic),
      isBare || open.interview.plan == plan
    {
      return Reply(try session.resume(open))
    }
    return Reply(try session.begin(plan))
  }
}

/// `interview resume`: the last interview that is not finished, at the exact place.
struct InterviewResumeCommand: Command {
  let spec = CommandSpec(
    "interview resume", .cases, "Goes on with the last interview that is not finished.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard let open = try session.openInterview(on: nil) else {
      throw Diagnostic(
        "No interview is open.",
        expected: "'interview CASE' with one of: "
          + session.library.interviewTopics.joined(separator: ", "))
    }
    return Reply(try session.resume(open))
  }
}

/// `interview report`: what the last interview came to.
struct InterviewReportCommand: Command {
  let spec = CommandSpec(
    "interview report", .cases,
    options: [.init("--json", "prints one JSON document")],
    "Shows what the last interview came to.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let last = try session.lastInterview()
    let report = try last.interview.report()
    guard call.has("--json") else {
      return Reply(try InterviewReportView.document(last.interview, report, session.library))
    }
    return Reply(json: InterviewReportView.json(last.interview.plan, report).pretty())
  }
}

/// `interview list`: the interviews that were held.
struct InterviewListCommand: Command {
  let spec = CommandSpec("interview list", .cases, "Lists the interviews that were begun.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var rows: [[Text]] = []
    for kept in try session.keptInterviews() {
      let report = try kept.interview.report()
      let isOver = kept.interview.phase == .over
      rows.append([
        .code(kept.interview.plan.topic), Text("\(kept.interview.plan.minutes) min"),
        Text(kept.interview.plan.level.rawValue),
        Text(isOver ? report.recommendation?.rawValue ?? "not judged" : "open"),
        Text(isOver ? "\(report.met) of \(report.judged)" : ""),
      ])
    }
    guard !rows.isEmpty else { return Reply("No interview was begun yet: 'interview CASE'.") }
    return Reply(
      Document([
        .table(
          Table(
            [
              .init("case"), .init("time", .trailing), .init("level"), .init("outcome"),
              .init("points", .trailing),
            ], rows))
      ]))
  }
}
