import Kernel
import Testing

@testable import Patterns

@Suite("Raft reads")
struct RaftReadTests {
  private func readied(_ lab: RaftLab, _ node: Int) -> [RaftReadID] {
    lab.facts[node].compactMap { if case .readReady(let id, _) = $0 { id } else { nil } }
  }

  @Test("a leader answers only once a majority has confirmed it")
  func confirmed() throws {
    var lab = RaftLab(3)
    lab.run(for: .seconds(3))
    let current = lab.leader
    let leader = try #require(current)
    lab.step(leader, .read(1))
    #expect(readied(lab, leader).isEmpty)
    lab.settle()
    #expect(readied(lab, leader) == [1])
    lab.step(leader, .read(2))
    lab.run(for: .seconds(3)) { $0.source.index == leader || $0.target.index == leader }
    #expect(readied(lab, leader) == [1])
    #expect(lab.facts[leader].contains(.readRefused(2)))
  }

  @Test("a new leader waits for its first own commit")
  func newLeader() {
    let disks = [[1, 1], [1, 1], [1]].map { RaftLab.disk($0, of: 3, term: 1) }
    var lab = RaftLab(3, options: RaftOptions(preVote: false), disks: disks)
    lab.step(0, .campaigned)
    // Votes arrive, appends do not.
    lab.settle { if case .append = $0.body { true } else { false } }
    #expect(lab.leaders == [0])
    lab.step(0, .read(1))
    lab.run(for: .milliseconds(300)) { if case .append = $0.body { true } else { false } }
    #expect(readied(lab, 0).isEmpty)
    lab.run(for: .milliseconds(300))
    #expect(readied(lab, 0) == [1])
    #expect(lab.facts[0].contains(.readReady(1, index: 3)))
  }

  @Test("a follower asks the leader and waits until it has applied as much")
  func follower() throws {
    var lab = RaftLab(3)
    lab.run(for: .seconds(3))
    let current = lab.leader
    let leader = try #require(current)
    let follower = (leader + 1) % 3
    lab.propose(7)
    lab.settle { $0.target.index == follower }
    lab.step(follower, .read(1))
    lab.settle { message in
      if case .append = message.body { message.target.index == follower } else { false }
    }
    #expect(readied(lab, follower).isEmpty && lab.applied[follower].isEmpty)
    lab.run(for: .milliseconds(300))
    #expect(readied(lab, follower) == [1] && lab.applied[follower] == [7])
  }

  @Test("a lease answers without a message, and ends before anybody else can be elected")
  func lease() throws {
    var lab = RaftLab(3, options: RaftOptions(reads: .lease, clockDrift: .milliseconds(50)))
    lab.run(for: .seconds(4))
    let current = lab.leader
    let leader = try #require(current)
    let wire = lab.wire.count
    lab.step(leader, .read(1))
    #expect(readied(lab, leader) == [1] && lab.wire.count == wire)
    let cut: (RaftLab.Message) -> Bool = { $0.source.index == leader || $0.target.index == leader }
    lab.run(for: .milliseconds(800), losing: cut)
    lab.step(leader, .read(2))
    #expect(readied(lab, leader) == [1, 2])
    lab.run(for: .milliseconds(150), losing: cut)
    lab.step(leader, .read(3))
    lab.settle(losing: cut)
    #expect(readied(lab, leader) == [1, 2])
  }

  @Test("with leases a restarted voter waits before it votes")
  func restartedVoter() {
    var lab = RaftLab(3, options: RaftOptions(preVote: false, reads: .lease))
    lab.run(for: .seconds(4))
    let leader = lab.leader ?? 0
    let (voter, rival) = ((leader + 1) % 3, (leader + 2) % 3)
    let cut: (RaftLab.Message) -> Bool = { $0.source.index == leader || $0.target.index == leader }
    lab.crash(voter)
    lab.restart(voter)
    lab.step(rival, .campaigned)
    lab.settle(losing: cut)
    #expect(lab.nodes[rival]?.role != .leader)
    lab.run(for: .seconds(5), losing: cut)
    #expect(lab.leaders.contains { $0 != leader })
  }
}
