import Blueprints
import Estimation
import Kernel

extension Interview {
  /// Asks what comes next in this stage; says so when nothing does.
  mutating func askNext() {
    switch stage {
    case .estimates: askEstimate()
    case .dives: askDive()
    case .failure: askFollowUp()
    case .requirements, .interfaces, .design, .wrapUp, nil:
      add(.asked("I am listening. 'next' goes on."))
    }
  }

  // MARK: Estimates

  /// How many figures are asked for: about one a minute of the stage, at least three.
  public var estimateCount: Int {
    min(subject.rubric.estimates.count, max(3, Int(plan.box(.estimates) / 60)))
  }

  private mutating func askEstimate() {
    guard estimates.count < estimateCount else {
      pending = .nothing
      return add(.asked("That is all I want to know; 'next' goes on."))
    }
    let question = subject.rubric.estimates[estimates.count]
    estimates.append(AskedEstimate(question: question))
    pending = .estimate
    let unit = question.unit.isEmpty ? "" : " (in \(question.unit))"
    add(.asked("\(question.ask)\(unit)"))
  }

  /// Takes an answer to the figure at `place`; one that is far off gets one more chance.
  mutating func take(_ answer: EstimateAnswer, _ line: String, for place: Int) throws(Diagnostic) {
    let question = estimates[place].question
    let key = try subject.key(question)
    estimates[place].answers.append((elapsed, answer))
    add(.answered(line, question: question.id))
    let isCurrent = pending == .estimate && place == estimates.count - 1
    let distance = key.distance(to: answer.middle)
    if !GradeBand(distance: distance).isNear, estimates[place].answers.count == 1 {
      let side = distance > 0 ? "far less" : "far more"
      return add(
        .asked("Hm, I would get \(side). Which input would you look at again? Say it once more."))
    }
    if isCurrent { askEstimate() }
  }

  // MARK: Deep dives

  private mutating func askDive() {
    let open = subject.rubric.dives.filter { dive in !dives.contains { $0.dive.id == dive.id } }
    // Of two subjects the one of which less was said.
    let said = spoken.map(\.text)
    func heard(_ dive: Rubric.DeepDive) -> Int {
      dive.lookFor.count { phrase in said.contains(where: phrase.isFound) }
    }
    guard let dive = open.min(by: { heard($0) < heard($1) }) else {
      pending = .nothing
      return add(.asked("I have no more subjects; 'next' goes on."))
    }
    ask(dive)
  }

  mutating func ask(_ dive: Rubric.DeepDive) {
    dives.append(AskedDive(dive: dive))
    pending = .dive
    add(.asked(dive.ask))
  }

  // MARK: Follow-ups

  private mutating func askFollowUp() {
    let open = subject.rubric.followUps.filter { followUp in
      followUp.level <= plan.level && !followUps.contains { $0.followUp.id == followUp.id }
        && isFitting(followUp.occasion)
    }
    // What can be tried comes first, and what this design or what was not said calls for.
    func rank(_ followUp: Rubric.FollowUp) -> Int {
      (fault(of: followUp) == nil ? 2 : 0) + (followUp.occasion == .always ? 1 : 0)
    }
    guard let followUp = open.min(by: { rank($0) < rank($1) }) else {
      pending = .nothing
      return add(.asked("I have no more questions; 'next' goes on."))
    }
    followUps.append(
      AskedFollowUp(
        followUp: followUp, design: sketches.count - 1, fault: fault(of: followUp)))
    pending = .followUp
    add(.asked(followUp.ask))
  }

  private func fault(of followUp: Rubric.FollowUp) -> String? {
    guard sketch.obstacle == nil else { return nil }
    return followUp.trial?.fault.line(for: sketch.design)
  }

  /// Whether something gives reason for a question or a remark.
  func isFitting(_ occasion: Rubric.Occasion) -> Bool {
    switch occasion {
    case .always: true
    case .lint(let rule):
      sketch.obstacle == nil && sketch.design.lints().contains { $0.rule == rule }
    case .with(let kind): sketch.design.components.contains { $0.kind.name == kind }
    case .without(let kind):
      !sketch.isEmpty && !sketch.design.components.contains { $0.kind.name == kind }
    case .unsaid(let id): isUnsaid(id)
    case .said(let words): spoken.contains { line in words.contains { $0.isFound(in: line.text) } }
    }
  }

  /// Whether a requirement was not said, or a figure not given.
  private func isUnsaid(_ id: String) -> Bool {
    if let requirement = subject.rubric.requirements.first(where: { $0.id == id }) {
      return !spoken.contains { line in requirement.words.contains { $0.isFound(in: line.text) } }
    }
    return estimates.first { $0.question.id == id }?.answers.isEmpty ?? true
  }
}
