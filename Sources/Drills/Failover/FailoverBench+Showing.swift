import Kernel
import Patterns
import Presentation
import Simulation

/// A universe as the failover bench shows it: a plain value.
struct FailoverSnapshot: Sendable {
  struct Row: Sendable {
    let name: String
    let process: String
    let role: String
    let token: Int?
    let length: Int
  }

  var rows: [Row] = []
  var events: [Trace.Event] = []
  var facts: [Measurement] = []
  var answered = 0
  var lease: LeaseRecord?
  var violation: InvariantViolation?
}

extension FailoverUniverse {
  /// The universe as a plain value.
  func snapshot() -> FailoverSnapshot {
    var view = FailoverSnapshot()
    let leading = leaders
    view.rows = setup.roster.nodes.map { member in
      let machine = node(member)
      let process =
        switch cluster.environment.processes.condition(member) {
        case .running: "runs"
        case .paused: "stands still"
        case .down: "dead"
        }
      let role =
        leading.contains(member) ? "leads" : machine?.token == nil ? "stands by" : "elected"
      let log = machine?.log ?? cluster.durable(member).log
      let items = cluster.durable(member).carts.reduce(0) { $0 + $1.items.count }
      return FailoverSnapshot.Row(
        name: name(member), process: process, role: machine == nil ? "-" : role,
        token: machine?.token, length: setup.isActiveActive ? items : log.count)
    }
    view.events = cluster.environment.trace.events
    view.answered = answered.count
    view.lease = setup.roster.nodes.compactMap { node($0)?.lease }.max { $0.version < $1.version }
    view.violation = violation?.violation
    let own = [
      Measurement("time", now.seconds, .seconds),
      Measurement("leaders", Double(leading.count), .count),
      Measurement("answered", Double(answered.count), .count),
      Measurement("token", Double(leading.compactMap { node($0)?.token }.max() ?? 0), .count),
      Measurement(
        "standby_behind",
        Double((view.rows.map(\.length).max() ?? 0) - (view.rows.map(\.length).min() ?? 0)), .count),
    ]
    let measured = meters.measurements(
      until: now, from: .zero + FailoverSetup.warmUp, lost: lost().count)
    let left = ["detection_time", "takeover_time", "longest_outage", "availability"]
    view.facts = own + measured.filter { !left.contains($0.name) }
    return view
  }
}

extension FailoverBench {
  var facts: [Measurement] {
    view.facts + [
      Measurement("checks_up", figures.checker.map { $0.isUp ? 1 : 0 }, .count),
      Measurement("checks", Double(figures.checks), .count),
      Measurement("phi", figures.phi, .ratio),
      Measurement("suspected_after", figures.suspectedAfter?.seconds, .seconds),
      Measurement("restarts", figures.restarts.map(Double.init), .count),
      Measurement("last_wait", figures.lastWait?.seconds, .seconds),
      Measurement("gave_up", figures.gaveUp.map { $0 ? 1 : 0 }, .count),
      Measurement("computed", figures.computed, .fraction),
      Measurement("measured", figures.measured, .fraction),
      Measurement("outages", figures.outages.map(Double.init), .count),
      Measurement("tokens_refused", figures.gate.map { Double($0.refusals) }, .count),
    ]
  }

  func show() -> Document {
    let columns = ["node", "process", "role", "token", "writes"].map { Table.Column($0) }
    let rows = view.rows.map { row in
      [
        Text(row.name), Text.toned(row.process, row.process == "runs" ? .good : .bad),
        Text(row.role), Text(row.token.map(String.init) ?? "-"), Text("\(row.length)"),
      ]
    }
    var reply = Document([.table(Table(columns, rows))])
    if let lease = view.lease, plain.word("election") == "lease" {
      let holder = lease.holder.map { setup.roster.roster.name($0) } ?? "nobody"
      reply.add("The lease: held by \(holder), token \(lease.token), version \(lease.version).")
    }
    reply.add("It is \(now) since the universe began.")
    return reply
  }

  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    let events = view.events.dropFirst(seen)
    var reply = Document()
    if !events.isEmpty {
      reply.add(
        .timeline(
          events.suffix(setup.sentinel == nil ? 16 : 40).map { event in
            let tone: Tone? =
              switch event.weight {
              case .fault, .harm: .bad
              case .recovery: .good
              case .change: nil
              }
            return Moment(
              time: "\(event.at)", part: event.part, text: Text(event.detail), tone: tone)
          }))
    }
    let leading = view.rows.filter { $0.role == "leads" }.map(\.name)
    reply.add(
      "\(now): " + (leading.isEmpty ? "nobody leads" : "\(leading.joined(separator: ", ")) leads")
        + ", \(view.answered) writes answered")
    return reply
  }

  mutating func phi(_ line: BenchLine) throws(Diagnostic) -> Document {
    let spans = line.arguments.compactMap { TimeSpan(text: $0) }
    let isPossible = spans.allSatisfy { $0 >= .zero && $0 <= .hours(1) }
    guard isPossible, spans.count == line.arguments.count, (2...3).contains(spans.count),
      spans[0] > .zero
    else {
      throw Diagnostic(
        "'\(line.text)' needs a gap and a silence of at most an hour.", found: line.text,
        expected: "phi GAP SILENCE, as in phi 1s 1400ms")
    }
    let (gap, silence) = (spans[0], spans[1])
    let jitter = spans.count > 2 ? spans[2] : .zero
    let plain = plain
    var detector = PhiAccrualDetector(
      model: PhiAccrualDetector.Model(rawValue: plain.word("phi.model")) ?? .normal,
      minDeviation: plain.span("phi.minimum.deviation"), acceptablePause: plain.span("phi.pause"),
      firstEstimate: gap)
    var random = RandomStream(seed: Self.seed, name: "bench/heartbeats")
    var at = Instant.zero
    detector.heard(at: at)
    for _ in 0..<1_200 {
      // Gaps around the mean, none shorter than nothing.
      at += max(.milliseconds(1), gap + jitter * random.normal())
      detector.heard(at: at)
    }
    let phi = detector.phi(at: at + silence)
    figures.phi = phi
    let threshold = plain.number("phi.threshold")
    var low = TimeSpan.zero
    var high = TimeSpan.hours(24)
    for _ in 0..<60 {
      let middle = low + (high - low) / 2
      if detector.phi(at: at + middle) > threshold { high = middle } else { low = middle }
    }
    figures.suspectedAfter = high
    return Document([
      .text("phi is \(Unit.ratio.text(phi)) after \(silence) of silence"),
      .text("It passes \(Unit.ratio.text(threshold)) after \(high)."),
    ])
  }

  mutating func uptime(_ line: BenchLine) throws(Diagnostic) -> Document {
    let words = line.arguments
    guard words.count >= 4, let parts = Int(words[0]), (1...20).contains(parts),
      let needed = Int(words[1]), (1...parts).contains(needed),
      let up = TimeSpan(text: words[2]), let down = TimeSpan(text: words[3]), up > .zero,
      down > .zero, up <= .hours(100_000), down <= .hours(10_000)
    else {
      throw Diagnostic(
        "'\(line.text)' is no set of parts.", found: line.text,
        expected: "uptime PARTS NEEDED MTBF MTTR, as in uptime 2 1 99h 1h")
    }
    let shared = words.count > 4 ? Unit.fraction.value(from: words[4]) ?? 0 : 0
    let model = AvailabilityModel(
      parts: parts, needed: needed, meanUp: up, meanDown: down, shared: shared)
    var random = RandomStream(seed: Self.seed, name: "bench/uptime")
    // Long enough for about 10,000 failures of each part.
    let span = TimeSpan(seconds: min(8e9, (up + down).seconds * 10_000))
    let result = model.run(for: span, &random)
    figures.computed = model.computed
    figures.measured = result.availability
    figures.outages = result.outages
    return Document([
      .text("by the formula \(percent(model.computed)), measured \(percent(result.availability))"),
      .text("\(result.outages) outages, the longest \(result.longest)"),
    ])
  }

  private func percent(_ share: Double) -> String {
    DecimalText.significant(share * 100, digits: 7) + " %"
  }
}
