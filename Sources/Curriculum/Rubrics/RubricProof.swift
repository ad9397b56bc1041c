import Blueprints
import Drills
import Estimation
import Foundation
import Kernel
import Simulation

/// Proves a rubric: what it names is there, the reference design meets every rule about designs, a
/// wrong one misses some, and a sample beside it comes to the report that it states.
enum RubricProof {
  static func prove(_ topic: String, _ library: Library, _ report: inout ProofReport) {
    report.rubrics += 1
    let subject: InterviewSubject
    do { subject = try library.interviewSubject(topic) } catch {
      report.complaints.append(error)
      return
    }
    let rubric = subject.rubric
    for question in rubric.estimates {
      report.attempt(rubric.file, line: question.line) { () throws(Diagnostic) in
        try prove(question, subject)
      }
    }
    let practised =
      rubric.rules.map { ($0.practise, $0.line) } + rubric.followUps.map { ($0.practise, $0.line) }
      + rubric.dives.map { ($0.practise, $0.line) }
    for (ids, line) in practised {
      report.attempt(rubric.file, line: line) { () throws(Diagnostic) in
        for id in ids { _ = try library.practice(id) }
      }
    }
    proveDesigns(rubric, subject, library, &report)
    for followUp in rubric.followUps {
      report.attempt(rubric.file, line: followUp.line) { () throws(Diagnostic) in
        guard let trial = followUp.trial, let line = trial.fault.line(for: subject.reference)
        else { return }
        _ = try FaultPlan.parse(line, roster: BlueprintRun.roster(subject.reference))
      }
    }
    InterviewSample.prove(subject, library, &report)
  }

  private static func prove(
    _ question: Rubric.Question, _ subject: InterviewSubject
  ) throws(Diagnostic) {
    let key = try subject.key(question)
    guard !key.isTruth, key.middle > 0 else {
      throw Diagnostic("'\(question.figure)' is no figure above 0.", found: key.text)
    }
    let unit = question.unit
    let line = unit.hasPrefix("$") ? "$1\(unit.dropFirst())" : "1 \(unit)"
    _ = try subject.answer(line, to: question)
  }

  private static func proveDesigns(
    _ rubric: Rubric, _ subject: InterviewSubject, _ library: Library, _ report: inout ProofReport
  ) {
    var designs: [(id: String, design: Blueprint, isWrong: Bool)] = []
    for id in library.blueprintIDs(of: rubric.topic) {
      guard let file = try? library.blueprint(id) else { continue }
      designs.append((id, file.design, file.isWrong))
    }
    for (id, design, isWrong) in designs {
      var missed = 0
      for rule in rubric.rules {
        report.attempt(rubric.file, line: rule.line) { () throws(Diagnostic) in
          let (verdict, why) = try DesignEvidence(design: design, subject: subject)
            .judge(rule.evidence)
          if verdict == .missed { missed += 1 }
          guard !isWrong, verdict == .missed else { return }
          throw Diagnostic("The reference design misses the rule '\(rule.id)': \(why)", found: why)
        }
      }
      if isWrong, missed == 0 {
        report.complaints.append(
          Diagnostic(
            "The wrong design '\(id)' misses no rule of the rubric.", file: rubric.file, line: 1,
            expected: "a rule that tells it from the reference"))
      }
    }
  }
}

extension Library {
  /// Something to practise: a card, a drill, a topic, or every card with a tag.
  public enum Practice: Sendable, Hashable {
    case card(String), drill(String), topic(String), tag(String)
  }

  /// What an id of a rubric's `practise` names.
  public func practice(_ id: String) throws(Diagnostic) -> Practice {
    if id.hasPrefix("tag:") { return .tag(String(id.dropFirst(4))) }
    if drillIDs.contains(id) { return .drill(id) }
    if roadmap.entries.contains(where: { $0.id == id }) { return .topic(id) }
    let topic = String(id.prefix { $0 != "/" })
    let cards = hasLesson(topic) ? try cards(of: topic).map(\.id) : []
    guard cards.contains(id) else {
      throw .unknown("card, drill or topic", id, known: cards + drillIDs(of: topic))
    }
    return .card(id)
  }
}
