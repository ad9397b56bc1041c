import Blueprints
import Drills
import Foundation
import Kernel

/// Reads `rubric.yaml`; every complaint names file, line, column and what would do.
struct RubricReader {
  private static let keys = [
    "case", "prompt", "thresholds", "requirements", "estimates", "design", "followups",
    "deep_dives", "mistakes", "anchors",
  ]
  /// Ids of requirements and estimates, which `unsaid` may name.
  private let sayable: [String]

  static func read(_ text: String, file: String, topic: String) throws(Diagnostic) -> Rubric {
    let map = try YAMLField.parse(text, file: file).map(known: keys)
    let name = try map.required("case")
    guard try name.words() == topic else {
      throw name.complaint(
        "The rubric's case does not fit its folder.", found: try name.words(), expected: topic)
    }
    let requirements = try each(map, "requirements", Self.requirement)
    let estimates = try each(map, "estimates", Self.question)
    let reader = RubricReader(sayable: requirements.map(\.id) + estimates.map(\.id))
    return Rubric(
      topic: topic, prompt: try map.words("prompt"),
      thresholds: try thresholds(map.required("thresholds")), requirements: requirements,
      estimates: estimates, rules: try each(map, "design", reader.rule),
      followUps: try each(map, "followups", reader.followUp),
      dives: try each(map, "deep_dives", Self.dive),
      mistakes: try each(map, "mistakes", reader.mistake),
      anchors: try anchors(map.required("anchors")), file: file)
  }

  /// The items of a list; their ids must differ.
  private static func each<Item>(
    _ map: YAMLMap, _ key: String, _ read: (YAMLField) throws(Diagnostic) -> Item
  ) throws(Diagnostic) -> [Item] {
    var items: [Item] = []
    var ids: [String] = []
    for field in try map.required(key).list() {
      let id = try field.anyMap().required("id")
      guard !ids.contains(try id.words()) else {
        throw id.complaint("'\(try id.words())' stands in '\(key)' twice.", found: try id.words())
      }
      ids.append(try id.words())
      items.append(try read(field))
    }
    guard !items.isEmpty else { throw try map.required(key).complaint("'\(key)' is empty.") }
    return items
  }

  private static func requirement(_ item: YAMLField) throws(Diagnostic) -> Rubric.Requirement {
    let map = try item.map(known: ["id", "text", "kind", "words", "levels"])
    let field = try map.required("kind")
    guard let kind = Rubric.Requirement.Kind(rawValue: try field.words()) else {
      let known = Rubric.Requirement.Kind.allCases.map(\.rawValue)
      throw field.placed(.unknown("kind of requirement", try field.words(), known: known))
    }
    var levels: [InterviewLevel] = []
    for item in try map.required("levels").list() { levels.append(try level(item)) }
    return Rubric.Requirement(
      id: try map.words("id"), text: try map.words("text"), kind: kind,
      words: try phrases(map.required("words")), levels: levels)
  }

  private static func question(_ item: YAMLField) throws(Diagnostic) -> Rubric.Question {
    let map = try item.map(known: ["id", "ask", "from", "unit"])
    return Rubric.Question(
      id: try map.words("id"), ask: try map.words("ask"), figure: try map.words("from"),
      unit: try map.required("unit").string(), line: item.line)
  }

  private func rule(_ item: YAMLField) throws(Diagnostic) -> Rubric.Rule {
    let map = try item.map(
      known: ["id", "text", "points", "dimension", "level", "evidence", "practise"])
    return Rubric.Rule(
      id: try map.words("id"), text: try map.words("text"),
      points: try map.required("points").integer(atLeast: 1),
      dimension: try Self.dimension(map.required("dimension")),
      level: try Self.level(map.required("level")),
      evidence: try evidence(map.required("evidence")),
      practise: try map.strings("practise"), line: item.line)
  }

  private func evidence(_ field: YAMLField) throws(Diagnostic) -> Rubric.Evidence {
    let map = try field.map(known: ["any", "component", "lint", "simulate", "objective"])
    if let words = map.optional("any") { return .said(try Self.phrases(words)) }
    if let kinds = map.optional("component") { return .component(try Self.kinds(kinds)) }
    if let rule = map.optional("lint") { return .lint(try Self.lint(rule)) }
    guard let fault = map.optional("simulate") else {
      throw field.complaint(
        "Nothing says what meets this.", expected: "any, component, lint or simulate")
    }
    let objective = try map.required("objective")
    return .simulate(try Self.fault(fault), objective: try Self.condition(objective))
  }

  private func followUp(_ item: YAMLField) throws(Diagnostic) -> Rubric.FollowUp {
    let map = try item.map(known: [
      "id", "ask", "when", "fault", "expects", "say_if_held", "say_if_broken", "level", "practise",
    ])
    var trial: (fault: FaultTemplate, expects: String)?
    if let fault = map.optional("fault") {
      trial = (try Self.fault(fault), try Self.condition(map.required("expects")))
    }
    return Rubric.FollowUp(
      id: try map.words("id"), ask: try map.words("ask"),
      occasion: try occasion(map.required("when")), trial: trial,
      saidIfHeld: try map.words("say_if_held"), saidIfBroken: try map.words("say_if_broken"),
      level: try Self.level(map.required("level")), practise: try map.strings("practise"),
      line: item.line)
  }

  private func occasion(_ field: YAMLField) throws(Diagnostic) -> Rubric.Occasion {
    if (try? field.string()) == "always" { return .always }
    let map = try field.map(known: ["lint", "with", "without", "unsaid"])
    if let rule = map.optional("lint") { return .lint(try Self.lint(rule)) }
    if let kind = map.optional("with") { return .with(try Self.kinds(kind)[0]) }
    if let kind = map.optional("without") { return .without(try Self.kinds(kind)[0]) }
    let id = try map.required("unsaid")
    guard sayable.contains(try id.words()) else {
      throw id.placed(
        .unknown("requirement or estimate", try id.words(), known: sayable))
    }
    return .unsaid(try id.words())
  }

  private static func dive(_ item: YAMLField) throws(Diagnostic) -> Rubric.DeepDive {
    let map = try item.map(known: ["id", "ask", "answer", "look_for", "flips", "practise"])
    return Rubric.DeepDive(
      id: try map.words("id"), ask: try map.words("ask"), answer: try map.words("answer"),
      lookFor: try phrases(map.required("look_for")), flips: try map.words("flips"),
      practise: try map.strings("practise"), line: item.line)
  }

  private func mistake(_ item: YAMLField) throws(Diagnostic) -> Rubric.Mistake {
    let map = try item.map(known: ["id", "words", "when", "say"])
    let made: Rubric.Occasion
    if let when = map.optional("when") {
      made = try occasion(when)
    } else {
      made = .said(try Self.phrases(map.required("words")))
    }
    return Rubric.Mistake(id: try map.words("id"), occasion: made, say: try map.words("say"))
  }
}

extension RubricReader {
  private static func phrases(_ field: YAMLField) throws(Diagnostic) -> [Phrase] {
    var phrases: [Phrase] = []
    for item in try field.list() {
      guard let phrase = Phrase(try item.words()) else {
        throw item.complaint("There is no word to look for.", found: try item.words())
      }
      phrases.append(phrase)
    }
    guard !phrases.isEmpty else { throw field.complaint("There is no word to look for.") }
    return phrases
  }

  private static func kinds(_ field: YAMLField) throws(Diagnostic) -> [String] {
    let items = (try? field.list()) ?? [field]
    var kinds: [String] = []
    for item in items {
      do { kinds.append(try ComponentKind.named(item.words()).name) } catch {
        throw item.placed(error)
      }
    }
    return kinds
  }

  private static func lint(_ field: YAMLField) throws(Diagnostic) -> String {
    let rule = try field.words()
    let known = Lint.rules.map(\.id)
    guard known.contains(rule) else { throw field.placed(.unknown("lint", rule, known: known)) }
    return rule
  }

  private static func fault(_ field: YAMLField) throws(Diagnostic) -> FaultTemplate {
    do { return try FaultTemplate(field.words()) } catch { throw field.placed(error) }
  }

  /// A condition over figures that every design has.
  private static func condition(_ field: YAMLField) throws(Diagnostic) -> String {
    let metrics = BlueprintScenario(Blueprint(id: "", title: "")).metrics
    do {
      _ = try Condition(field.words(), units: metrics.map { ($0.name, $0.unit) })
    } catch { throw error.file == nil ? field.placed(error) : error }
    return try field.words()
  }

  private static func level(_ field: YAMLField) throws(Diagnostic) -> InterviewLevel {
    do { return try InterviewLevel.named(field.words()) } catch {
      throw error.file == nil ? field.placed(error) : error
    }
  }

  private static func dimension(_ field: YAMLField) throws(Diagnostic) -> RubricDimension {
    let name = try field.words()
    guard let dimension = RubricDimension(rawValue: name) else {
      let known = RubricDimension.allCases.map(\.rawValue)
      throw field.placed(.unknown("dimension", name, known: known))
    }
    return dimension
  }

  private static func thresholds(_ field: YAMLField) throws(Diagnostic) -> [InterviewLevel: Double]
  {
    let map = try field.map(known: InterviewLevel.allCases.map(\.rawValue))
    var shares: [InterviewLevel: Double] = [:]
    for level in InterviewLevel.allCases {
      let value = try map.required(level.rawValue)
      guard let share = Unit.fraction.value(from: try value.words()), 0 < share, share <= 1 else {
        throw value.complaint(
          "A threshold is a share of points.", found: try value.words(), expected: "60 %")
      }
      shares[level] = share
    }
    return shares
  }

  private static func anchors(
    _ field: YAMLField
  ) throws(Diagnostic) -> [RubricDimension: [InterviewLevel: String]] {
    let map = try field.map(known: RubricDimension.allCases.map(\.rawValue))
    var anchors: [RubricDimension: [InterviewLevel: String]] = [:]
    for dimension in RubricDimension.allCases {
      let levels = try map.required(dimension.rawValue)
        .map(known: InterviewLevel.allCases.map(\.rawValue))
      for level in InterviewLevel.allCases {
        anchors[dimension, default: [:]][level] = try levels.words(level.rawValue)
      }
    }
    return anchors
  }
}
