import Kernel

/// How a copy of the database is kept.
public enum CopyMode: String, Sendable, Hashable, CaseIterable {
  /// There is none.
  case none
  /// Commits are answered at once, and the copy gets them when it can.
  case asynchronous
  /// A commit is answered when the copy has it.
  case synchronous
}

/// Decides when a commit is answered, from what a copy in another zone has.
///
///     wrote ──asynchronous──▶ answered
///       └────synchronous────▶ waiting ──the copy has it──▶ answered
///
/// **A commit that was answered in synchronous mode is in both zones.**
///
/// Source: PostgreSQL documentation, 27.2.8, synchronous replication.
public struct CommitGate: Sendable, Hashable {
  /// How the copy is kept.
  public let mode: CopyMode
  /// How many commits were written.
  public private(set) var written = 0
  /// How many of them the copy has.
  public private(set) var copied = 0
  /// How many of them were answered to their clients.
  public private(set) var answered = 0
  /// What all answered commits waited together.
  public private(set) var waited = TimeSpan.zero
  private var writtenAt: [Instant] = []
  private let shortcut: RecoveryShortcut?

  /// A gate before any commit.
  public init(_ mode: CopyMode, shortcut: RecoveryShortcut? = nil) {
    self.mode = mode
    self.shortcut = shortcut
  }

  /// A commit was written to the primary's log.
  public mutating func wrote(at now: Instant) {
    written += 1
    writtenAt.append(now)
    if mode != .synchronous || shortcut == .answersEarly { answer(upTo: written, at: now) }
  }

  /// The copy has the first `count` commits.
  public mutating func received(_ count: Int, at now: Instant) {
    copied = max(copied, min(count, written))
    if mode == .synchronous { answer(upTo: copied, at: now) }
  }

  private mutating func answer(upTo count: Int, at now: Instant) {
    guard count > answered else { return }
    for place in answered..<count { waited = waited + (now - writtenAt[place]) }
    answered = count
  }

  /// What a commit waited on average; nil before the first answer.
  public var meanWait: TimeSpan? {
    answered == 0 ? nil : TimeSpan(seconds: waited.seconds / Double(answered))
  }

  /// Every answered commit is in both zones, where the mode promises it.
  public func checkInvariants() -> InvariantViolation? {
    guard mode == .synchronous, answered > copied else { return nil }
    return InvariantViolation(
      "answered commits are in two zones",
      witness: "\(answered) commits were answered, the other zone has \(copied)")
  }
}
