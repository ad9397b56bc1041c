import Estimation
import Kernel
import Presentation

/// `estimate`: evaluates a file or formulas; without either it opens a sheet.
struct EstimateCommand: Command {
  let spec = CommandSpec(
    "estimate", .estimating,
    arguments: [.init("FILE|CASE", isOptional: true, completion: .estimates)],
    options: [
      .init("-e", "LINE", repeats: true, "evaluates a line; several make one estimate"),
      .init("--explain", "NAME", "shows how a value came about; '_' is the last one"),
      .init("--chart", "NAME", "draws the distribution of a value"),
      .init("--seed", "N", "the seed of all draws; 1 unless given"),
      .init("--samples", "N", "how many draws where no formula is known; 100,000 unless given"),
      .init("--json", "prints one JSON document"),
    ],
    examples: [
      ("estimate -e '3.5 GiB/hour -> MB/s'", "one formula"),
      (
        "estimate -e 'users = 50M to 80M users' -e 'users * 40 messages/user/day -> messages/s'",
        "two lines, the first a range you are 90 % sure of"
      ),
      ("estimate whatsapp", "the estimate of a case study"),
      ("estimate whatsapp --explain pictures", "why a value is what it is"),
    ],
    "Evaluates an estimate of a file, a case or lines, with units and ranges; alone opens a sheet.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard call.argument(0) != nil || call.has("-e") else {
      return Reply(try session.open(EstimateDesk()))
    }
    let source = try call.argument(0).map { name throws(Diagnostic) in
      try session.estimateSource(name)
    }
    return try evaluate(call, source, session.notebook.reference)
  }

  /// What a file and lines come to; nothing of the learner's is needed for that.
  func evaluate(
    _ call: CommandCall, _ source: SourceText?, _ reference: EstimateReference
  ) throws(Diagnostic) -> Reply {
    let lines = call.values("-e")
    let options = try Self.options(call)
    var model = EstimateModel()
    var unread: [EstimateComplaint] = []
    if let source { (model, unread) = EstimateModel.read(source) }
    for line in lines {
      try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
        _ = try model.add(SourceText(line))
      }
    }
    return try EstimateReply(model, options, reference, unread: unread).reply(
      call, isSheet: source != nil)
  }

  /// The options that say how an estimate is evaluated.
  static func options(_ call: CommandCall) throws(Diagnostic) -> EstimateOptions {
    var options = EstimateOptions()
    if let seed = try call.number("--seed") { options.seed = seed }
    if let samples = try call.number("--samples") {
      guard (100...10_000_000).contains(samples) else {
        throw Diagnostic(
          "\(samples) samples are no choice.", found: "\(samples)",
          expected: "from 100 to 10,000,000")
      }
      options.samples = Int(samples)
    }
    return options
  }
}

/// What the command line is answered of an estimate.
struct EstimateReply {
  private let model: EstimateModel
  private let options: EstimateOptions
  private let estimator: Estimator
  /// What could not be read.
  private let unread: [EstimateComplaint]

  init(
    _ model: EstimateModel, _ options: EstimateOptions, _ reference: EstimateReference,
    unread: [EstimateComplaint]
  ) {
    self.model = model
    self.unread = unread
    self.options = options
    estimator = Estimator(model, options: options, reference: reference)
  }

  func reply(_ call: CommandCall, isSheet: Bool) throws(Diagnostic) -> Reply {
    let outcomes = try outcomes()
    let fallsShort = outcomes.contains { outcome in
      if case .expectation(let holds, _) = outcome.kind { !holds } else { false }
    }
    return try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      if call.has("--json") {
        let json = try EstimateJSON.model(estimator, options: options)
        return Reply(Document(), json: json.pretty(), fallsShort: fallsShort)
      }
      if let name = call.value("--explain") {
        return Reply(
          try ExplainView.document(estimator, place(of: name)), fallsShort: fallsShort)
      }
      if let name = call.value("--chart") {
        return Reply(
          try ExplainView.chart(estimator, place(of: name)), fallsShort: fallsShort)
      }
      guard !isSheet else {
        return Reply(try EstimateView.model(estimator), fallsShort: fallsShort)
      }
      let shown = outcomes.flatMap(EstimateView.outcome)
      return Reply(
        Document(shown) + EstimateView.remarks(estimator.remarks), fallsShort: fallsShort)
    }
  }

  /// Every outcome; all complaints are told at once.
  private func outcomes() throws(Diagnostic) -> [EstimateOutcome] {
    var outcomes: [EstimateOutcome] = []
    var complaints = unread
    for place in estimator.places {
      do throws(EstimateComplaint) { outcomes.append(try estimator.outcome(at: place)) } catch {
        if !complaints.contains(error) { complaints.append(error) }
      }
    }
    try EstimateNotebook.refuse(complaints)
    return outcomes
  }

  private func place(of name: String) throws(EstimateComplaint) -> Int {
    if name == "_", let last = model.lastPlace { return last }
    if let place = model.definition(of: name) { return place }
    throw EstimateComplaint.unknownName(name, known: model.names)
  }
}
