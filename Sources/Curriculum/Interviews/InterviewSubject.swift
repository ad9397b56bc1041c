public import Blueprints
public import Drills
public import Estimation
import Foundation
import Kernel

/// What an interview on a case is made of: its rubric, its estimate, its reference design.
///
/// Figures and runs are worked out when they are first asked for and kept.
public final class InterviewSubject {
  /// The rubric.
  public let rubric: Rubric
  /// The title of the case.
  public let title: String
  /// The reference design.
  public let reference: Blueprint
  /// The estimate of the case.
  public let model: EstimateModel
  private let constants: EstimateReference
  private var figures: [String: EstimateFigure] = [:]
  private var trials: [(design: Blueprint, fault: String, run: DrillRun)] = []

  init(
    rubric: Rubric, title: String, reference: Blueprint, model: EstimateModel,
    constants: EstimateReference
  ) {
    self.rubric = rubric
    self.title = title
    self.reference = reference
    self.model = model
    self.constants = constants
  }

  /// The key of a question: a figure of the case's estimate.
  public func key(_ question: Rubric.Question) throws(Diagnostic) -> EstimateFigure {
    if let known = figures[question.figure] { return known }
    let estimator = Estimator(model, reference: constants)
    let figure = try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      try estimator.outcome(of: question.figure)?.figure
    }
    guard let figure else { throw .unknown("figure", question.figure, known: model.names) }
    figures[question.figure] = figure
    return figure
  }

  /// Reads an answer to a question.
  public func answer(
    _ line: String, to question: Rubric.Question
  ) throws(Diagnostic) -> EstimateAnswer {
    try EstimateAnswer(reading: line, for: key(question), units: model)
  }

  /// Runs a design under a fault line, or without any; judged by its own objectives.
  public func trial(_ design: Blueprint, fault: String = "") throws(Diagnostic) -> DrillRun {
    if let known = trials.first(where: { $0.fault == fault && $0.design == design }) {
      return known.run
    }
    let lines = fault.isEmpty ? [] : [fault]
    let run = try DesignFile(design: design, fails: [], file: design.id).run(faults: lines)
    trials.append((design, fault, run))
    return run
  }

  /// Whether a run meets a condition, and the figures that it looks at.
  public func judge(
    _ run: DrillRun, _ condition: String
  ) throws(Diagnostic) -> (holds: Bool, text: String) {
    let units = run.scenario.metrics.map { ($0.name, $0.unit) }
    let wanted = try Condition(condition, units: units)
    let measured = wanted.clauses.map { clause in
      "\(clause.name) \(run.outcome.measurement(clause.name)?.text ?? "none") (wanted \(clause.wanted))"
    }
    return (wanted.holds(run.outcome.measurements), measured.joined(separator: ", "))
  }
}

extension Library {
  /// The cases on which there can be an interview.
  public var interviewTopics: [String] {
    folders.filter { $0.isCase && FileManager.default.fileExists(atPath: $0.path + "/rubric.yaml") }
      .map(\.topic)
  }

  /// The rubric of a case.
  public func rubric(of topic: String) throws(Diagnostic) -> Rubric {
    guard interviewTopics.contains(topic) else {
      throw .unknown("case with a rubric", topic, known: interviewTopics)
    }
    let file = try folder(topic).path + "/rubric.yaml"
    return try RubricReader.read(Self.text(file), file: file, topic: topic)
  }

  /// What an interview on a case is made of.
  public func interviewSubject(_ topic: String) throws(Diagnostic) -> InterviewSubject {
    let rubric = try rubric(of: topic)
    var model = EstimateModel()
    if let source = try estimates.source(ofCase: topic) { model = EstimateModel.read(source).0 }
    let title = roadmap.entries.first { $0.id == topic }?.title ?? topic
    return InterviewSubject(
      rubric: rubric, title: title, reference: try blueprint(topic).design, model: model,
      constants: estimates.reference)
  }

  /// A design in a file's text: YAML, or lines of the short form.
  public func design(
    fromText text: String, of subject: InterviewSubject
  ) throws(Diagnostic) -> DesignSketch {
    if text.split(separator: "\n").contains(where: { $0.hasPrefix("components:") }) {
      let read = try BlueprintReader.read(
        text, file: "design", id: "interview/design", figure: figure(ofCase: subject.rubric.topic))
      return DesignSketch(whole: read.design, text: text)
    }
    var sketch = DesignSketch(loadOf: subject.reference)
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let plain = line.prefix { $0 != "#" }
      guard plain.contains(where: { !$0.isWhitespace }) else { continue }
      do { try sketch.add(String(plain)) } catch {
        var complaint = error
        complaint.line = number + 1
        throw complaint
      }
    }
    return sketch
  }
}
