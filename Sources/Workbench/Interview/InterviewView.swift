import Blueprints
import Curriculum
import Drills
import Kernel
import Presentation

/// The screens of an interview while it lasts.
enum InterviewView {
  /// What was said, as it is shown at the prompt; `isWhole` also shows what the candidate said.
  static func turns(
    _ turns: ArraySlice<Interview.Turn>, _ interview: Interview, isWhole: Bool
  ) throws(Diagnostic) -> Document {
    var document = Document()
    for turn in turns {
      switch turn.content {
      case .said(let text), .answered(let text, _):
        if isWhole { document.add(you(text)) }
      case .drew(let line, let came):
        if isWhole { document.add(you(line)) }
        document.add(.code(came.joined(separator: "\n"), language: nil))
      case .opened(let stage, let text):
        document.add(heading(stage, interview.plan))
        document.add(.paragraph(Text(text)))
      case .asked(let text): document.add(.paragraph(asked(text)))
      case .tried: document = document + (try trial(turn, interview))
      case .clock(let text): document.add(.paragraph(.toned("The clock: \(text).", .quiet)))
      }
    }
    return document
  }

  private static func you(_ text: String) -> Text { Text([.toned("you  ", .quiet), .plain(text)]) }

  static func asked(_ text: String) -> Text {
    Text([.toned("interviewer  ", .accent), .plain(text)])
  }

  static func heading(_ stage: InterviewStage, _ plan: InterviewPlan) -> Block {
    let number = "\(stage.rawValue + 1)/\(InterviewStage.allCases.count)"
    let time = ClockText.text(plan.box(stage))
    let title = stage.title.prefix(1).uppercased() + stage.title.dropFirst()
    return .heading(2, Text("\(number) \(title) [\(time)]"))
  }

  // MARK: Trials

  /// What came of a run of the design, and what the interviewer says to it.
  static func trial(
    _ turn: Interview.Turn, _ interview: Interview
  ) throws(Diagnostic) -> Document {
    guard case .tried(let place, let fault, let followUp) = turn.content else { return Document() }
    let design = interview.sketches[place].design
    let run = try interview.subject.trial(design, fault: fault)
    let what = fault.isEmpty ? "your design under the load, nothing broken" : fault
    var document = Document([.paragraph(Text([.toned("run  ", .quiet), .code(what)]))])
    guard let asked = followUp.map({ interview.followUps[$0].followUp }), let trial = asked.trial
    else {
      document.add(.table(objectives(run)))
      document.add(.table(TopologyView.table(design, run.outcome)))
      return fault.isEmpty ? document : document + WhyView.document(run.outcome, limit: 4)
    }
    let judged = try interview.subject.judge(run, trial.expects)
    let mark: Mark = judged.holds ? .met : .missed
    document.add(.paragraph(Text([.mark(mark), .plain(" \(judged.text)\(beside(run))")])))
    document = document + WhyView.document(run.outcome, limit: 4)
    document.add(.paragraph(Self.asked(judged.holds ? asked.saidIfHeld : asked.saidIfBroken)))
    return document
  }

  private static func beside(_ run: DrillRun) -> String {
    let latency = run.outcome.measurement("p99")?.text ?? "none"
    return "; p99 \(latency)"
  }

  private static func objectives(_ run: DrillRun) -> Table {
    Table(
      [.init(""), .init("objective"), .init("wanted", .trailing), .init("measured", .trailing)],
      run.judgements.map { judgement in
        [
          Text([.mark(judgement.isMet ? .met : .missed)]), Text(judgement.clause.name),
          Text(judgement.clause.wanted), Text(judgement.measured?.text ?? "none"),
        ]
      })
  }

  // MARK: Design, clock, help

  /// The design as it stands, with what a reviewer would stop at.
  static func design(_ interview: Interview) -> Document {
    let sketch = interview.sketch
    var document = Document([.code(SketchView.lines(sketch.design), language: nil)])
    let lints = sketch.obstacle == nil ? sketch.design.lints().filter { $0.severity == .hard } : []
    if !lints.isEmpty {
      document.add(.text("\(lints.count) hard lints: \(SketchView.rules(lints))."))
    }
    if let obstacle = sketch.obstacle { document.add(.text("It does not run yet. \(obstacle)")) }
    return document
  }

  /// The time of each stage, and what is left of it all.
  static func clock(_ interview: Interview, now: Double) -> Document {
    let running = now - interview.elapsed
    let rows = InterviewStage.allCases.map { stage -> [Text] in
      let isHere = stage == interview.stage
      let spent = interview.spent[stage.rawValue] + (isHere ? running : 0)
      let box = interview.plan.box(stage)
      let mark: Text = isHere ? .strong("here") : ""
      return [
        Text(stage.title), Text(ClockText.text(box)),
        .toned(ClockText.text(spent), spent > box ? .bad : .good), mark,
      ]
    }
    let total = interview.spent.reduce(0, +) + running
    return Document([
      .table(
        Table(
          [.init("stage"), .init("planned", .trailing), .init("spent", .trailing), .init("")], rows)
      ),
      .text("\(ClockText.text(total)) of \(ClockText.text(interview.plan.seconds)) are over."),
    ])
  }

  /// The subjects that can be gone into.
  static func dives(_ interview: Interview) -> Document {
    let rows = interview.subject.rubric.dives.enumerated().map { number, dive -> [Text] in
      let isOver = interview.dives.contains { $0.dive.id == dive.id }
      return [Text("\(number + 1)"), .code(dive.id), Text(isOver ? "asked" : "")]
    }
    return Document([
      .table(Table([.init(""), .init("subject"), .init("")], rows)),
      .text("'dive NUMBER' picks one; 'ask' leaves it to me."),
    ])
  }

  static func actions(_ stage: InterviewStage, _ interview: Interview) -> [Action] {
    let next = stage.next.map { Action("next", $0.title) } ?? Action("finish")
    let own: [Action]
    switch stage {
    case .requirements, .interfaces, .wrapUp: own = [Action("say it")]
    case .estimates: own = [Action("ANSWER", "with its unit"), Action("skip")]
    case .design: own = [Action("A -> B"), Action("design"), Action("run"), Action("help design")]
    case .dives: own = [Action("say it"), Action("ask", "another"), Action("dives")]
    case .failure: own = [Action("say it"), Action("ask", "another"), Action("run at 30s crash X")]
    }
    return own + [next, Action("clock"), Action("help")]
  }

  /// The dimension to rate oneself in, with what each level looks like.
  static func rating(_ interview: Interview) -> Document {
    guard let dimension = interview.nextRating else { return Document() }
    let number = "\(interview.ratings.count + 1)/\(RubricDimension.allCases.count)"
    let anchors = interview.subject.rubric.anchors[dimension] ?? [:]
    let items = InterviewLevel.allCases.map { level -> [Block] in
      [.paragraph(Text([.strong(level.rawValue), .plain("  \(anchors[level] ?? "")")]))]
    }
    return Document([
      .heading(2, Text("Rate yourself \(number): \(dimension.rawValue)")),
      .list(items, isOrdered: false),
    ])
  }

  static let commands: [(line: String, effect: String)] = [
    ("a sentence", "what you say; 'say' before it when it looks like something else"),
    ("50M streams/s", "an answer to a figure that is asked; 'estimate ID VALUE' corrects one"),
    ("gateway -> service x20 @ 5ms", "a line of the design; 'help design' has more"),
    ("design", "the design as it stands; 'design FILE' reads one, 'design reference' gives up"),
    ("run [at 30s crash NAME]", "runs your design there and then"),
    ("ask, skip", "the next question of this stage"),
    ("dives, dive NUMBER", "the subjects for deep dives, and one of your choice"),
    ("next", "the next stage"),
    ("clock", "time planned and spent"),
    ("wait 5m", "lets time pass"),
    ("pause, continue", "stops the clock; leaving does too, and 'interview resume' goes on"),
    ("undo", "takes your last line back"),
    ("finish", "ends it: rate yourself, then see the report"),
  ]

  static func help() -> Document { Document([.table(table(commands, "you type"))]) }

  static func help(of word: String) -> Document? {
    if word == "design" {
      return Document([
        .table(table(SketchHelp.lines, "line")),
        .text(
          "Names are taken for what they say ('redis' is a cache). Without a 'regions' line there is "
            + "one region, home, with zones a, b and c, and instances spread over them. '@ 5ms' is an "
            + "exponential time of work with that mean. All settings of designs can be named: "
            + "concurrency, queue, shards, acks, capacity, attempts, backoff, budget, breaker, hedge."
        ),
      ])
    }
    let own = commands.filter { command in
      command.line.split(whereSeparator: { " ,".contains($0) }).first.map(String.init) == word
    }
    guard !own.isEmpty else { return nil }
    return Document([.table(table(own, "you type"))])
  }

  private static func table(_ rows: [(line: String, effect: String)], _ title: String) -> Table {
    Table(
      [.init(title), .init("and what it does")], rows.map { [.code($0.line), Text($0.effect)] })
  }
}
