import Drills
import Kernel
import Presentation

/// `alerts`: when an alert would have fired in the last run, and how long after the first harm.
struct AlertsCommand: Command {
  let spec = CommandSpec(
    "alerts", .touching, arguments: [.init("RULE", isOptional: true, isRest: true)],
    examples: [
      ("alerts", "the drill's objectives as alerts on the last run"),
      ("alerts p99 > 0.05 for 5s", "when this rule would have fired, evaluated every second"),
    ],
    isPromptOnly: true,
    "Shows when an alert would have fired in the last run, and how long after the first harm.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let inspected = try session.inspectedRun()
    let telemetry = RunTelemetry(inspected.outcome)
    var document = Document([inspected.heading])
    var rules: [(query: String, wait: TimeSpan)] = []
    if call.text.isEmpty {
      for judgement in inspected.run.judgements {
        guard let query = telemetry.violation(of: judgement.clause) else { continue }
        rules.append((query, .zero))
      }
      guard !rules.isEmpty else {
        let names = telemetry.gauges.map(\.name).joined(separator: ", ")
        document.add(
          .text(
            "No objective is about a figure that is recorded over time. Write a rule, as in "
              + "'alerts \(telemetry.gauges.first?.name ?? "p99") > 1 for 5s'. Names: \(names)."))
        return Reply(document)
      }
    } else {
      rules.append(try Self.rule(call.text))
    }
    for rule in rules { document = document + (try section(rule.query, rule.wait, telemetry)) }
    if let harm = telemetry.firstHarm {
      document.add(.text("The first harm in the trace is at \(Self.time(harm))."))
    } else {
      document.add(.text("The trace holds no harm: an alert that fires here is a false one."))
    }
    return Reply(document)
  }

  /// `QUERY for SPAN`, or a query alone.
  private static func rule(
    _ text: String
  ) throws(Diagnostic) -> (query: String, wait: TimeSpan) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count > 2, words[words.count - 2] == "for" else { return (text, .zero) }
    guard let wait = TimeSpan(text: words[words.count - 1]) else {
      throw Diagnostic(
        "'\(words[words.count - 1])' is no time to wait for.", found: words[words.count - 1],
        expected: "5s or 1min")
    }
    return (words.dropLast(2).joined(separator: " "), wait)
  }

  private func section(
    _ query: String, _ wait: TimeSpan, _ telemetry: RunTelemetry
  ) throws(Diagnostic) -> Document {
    let moments = try telemetry.alert(query, for: wait)
    let title = wait == .zero ? query : "\(query) for \(wait)"
    var document = Document([.paragraph(.code(title))])
    guard !moments.isEmpty else {
      document.add(.text("Never pending, never firing."))
      return document
    }
    let lines = moments.prefix(12).map { moment in
      Moment(
        time: Self.time(moment.at), part: moment.event, text: Text(Self.after(moment, telemetry)),
        tone: moment.event == "firing" ? .bad : moment.event == "resolved" ? .good : nil)
    }
    document.add(.timeline(Array(lines)))
    if moments.count > 12 { document.add(.text("And \(moments.count - 12) more changes.")) }
    return document
  }

  private static func after(
    _ moment: RunTelemetry.AlertMoment, _ telemetry: RunTelemetry
  ) -> String {
    let labels = moment.labels == "{}" ? "" : moment.labels
    guard moment.event == "firing", let harm = telemetry.firstHarm else { return labels }
    let gap = moment.at - harm
    let story =
      gap >= 0 ? "\(time(gap)) after the first harm" : "\(time(-gap)) before the first harm"
    return labels.isEmpty ? story : "\(labels) \(story)"
  }

  private static func time(_ milliseconds: Int64) -> String {
    "\(TimeSpan.nanoseconds(milliseconds * 1_000_000))"
  }
}
