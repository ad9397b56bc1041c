import Kernel

/// Who takes part: voters, whose majorities decide, and learners, who only receive the log.
///
/// Membership changes one server at a time (Ongaro's thesis, section 4.1): any majority of the old
/// voters then overlaps any majority of the new ones, so both may be in force at once. A change
/// is in force as soon as it stands in a node's log, committed or not.
public struct RaftMembership: Sendable, Hashable {
  /// The voting members in order.
  public private(set) var voters: [NodeID]
  /// The members that receive the log without a vote, in order.
  public private(set) var learners: [NodeID]

  /// A membership; a node in both lists is a voter.
  public init(voters: [NodeID], learners: [NodeID] = []) {
    self.voters = Set(voters).sorted()
    self.learners = Set(learners).subtracting(voters).sorted()
  }

  /// Nobody: what a node that waits to be added starts with.
  public static let empty = RaftMembership(voters: [])

  /// Everybody who receives the log, in order.
  public var all: [NodeID] { learners.isEmpty ? voters : (voters + learners).sorted() }

  /// How many voters make a majority.
  public var quorum: Int { voters.count / 2 + 1 }

  /// Whether `node` has a vote.
  public func isVoter(_ node: NodeID) -> Bool { voters.contains(node) }

  /// Whether `node` receives the log.
  public func contains(_ node: NodeID) -> Bool {
    voters.contains(node) || learners.contains(node)
  }

  /// The greatest number that a majority of the voters has reached, 0 without voters.
  ///
  /// With the match index of each voter it is what may be committed.
  public func reachedByQuorum(_ reached: (NodeID) -> Int) -> Int {
    guard !voters.isEmpty else { return 0 }
    let sorted = voters.map(reached).sorted(by: >)
    return sorted[quorum - 1]
  }

  /// What a ballot has come to: won, lost, or nil while it is open.
  public func result(_ vote: (NodeID) -> Bool?) -> Bool? {
    var granted = 0
    var refused = 0
    for voter in voters {
      switch vote(voter) {
      case .some(true): granted += 1
      case .some(false): refused += 1
      case .none: break
      }
    }
    if granted >= quorum { return true }
    return voters.count - refused < quorum ? false : nil
  }

  /// The membership after `change`, or nil when the change would do nothing or leave no voter.
  public func after(_ change: RaftMembershipChange) -> RaftMembership? {
    var next = self
    switch change {
    case .addVoter(let node):
      next = RaftMembership(voters: voters + [node], learners: learners)
    case .addLearner(let node):
      next = RaftMembership(voters: voters.filter { $0 != node }, learners: learners + [node])
    case .remove(let node):
      next = RaftMembership(
        voters: voters.filter { $0 != node }, learners: learners.filter { $0 != node })
    }
    return next == self || next.voters.isEmpty ? nil : next
  }
}

extension RaftMembership: CustomStringConvertible {
  /// The members as `voters #0 #1 #2, learners #3`.
  public var description: String {
    let voting = "voters " + voters.map(\.description).joined(separator: " ")
    guard !learners.isEmpty else { return voting }
    return voting + ", learners " + learners.map(\.description).joined(separator: " ")
  }
}

/// A change of one member.
public enum RaftMembershipChange: Sendable, Hashable {
  /// Gives a node a vote, whether it was a learner or unknown.
  case addVoter(NodeID)
  /// Lets a node receive the log without a vote; a voter loses its vote.
  case addLearner(NodeID)
  /// Takes a node out.
  case remove(NodeID)
}
