import Drills
import Kernel
import Presentation
import Simulation

extension MysteryDesk {
  /// The events that a page of the log holds.
  static let pageLength = 12

  func claims(_ line: String) -> Bool { words.contains(BenchLine(line).name) }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    let word = BenchLine(line).name
    guard !isOver, let question = Question(rawValue: word) else { return nil }
    let rest = String(line.dropFirst(word.count)).trimmed
    switch question {
    case .suspects: return MysteryView.suspects(mystery)
    case .name, .accuse:
      guard !rest.isEmpty else {
        throw Diagnostic(
          "'\(word)' needs a suspect after it.", found: word, expected: "\(word) SUSPECT",
          suggestion: "suspects")
      }
      return try answer(rest, session)
    case .metrics, .metric, .series, .logs, .trace, .findings, .history, .baseline, .rerun:
      return try ask(question, rest)
    }
  }

  /// Answers a question about the run, and says what is left to ask for.
  func ask(_ question: Question, _ rest: String) throws(Diagnostic) -> Document {
    let reply: Document
    switch question {
    case .metrics: return MysteryView.metrics(mystery.scenario.metrics)
    case .metric:
      guard !rest.isEmpty else { return MysteryView.metrics(mystery.scenario.metrics) }
      reply = try metric(rest)
    case .series:
      guard !rest.isEmpty else { return MysteryView.names(of: outcome.series) }
      reply = try series(rest)
    case .logs: reply = try logs(rest)
    case .trace:
      try pay(for: .trace, "trace")
      reply = WhyView.document(outcome, limit: 12)
    case .findings, .history:
      try pay(for: .findings, "findings")
      reply = MysteryView.findings(outcome)
    case .baseline: reply = try baseline(rest)
    case .rerun: reply = try rerun(rest)
    case .suspects, .name, .accuse: return Document()
    }
    return reply + budget()
  }

  private func measurement(_ name: String) throws(Diagnostic) -> Measurement {
    guard let measured = outcome.measurement(name) else {
      throw .unknown("figure", name, known: mystery.scenario.metrics.map(\.name))
    }
    return measured
  }

  private func metric(_ name: String) throws(Diagnostic) -> Document {
    let measured = try measurement(name)
    try pay(for: .metric, "metric \(name)")
    let summary = mystery.scenario.metrics.first { $0.name == name }?.summary ?? ""
    return Document([
      .paragraph(
        Text([
          .code(name), .plain("  "), .strong(measured.text), .toned("  \(summary)", .quiet),
        ]))
    ])
  }

  private func baseline(_ name: String) throws(Diagnostic) -> Document {
    guard !name.isEmpty else {
      throw Diagnostic(
        "'baseline' needs a figure after it.", found: "baseline", expected: "baseline NAME",
        suggestion: "metrics")
    }
    let measured = try measurement(name)
    try pay(for: .baseline, "baseline \(name)")
    let usual = healthy.measurement(name)?.text ?? "none"
    return Document([
      .table(
        Table(
          [.init("figure"), .init("here", .trailing), .init("healthy", .trailing)],
          [[.code(name), .strong(measured.text), Text(usual)]]))
    ])
  }

  private func series(_ name: String) throws(Diagnostic) -> Document {
    guard let line = outcome.series.first(where: { $0.name == name }) else {
      throw .unknown("series", name, known: outcome.series.map(\.name))
    }
    try pay(for: .series, "series \(name)")
    return Document([RunView.chart([line], lasting: outcome.duration)])
  }

  /// The next page of the events that name `word` as part, kind, or in their sentence.
  private func logs(_ word: String) throws(Diagnostic) -> Document {
    let events = outcome.trace.events.filter { event in
      word.isEmpty || event.part == word || event.kind == word || event.detail.contains(word)
    }
    let first = shownEvents[word] ?? 0
    guard !events.isEmpty else {
      return Document([.text("Nothing that was recorded names '\(word)'; this costs nothing.")])
    }
    guard first < events.count else {
      shownEvents[word] = 0
      let again = word.isEmpty ? "logs" : "logs \(word)"
      return Document([.text("That was all. '\(again)' begins anew, and is paid for.")])
    }
    try pay(for: .logs, "logs \(word) from \(first)")
    let page = events[first..<min(events.count, first + Self.pageLength)]
    shownEvents[word] = first + page.count
    var document = Document([.timeline(page.map(WhyView.moment))])
    let overflow = outcome.trace.overflow
    let lost = overflow > 0 ? "; \(overflow) later ones were not kept" : ""
    document.add(
      .paragraph(
        .toned(
          "events \(first + 1) to \(first + page.count) of \(events.count)\(lost); the same again "
            + "shows the next", .quiet)))
    return document
  }

  /// The hidden mechanism under other settings, or under other faults.
  private func rerun(_ text: String) throws(Diagnostic) -> Document {
    guard !text.isEmpty else {
      throw Diagnostic(
        "'rerun' needs something to change.", found: "rerun",
        expected: "rerun KNOB=VALUE ..., rerun at 5s crash n1, or rerun quiet")
    }
    let isFault = BenchLine(text).name == "at"
    let faults = text == "quiet" ? "" : isFault ? text : nil
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let changes = faults == nil ? try KnobChanges.read(words) : []
    let request = try mystery.request(changing: changes, faults: faults)
    try pay(for: .rerun, "rerun \(text)")
    let probe = mystery.scenario.run(request)
    return Document([
      .text("The same mechanism, \(text == "quiet" ? "without faults" : text):"),
      .table(RunView.figures(probe.measurements)),
    ])
  }
}
