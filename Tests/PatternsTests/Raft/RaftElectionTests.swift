import Kernel
import Testing

@testable import Patterns

@Suite("Raft elections")
struct RaftElectionTests {
  @Test("the vote is on disk before it is told")
  func voteIsPersisted() throws {
    var node = RaftLab.Node(
      NodeID(0),
      storage: RaftLab.Storage(founders: RaftMembership(voters: [0, 1].map(NodeID.init))),
      random: RandomStream(seed: 1, name: "vote"))
    _ = node.step(.started, at: .zero)
    let request = RaftVoteRequest(
      isPreVote: false, lastIndex: 0, lastTerm: 0, isTransfer: false)
    let question = RaftLab.Message(
      source: NodeID(1), target: NodeID(0), term: 3, body: .vote(request))
    let outputs = node.step(.received(question), at: .zero + .seconds(5))
    let write = outputs.firstIndex { if case .persist = $0 { true } else { false } }
    let reply = outputs.firstIndex { if case .send = $0 { true } else { false } }
    #expect(try #require(write) < #require(reply))
    guard case .persist(let record) = outputs[try #require(write)] else { return }
    #expect(record.hardState == RaftHardState(term: 3, vote: NodeID(1), commit: 0))
    #expect(record.needsSync)
  }

  @Test("timeouts are drawn between one and two election timeouts")
  func timeouts() {
    var waits: [TimeSpan] = []
    for seed in 0..<200 as Range<UInt64> {
      let lab = RaftLab(3, seed: seed)
      waits += lab.wakes.compactMap { $0.map { $0 - .zero } }
    }
    #expect(waits.count == 600)
    #expect(waits.allSatisfy { $0 >= .seconds(1) && $0 < .seconds(2) })
    #expect(waits.contains { $0 < .milliseconds(1_050) })
    #expect(waits.contains { $0 > .milliseconds(1_950) })
  }

  @Test("a cut-off node with pre-vote keeps its term, and does not disturb when it is back")
  func preVote() {
    for (preVote, disturbs) in [(true, false), (false, true)] {
      var lab = RaftLab(3, options: RaftOptions(preVote: preVote))
      lab.run(for: .seconds(3))
      let term = lab.running[0].term
      let cut = lab.running.map(\.id.index).first { !lab.leaders.contains($0) } ?? 0
      let leader = lab.leader
      lab.run(for: .seconds(20)) { $0.target.index == cut || $0.source.index == cut }
      let cutTerm = lab.running[cut].term
      #expect((cutTerm > term) == disturbs)
      lab.run(for: .seconds(3))
      let terms = lab.running.map(\.term)
      #expect(Set(terms).count == 1)
      let isUndisturbed = lab.leader == leader && terms[0] == term
      #expect(isUndisturbed != disturbs)
      #expect(lab.violation == nil)
    }
  }

  @Test("a leader without a majority steps down within two election timeouts")
  func checkQuorum() throws {
    for (checks, stays) in [(true, false), (false, true)] {
      var lab = RaftLab(3, options: RaftOptions(checkQuorum: checks))
      lab.run(for: .seconds(3))
      let current = lab.leader
      let leader = try #require(current)
      let cut: (RaftLab.Message) -> Bool = {
        $0.target.index == leader || $0.source.index == leader
      }
      lab.run(for: .seconds(2), losing: cut)
      #expect((lab.nodes[leader]?.role == .leader) == stays)
      lab.run(for: .seconds(4), losing: cut)
      #expect(lab.leaders.contains { $0 != leader })
      #expect(lab.violation == nil)
    }
  }

  @Test("a candidate is ignored by those who hear a leader, unless the leader sent it")
  func stickiness() throws {
    var lab = RaftLab(3)
    lab.run(for: .seconds(3))
    let current = lab.leader
    let leader = try #require(current)
    let other = (leader + 1) % 3
    lab.step(other, .campaigned)
    lab.settle()
    #expect(lab.leader == leader)
    lab.run(for: .seconds(1))
    lab.propose(5)
    lab.settle()
    lab.step(leader, .transferred(to: NodeID(other)))
    lab.settle()
    #expect(lab.leaders == [other])
    #expect(lab.applied[other] == [5])
    #expect(lab.violation == nil)
  }

  @Test("a handover that does not happen is given up after an election timeout")
  func abortedTransfer() throws {
    var lab = RaftLab(3)
    lab.run(for: .seconds(3))
    let current = lab.leader
    let leader = try #require(current)
    let other = (leader + 1) % 3
    lab.crash(other)
    lab.step(leader, .transferred(to: NodeID(other)))
    lab.step(leader, .proposed(1))
    #expect(lab.facts[leader].last == .refused(.transferring))
    lab.run(for: .milliseconds(1_100))
    lab.step(leader, .proposed(2))
    lab.settle()
    #expect(lab.leader == leader && lab.applied[leader] == [2])
  }
}
