import Kernel

/// A term: the number of an election, a logical clock that only grows on each node.
public typealias RaftTerm = Int

/// A place in the replicated log; the first entry has index 1, index 0 stands before the log.
public typealias RaftIndex = Int

/// One entry of the replicated log.
public struct RaftEntry<Command: Sendable & Hashable>: Sendable, Hashable {
  /// What an entry carries.
  public enum Payload: Sendable, Hashable {
    /// Nothing: the entry that a leader writes first, so that its term has something to commit.
    case noOp
    /// A command for the state machine.
    case command(Command)
    /// The members from this entry on.
    case membership(RaftMembership)
  }

  /// The term of the leader that wrote the entry.
  public let term: RaftTerm
  /// The entry's place in the log, from 1.
  public let index: RaftIndex
  /// What the entry carries.
  public let payload: Payload

  /// The entry at `index`, written in `term`.
  public init(term: RaftTerm, index: RaftIndex, payload: Payload) {
    self.term = term
    self.index = index
    self.payload = payload
  }

  /// The command it carries, or nil.
  public var command: Command? {
    if case .command(let command) = payload { command } else { nil }
  }
}

extension RaftEntry: CustomStringConvertible {
  /// The entry as `term/index payload`.
  public var description: String {
    switch payload {
    case .noOp: "\(term)/\(index) no-op"
    case .command(let command): "\(term)/\(index) \(command)"
    case .membership(let members): "\(term)/\(index) \(members)"
    }
  }
}
