import Kernel
import Simulation

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
struct MeshWatch: Sendable {
  enum Trouble: Int, Sendable, CaseIterable {
    case handshake, plaintext, denied, noRoute, noHost, overflow, timedOut, failed, refused, full
    case storm, ejected, panic, cross, canary, collapse
  }

  var lastFault: Trace.ID?
  /// The last change of configuration, and the loss of the control plane.
  var lastChange: Trace.ID?
  var controlLost: Trace.ID?
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
    told = told.map { _ in nil }
    goodSteps = 0
  }
}
