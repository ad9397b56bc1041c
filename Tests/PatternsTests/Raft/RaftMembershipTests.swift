import Kernel
import Patterns
import Testing

@Suite("Raft members and snapshots")
struct RaftMembershipTests {
  @Test("a node joins as a learner, catches up by a snapshot, gets a vote and leads")
  func joins() throws {
    var lab = RaftLab(4, voters: 3, options: RaftOptions(trailingEntries: 2))
    lab.run(for: .seconds(3))
    for command in 1...20 { lab.propose(command) }
    lab.settle()
    let current = lab.leader
    let leader = try #require(current)
    let applied = try #require(lab.nodes[leader]?.applied)
    lab.step(leader, .imaged(upTo: applied, lab.applied[leader]))
    #expect(lab.nodes[leader]?.log.entries.count == 2)
    lab.step(leader, .changed(.addLearner(NodeID(3))))
    lab.run(for: .seconds(1))
    #expect(lab.applied[3] == Array(1...20))
    #expect(lab.nodes[3]?.log.snapshot?.index == applied)
    lab.step(leader, .changed(.addVoter(NodeID(3))))
    lab.run(for: .seconds(1))
    #expect(lab.nodes[3]?.log.membership.voters.count == 4)
    lab.step(leader, .transferred(to: NodeID(3)))
    lab.run(for: .seconds(1))
    #expect(lab.leaders == [3])
    lab.crash(3)
    lab.restart(3)
    #expect(lab.applied[3] == Array(1...20))
    #expect(lab.violation == nil)
  }

  @Test("one change at a time, and none before the leader's term has committed")
  func oneAtATime() throws {
    var lab = RaftLab(4, voters: 3, options: RaftOptions(preVote: false))
    lab.step(0, .campaigned)
    lab.settle { if case .append = $0.body { true } else { false } }
    #expect(lab.leaders == [0])
    lab.step(0, .changed(.addVoter(NodeID(3))))
    #expect(lab.facts[0].last == .refused(.changePending))
    lab.run(for: .milliseconds(500))
    lab.step(0, .changed(.addVoter(NodeID(3))))
    lab.step(0, .changed(.remove(NodeID(1))))
    #expect(lab.facts[0].last == .refused(.changePending))
    lab.settle()
    lab.step(0, .changed(.addVoter(NodeID(3))))
    #expect(lab.facts[0].last == .refused(.pointless))
    lab.step(1, .changed(.remove(NodeID(2))))
    #expect(lab.facts[1].last == .refused(.notLeader(leader: NodeID(0))))
  }

  @Test("a leader that is removed goes once that is committed, and does not disturb")
  func removedLeader() throws {
    var lab = RaftLab(3)
    lab.run(for: .seconds(3))
    let current = lab.leader
    let old = try #require(current)
    lab.step(old, .changed(.remove(NodeID(old))))
    lab.settle()
    #expect(lab.nodes[old]?.role == .follower)
    lab.run(for: .seconds(5))
    let next = lab.leader
    let leader = try #require(next)
    #expect(leader != old)
    let term = lab.nodes[leader]?.term
    lab.run(for: .seconds(20))
    #expect(lab.leader == leader && lab.nodes[leader]?.term == term)
    lab.propose(3)
    lab.settle()
    #expect(lab.applied[leader] == [3] && lab.applied[old] == [])
    #expect(lab.violation == nil)
  }

  @Test("a removed server stands once more when its log is needed (thesis, figure 4.6)")
  func neededAfterRemoval() {
    var lab = RaftLab(2)
    lab.run(for: .seconds(3))
    let leader = lab.leader ?? 0
    lab.step(leader, .changed(.remove(NodeID(leader))))
    // The change gets to the leader's own disk only; the other voter has the shorter log.
    lab.wire.removeAll()
    lab.crash(leader)
    lab.restart(leader)
    lab.run(for: .seconds(10))
    #expect(lab.leaders == [1 - leader])
    #expect(lab.nodes[1 - leader]?.log.membership.voters == [NodeID(1 - leader)])
    #expect(lab.violation == nil)
  }

  @Test("the window bounds what is on the way to a follower")
  func window() throws {
    let options = RaftOptions(maxEntriesPerAppend: 1, maxInflightAppends: 3)
    var lab = RaftLab(2, options: options)
    lab.run(for: .seconds(3))
    for command in 1...10 { lab.propose(command) }
    let appends = lab.wire.count { if case .append = $0.body { true } else { false } }
    #expect(appends == 3)
    lab.settle()
    #expect(lab.applied[0] == Array(1...10) && lab.applied[1] == Array(1...10))
  }
}
