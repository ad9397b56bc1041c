import Blueprints
import Estimation
import Kernel

/// Every point with what it rests on.
extension Interview {
  typealias Point = InterviewReport.Point

  // MARK: Requirements

  func requirementPoints() -> [Point] {
    subject.rubric.requirements.map { requirement in
      let found = line(with: requirement.words)
      return Point(
        id: requirement.id, text: requirement.text, dimension: .scoping,
        level: requirement.levels.min() ?? .mid, points: 1, verdict: found == nil ? .missed : .met,
        why: found ?? nothing(of: requirement.words), practise: [])
    }
  }

  /// The first line that was written with one of the words, quoted with its time.
  private func line(with words: [Phrase]) -> String? {
    spoken.first { line in words.contains { $0.isFound(in: line.text) } }.map {
      "\(Quote.text($0.text, around: words)) at \(ClockText.text($0.at)), \($0.stage.title)"
    }
  }

  private func nothing(of words: [Phrase]) -> String {
    "none of this was written: \(words.map(\.text).joined(separator: ", "))"
  }

  // MARK: Figures

  func estimatePoints() throws(Diagnostic) -> [Point] {
    var points: [Point] = []
    for (number, asked) in estimates.enumerated() {
      let key = try subject.key(asked.question)
      var verdict = InterviewReport.Verdict.missed
      var why = "asked and not answered; the key is \(key.rangeText)"
      if let last = asked.answers.last {
        let band = GradeBand(distance: key.distance(to: last.answer.middle))
        verdict = band.isNear ? .met : .missed
        let again = asked.answers.count > 1 ? ", after \(asked.answers.count - 1) before it" : ""
        why =
          "\(Quote.text(last.answer.text)) at \(ClockText.text(last.at))\(again). \(band.words) "
          + "The key is \(key.rangeText)"
      }
      points.append(
        Point(
          id: asked.question.id, text: asked.question.ask, dimension: .estimation,
          level: number < 3 ? .mid : .senior, points: 2, verdict: verdict, why: why,
          practise: ["tag:estimate"]))
    }
    return points
  }

  // MARK: Rules

  func point(_ rule: Rubric.Rule) throws(Diagnostic) -> Point {
    let (verdict, why) = try judge(rule.evidence)
    return Point(
      id: rule.id, text: rule.text, dimension: rule.dimension, level: rule.level,
      points: rule.points, verdict: verdict, why: why, practise: rule.practise)
  }

  private func judge(
    _ evidence: Rubric.Evidence
  ) throws(Diagnostic) -> (InterviewReport.Verdict, String) {
    if case .said(let words) = evidence {
      if let found = line(with: words) { return (.met, found) }
      let drawn = sketch.lines.first { line in words.contains { $0.isFound(in: line) } }
      if let drawn, !isReference {
        return (.met, "\(Quote.text(drawn, around: words)) in the design")
      }
      return (.missed, nothing(of: words))
    }
    if isReference {
      return (.unknown, "cannot judge: this is the case's own design, not yours")
    }
    guard !sketch.isEmpty else {
      if case .component = evidence { return (.missed, "nothing was drawn") }
      return (.unknown, "cannot judge: nothing was drawn")
    }
    if case .component = evidence {
    } else if let obstacle = sketch.obstacle {
      return (.unknown, "cannot judge: the design does not run. \(obstacle)")
    }
    return try DesignEvidence(design: sketch.design, subject: subject).judge(evidence)
  }

  // MARK: Depth and time

  /// The first subject shows the depth of mid, the second of senior, the third of staff.
  func divePoints() -> [Point] {
    dives.enumerated().map { number, asked in
      let all = asked.dive.lookFor
      let heard = all.filter { phrase in asked.answers.contains { phrase.isFound(in: $0.text) } }
      let found = heard.map(\.text).joined(separator: ", ")
      let verdict: InterviewReport.Verdict
      let why: String
      switch (asked.answers.isEmpty, heard.count) {
      case (true, _): (verdict, why) = (.missed, "asked and not answered")
      case (_, 2...), (_, all.count):
        let line = asked.answers.first { line in heard.contains { $0.isFound(in: line.text) } }
        verdict = .met
        why =
          "\(found): \(Quote.text(line?.text ?? "", around: heard)) at \(ClockText.text(line?.at ?? 0))"
      default:
        verdict = .unknown
        why =
          "cannot judge: it was answered in words that the rubric does not know"
          + (found.isEmpty ? "" : " besides '\(found)'") + "; compare with the answer below"
      }
      let level = InterviewLevel.allCases[min(number, 2)]
      return Point(
        id: asked.dive.id, text: asked.dive.ask, dimension: .depth, level: level, points: 2,
        verdict: verdict, why: why, practise: asked.dive.practise)
    }
  }

  /// Whether it ended within its time, a tenth of it aside.
  func timePoint() -> Point {
    let total = spent.reduce(0, +)
    let isKept = total <= plan.seconds * 1.1
    let last = stage?.title
    let end = last.map { "; it stands at \($0)" } ?? ""
    return Point(
      id: "time-kept", text: "The interview ends within its time, a tenth of it aside.",
      dimension: .communication, level: .mid, points: 1,
      verdict: last != nil ? .unknown : isKept ? .met : .missed,
      why: "\(ClockText.text(total)) of \(ClockText.text(plan.seconds))\(end)", practise: [])
  }
}

/// Evidence that is looked for in a design.
struct DesignEvidence {
  let design: Blueprint
  let subject: InterviewSubject

  /// Whether `evidence` is there, and what that rests on; words are not looked for here.
  func judge(
    _ evidence: Rubric.Evidence
  ) throws(Diagnostic) -> (InterviewReport.Verdict, String) {
    switch evidence {
    case .said: return (.unknown, "cannot judge: a design says nothing")
    case .component(let kinds):
      let names = kinds.joined(separator: " or ")
      guard let found = design.components.first(where: { kinds.contains($0.kind.name) }) else {
        return (.missed, "the design has no \(names)")
      }
      return (.met, "'\(found.name)' is of the kind \(found.kind.name)")
    case .lint(let rule):
      if let lint = design.lints().first(where: { $0.rule == rule }) {
        return (.missed, "\(rule): \(lint.message)")
      }
      return (.met, "the linter's rule '\(rule)' finds nothing in the design")
    case .simulate(let template, let objective):
      guard let fault = template.line(for: design) else {
        let missing = template.missing(in: design).joined(separator: ", ")
        return (.unknown, "cannot judge: the design has no \(missing), so nothing can be tried")
      }
      let run = try subject.trial(design, fault: fault)
      let judged = try subject.judge(run, objective)
      return (judged.holds ? .met : .missed, "\(fault): \(judged.text)")
    }
  }
}
