import Drills
import Estimation
import Kernel

/// Reads the YAML of a fenced block of a lesson.
struct LessonTaskReader {
  /// The words after a fence that make it something to do.
  static let words = ["question", "predict", "do", "drill", "estimate", "claim", "note"]

  let file: String
  /// The line of the fence.
  let line: Int
  let topic: String
  let sources: [Source]
  /// What estimates may use by name.
  let reference: EstimateReference
  /// Reads a design of a case, for the names of its figures.
  let design: DesignLookup

  /// The task that a block called `word` writes as `text`.
  func task(_ word: String, _ text: String) throws(Diagnostic) -> LessonTask {
    let field = try YAMLField.parse(text, file: file, lineOffset: line)
    switch word {
    case "question": return try question(field)
    case "predict": return try prediction(field)
    case "do": return try goal(field)
    case "drill":
      let id = try field.map(known: ["id"]).words("id")
      return LessonTask(
        id: id, kind: .drill(id), hints: [], explanation: nil, cites: [], line: line)
    case "estimate": return try estimate(field)
    case "claim": return try claim(field)
    default:
      let map = try field.map(known: ["id", "ask"])
      let ask = try map.words("ask")
      let id = try map.optionalWords("id") ?? "note-\(line)"
      return LessonTask(
        id: id, kind: .note(ask: ask), hints: [], explanation: nil, cites: [], line: line)
    }
  }

  private func finished(
    _ map: YAMLMap, _ kind: LessonTask.Kind, id given: String? = nil
  ) throws(Diagnostic) -> LessonTask {
    var id = given ?? ""
    if given == nil { id = try map.words("id") }
    return LessonTask(
      id: id, kind: kind, hints: try map.strings("hints"),
      explanation: try map.optionalWords("explain"), cites: try map.cites("cite", of: sources),
      line: line)
  }

  private func question(_ field: YAMLField) throws(Diagnostic) -> LessonTask {
    let shared = ["id", "kind", "ask", "hints", "explain", "cite"]
    let kindField = try field.anyMap().required("kind")
    switch try kindField.string() {
    case "choice":
      let map = try field.map(known: shared + ["options"])
      return try finished(map, .choice(ask: map.words("ask"), options: options(map)))
    case "number":
      let map = try field.map(known: shared + ["answer", "tolerance", "measure", "unit"])
      return try finished(map, .number(number(map)))
    case "order":
      let map = try field.map(known: shared + ["items"])
      let items = try map.required("items").strings()
      guard items.count > 2, Set(items).count == items.count else {
        throw try map.required("items").complaint(
          "An order needs at least three items that differ.", expected: "three or more items")
      }
      return try finished(map, .order(ask: map.words("ask"), items: items))
    case let other:
      let known = ["choice", "number", "order"]
      throw kindField.complaint(
        "There is no kind of question called '\(other)'.", found: other,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: other, in: known))
    }
  }

  private func options(_ map: YAMLMap) throws(Diagnostic) -> [ChoiceOption] {
    var options: [ChoiceOption] = []
    let field = try map.required("options")
    for item in try field.list() {
      let option = try item.map(known: ["text", "right", "because"])
      options.append(
        ChoiceOption(
          text: try option.words("text"), isRight: try option.optional("right")?.flag() ?? false,
          because: try option.words("because")))
    }
    guard (2...6).contains(options.count) else {
      throw field.complaint(
        "A choice needs 2 to 6 options.", found: "\(options.count)", expected: "2 to 6 options")
    }
    guard options.contains(where: \.isRight), options.contains(where: { !$0.isRight }) else {
      throw field.complaint(
        "A choice needs an option that is right and one that is wrong.",
        expected: "'right: true' at one option, not at all")
    }
    return options
  }

  private func number(_ map: YAMLMap) throws(Diagnostic) -> NumberQuestion {
    let answerField = try map.required("answer")
    let text = try answerField.words()
    var unit: Unit?
    if let field = map.optional("unit") { unit = try self.unit(field) }
    var measure: (show: Demonstration, figure: String)?
    if let field = map.optional("measure") {
      let inner = try field.map(known: ["show", "figure"])
      let show = try demonstration(inner)
      let figure = try figure(inner.required("figure"), among: show)
      measure = (show, figure.name)
      unit = figure.unit
    }
    let known: Unit
    if let unit { known = unit } else { known = try Self.guessedUnit(of: text, answerField) }
    guard let answer = known.value(from: text) else {
      throw answerField.complaint(
        "'\(text)' is no figure in this unit.", found: text,
        expected: "a figure such as \(known.example)")
    }
    var tolerance = abs(answer) * 0.05
    if let field = map.optional("tolerance") {
      let text = try field.words()
      guard let value = known.value(from: text), value >= 0 else {
        throw field.complaint(
          "'\(text)' is no tolerance in this unit.", found: text,
          expected: "a figure such as \(known.example)")
      }
      tolerance = value
    }
    return NumberQuestion(
      ask: try map.words("ask"), answer: answer, tolerance: tolerance, unit: known,
      suffix: Self.suffix(of: text), measure: measure)
  }

  private func unit(_ field: YAMLField) throws(Diagnostic) -> Unit {
    let word = try field.words()
    guard let unit = Unit(rawValue: word) else {
      let known = Unit.allCases.map(\.rawValue)
      throw field.complaint(
        "There is no unit called '\(word)'.", found: word,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: word, in: known))
    }
    return unit
  }

  private static func suffix(of text: String) -> String {
    String(text.reversed().prefix { $0.isLetter || "%/".contains($0) }.reversed())
  }

  private static func guessedUnit(
    of text: String, _ field: YAMLField
  ) throws(Diagnostic) -> Unit {
    if text.hasSuffix("%") { return .fraction }
    if text.hasSuffix("/s") { return .perSecond }
    if Unit.count.value(from: text) != nil { return .ratio }
    if Unit.seconds.value(from: text) != nil { return .seconds }
    if Unit.bytes.value(from: text) != nil { return .bytes }
    throw field.complaint(
      "'\(text)' is no figure.", found: text, expected: "a figure such as 80 %, 50 ms or 1200")
  }
}

extension LessonTaskReader {
  fileprivate func prediction(_ field: YAMLField) throws(Diagnostic) -> LessonTask {
    let map = try field.map(
      known: ["id", "ask", "as", "setup", "after", "figure", "hints", "explain", "cite"])
    let bench = try freshBench(map)
    let figureField = try map.required("figure")
    let figure = try self.figure(figureField, among: bench.facts.map { ($0.name, $0.unit) })
    let after = try map.required("after").strings()
    guard !after.isEmpty else {
      throw try map.required("after").complaint(
        "A prediction needs lines that make it happen.", expected: "at least one bench line")
    }
    return try finished(
      map,
      .predict(
        BenchPrediction(
          ask: map.words("ask"), preset: map.optionalWords("as"), setup: map.strings("setup"),
          after: after, figure: figure.name, unit: figure.unit)))
  }

  fileprivate func goal(_ field: YAMLField) throws(Diagnostic) -> LessonTask {
    let map = try field.map(
      known: ["id", "ask", "as", "setup", "until", "solution", "hints", "explain", "cite"])
    let bench = try freshBench(map)
    let untilField = try map.required("until")
    let until = try condition(untilField, units: bench.facts.map { ($0.name, $0.unit) })
    return try finished(
      map,
      .reach(
        BenchGoal(
          ask: map.words("ask"), preset: map.optionalWords("as"), setup: map.strings("setup"),
          until: until, solution: map.required("solution").strings())))
  }

  fileprivate func claim(_ field: YAMLField) throws(Diagnostic) -> LessonTask {
    let map = try field.map(known: ["id", "say", "show", "expect", "cite"])
    let show = try demonstration(map)
    let expectation = try condition(map.required("expect"), units: figures(of: show))
    let claim = Claim(statement: try map.words("say"), show: show, expectation: expectation)
    return try finished(
      map, .claim(claim), id: map.optionalWords("id") ?? "claim-\(line)")
  }

  fileprivate func demonstration(_ map: YAMLMap) throws(Diagnostic) -> Demonstration {
    let field = try map.required("show")
    do {
      return try Demonstration(field.words())
    } catch {
      throw error.file == nil ? field.placed(error) : error
    }
  }

  private func freshBench(_ map: YAMLMap) throws(Diagnostic) -> any Bench {
    do {
      return try TopicRegistry.topic(topic).bench(as: map.optionalWords("as"))
    } catch {
      throw error.file == nil ? (map.optional("as") ?? map.field).placed(error) : error
    }
  }

  private func condition(
    _ field: YAMLField, units: [(name: String, unit: Unit)]
  ) throws(Diagnostic) -> Condition {
    do {
      return try Condition(field.words(), units: units)
    } catch {
      throw error.file == nil ? field.placed(error) : error
    }
  }

  /// The figures that a demonstration yields.
  ///
  /// A drill's are those of all scenarios of its topic; the proof runs it and sees which.
  private func figures(of show: Demonstration) throws(Diagnostic) -> [(name: String, unit: Unit)] {
    switch show.action {
    case .bench(let topic, let preset, _):
      return try TopicRegistry.topic(topic).bench(as: preset).facts.map { ($0.name, $0.unit) }
    case .estimate(let lines): return try EstimateDemonstration(lines).units(reference)
    case .design(let id, _, _, _):
      return try design(id).metrics.map { ($0.name, $0.unit) }
    case .drill(let id, _, _, _) where !TopicRegistry.topics.contains { id.hasPrefix($0.id + "/") }:
      // A drill of a case runs one of its designs; which one stands in the drill's own file.
      return try design(id).metrics.map { ($0.name, $0.unit) }
    case .drill(let id, _, _, _):
      let topic = try TopicRegistry.topic(String(id.prefix { $0 != "/" }))
      return topic.scenarios.flatMap(\.metrics).map { ($0.name, $0.unit) }
    }
  }

  fileprivate func figure(
    _ field: YAMLField, among show: Demonstration
  ) throws(Diagnostic) -> (name: String, unit: Unit) {
    let known: [(name: String, unit: Unit)]
    do { known = try figures(of: show) } catch { throw field.placed(error) }
    return try figure(field, among: known)
  }

  fileprivate func figure(
    _ field: YAMLField, among known: [(name: String, unit: Unit)]
  ) throws(Diagnostic) -> (name: String, unit: Unit) {
    let name = try field.words()
    guard let figure = known.first(where: { $0.name == name }) else {
      throw field.complaint(
        "There is no figure called '\(name)'.", found: name,
        expected: Diagnostic.oneOf(known.map(\.name)),
        suggestion: NearestWord.nearest(to: name, in: known.map(\.name)))
    }
    return figure
  }
}
