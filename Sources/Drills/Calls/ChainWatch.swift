import Kernel
import Simulation

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
struct ChainWatch: Sendable {
  enum Trouble: Int, Sendable, CaseIterable {
    case timedOut0, timedOut1, timedOut2
    case failed, refused, full, storm, waste, collapse, duplicate, lost, lostAnswer
  }

  var lastFault: Trace.ID?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  /// Steps in a row in which nearly all requests were answered well.
  var goodSteps = 0

  subscript(trouble: Trouble) -> Trace.ID? {
    get { told[trouble.rawValue] }
    set { told[trouble.rawValue] = newValue }
  }

  var isInTrouble: Bool { told.contains { $0 != nil } }

  /// The first event of the episode among `troubles`, in the order given.
  func first(_ troubles: Trouble...) -> Trace.ID? {
    troubles.lazy.compactMap { self[$0] }.first
  }

  mutating func end() {
    for trouble in Trouble.allCases where trouble != .duplicate && trouble != .lost {
      self[trouble] = nil
    }
    goodSteps = 0
  }
}
