import Kernel
import Simulation

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
///
/// An episode begins with the first harm and ends when clients are served again.
struct CallWatch: Sendable {
  /// A kind of trouble, as the trace names it.
  enum Trouble: Int, Sendable, CaseIterable {
    case timedOut
    case failed
    case refused
    case waiting
    case storm
    case full
    case servingTheDead
    case collapse
    case metastable
    case shortCircuited
    case overflow
    case slow
  }

  /// The newest event that began or ended a fault.
  var lastFault: Trace.ID?
  /// Since when no fault is in force; nil before the first fault and while one is.
  var faultFreeSince: Instant?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  /// Steps in a row with good goodput.
  var goodSteps = 0
  /// Steps in a row in which answers took several times as long as usual.
  var slowSteps = 0
  /// Steps in a row with bad goodput.
  var badSteps = 0
  /// The median time of requests in the first seconds, which later ones are compared with.
  var usualTime: Double?
  /// The median time of requests in the last step.
  var lastMedian: Double?
  /// The work that was finished, and wasted, up to the last look.
  var finishedBefore = 0
  var wastedBefore = 0

  /// The event that told of `trouble` in this episode.
  subscript(trouble: Trouble) -> Trace.ID? {
    get { told[trouble.rawValue] }
    set {
      told[trouble.rawValue] = newValue
      if newValue != nil { goodSteps = 0 }
    }
  }

  /// Whether anything has gone wrong that is not over.
  var isInTrouble: Bool { told.contains { $0 != nil } }

  /// The first event of the episode among `troubles`, in the order given.
  func first(_ troubles: Trouble...) -> Trace.ID? {
    troubles.lazy.compactMap { self[$0] }.first
  }

  /// Ends the episode.
  mutating func end() {
    for trouble in Trouble.allCases { self[trouble] = nil }
    goodSteps = 0
  }
}
