import Kernel

/// What a proof of content found.
public struct ProofReport: Sendable {
  /// Lessons that were read.
  public var lessons = 0
  /// Their steps.
  public var steps = 0
  /// Questions, predictions, goals, claims and the like that were proven.
  public var tasks = 0
  /// Drills that were run at their start and with their solution.
  public var drills = 0
  /// Cards that were read.
  public var cards = 0
  /// Terms of the glossary.
  public var terms = 0
  /// Constants and price lists that were read and evaluated.
  public var constants = 0
  /// Kinds of estimation problems that were drawn from.
  public var problems = 0
  /// Flawed estimates of which it was shown which line is wrong.
  public var flaws = 0
  /// Designs of cases that were run.
  public var designs = 0
  /// Rubrics of interviews that were held against designs.
  public var rubrics = 0
  /// Estimates of cases that were evaluated.
  public var estimates = 0
  /// Everything that is wrong.
  public var complaints: [Diagnostic] = []
  /// False when the proof was stopped.
  public var isComplete = true

  /// Adds what a later part of the content came to.
  mutating func add(_ part: ProofReport) {
    lessons += part.lessons
    steps += part.steps
    tasks += part.tasks
    drills += part.drills
    cards += part.cards
    terms += part.terms
    constants += part.constants
    problems += part.problems
    flaws += part.flaws
    designs += part.designs
    rubrics += part.rubrics
    estimates += part.estimates
    isComplete = isComplete && part.isComplete
    // Broken constants stop everything that uses them: once is enough.
    for complaint in part.complaints where !complaints.contains(complaint) {
      complaints.append(complaint)
    }
  }

  /// Runs a proof; a complaint without a place gets this one.
  mutating func attempt(_ file: String, line: Int?, _ proof: () throws(Diagnostic) -> Void) {
    do { try proof() } catch {
      var complaint = error
      if complaint.file == nil {
        complaint.file = file
        complaint.line = line ?? 1
        complaint.column = nil
      }
      complaints.append(complaint)
    }
  }
}
