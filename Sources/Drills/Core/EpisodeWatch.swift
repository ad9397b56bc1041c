import Kernel

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
///
/// An episode begins with the first trouble and ends when clients are served again.
struct EpisodeWatch<Trouble>: Sendable
where Trouble: RawRepresentable<Int> & CaseIterable & Sendable {
  /// The newest event that began or ended a fault.
  var lastFault: Trace.ID?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  /// Steps in a row in which nearly all requests were answered well.
  private var goodSteps = 0

  /// The event that told of `trouble` in this episode.
  subscript(trouble: Trouble) -> Trace.ID? {
    get { told[trouble.rawValue] }
    set { told[trouble.rawValue] = newValue }
  }

  /// Whether anything has gone wrong that is not over.
  var isInTrouble: Bool { told.contains { $0 != nil } }

  /// The first event of the episode among `troubles`, in the order given.
  func first(_ troubles: Trouble...) -> Trace.ID? { first(of: troubles) }

  /// The first event of the episode among `troubles`, or the last fault where none was told.
  func cause(_ troubles: Trouble...) -> Trace.ID? { first(of: troubles) ?? lastFault }

  private func first(of troubles: [Trouble]) -> Trace.ID? {
    troubles.lazy.compactMap { self[$0] }.first
  }

  /// Takes in a step in which `good` of `all` requests were answered well.
  ///
  /// Says whether there is trouble that such steps, four in a row, show to be over.
  mutating func isCalm(good: Int, of all: Int) -> Bool {
    goodSteps = good * 20 >= all * 19 ? goodSteps + 1 : 0
    return goodSteps >= 4 && isInTrouble
  }

  /// Ends the episode; of `kept` the whole run is told once.
  mutating func end(keeping kept: Trouble...) {
    for trouble in Trouble.allCases where !kept.contains(where: { $0.rawValue == trouble.rawValue })
    {
      self[trouble] = nil
    }
    goodSteps = 0
  }
}
