import Kernel
import Patterns
import Testing

/// The figures of the paper, as logs on disks.
@Suite("Raft after the paper's figures")
struct RaftPaperTests {
  static let leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]

  @Test("figure 7: a new leader makes all logs like its own")
  func figure7() {
    let logs = [
      Self.leaderLog, [1, 1, 1, 4, 4, 5, 5, 6, 6], [1, 1, 1, 4], Self.leaderLog + [6],
      Self.leaderLog + [7, 7], [1, 1, 1, 4, 4, 4, 4], [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ]
    let disks = logs.map { RaftLab.disk($0, of: 7, term: 7) }
    var lab = RaftLab(7, options: RaftOptions(preVote: false), disks: disks)
    lab.step(0, .campaigned)
    lab.settle()
    #expect(lab.leaders == [0])
    for node in 0..<7 { #expect(lab.terms(node) == Self.leaderLog + [8]) }
    lab.propose(99)
    lab.settle()
    #expect(lab.applied.allSatisfy { $0.last == 99 && $0 == lab.applied[0] })
    #expect(lab.violation == nil)
  }

  @Test("figure 7f: backing up skips whole terms")
  func backUp() {
    let disks = [
      RaftLab.disk(Self.leaderLog, of: 2, term: 7),
      RaftLab.disk([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], of: 2, term: 7),
    ]
    var lab = RaftLab(2, options: RaftOptions(preVote: false), disks: disks)
    var rejections = 0
    lab.step(0, .campaigned)
    lab.settle { message in
      if case .appendReply(.rejected) = message.body { rejections += 1 }
      return false
    }
    #expect(lab.terms(1) == Self.leaderLog + [8])
    // One entry at a time it would take seven refusals from index 10 down to 3.
    #expect(rejections == 1)
  }

  /// The situation of figure 8c: S1 leads in term 4 and an entry of term 2 stands on a majority,
  /// while S5 holds one of term 3. (S2 gets its copy only now, which makes no difference.)
  private func figure8(_ shortcuts: Set<RaftShortcut>) -> RaftLab {
    let disks = [[1, 2], [1], [1], [1], [1, 3]].map { RaftLab.disk($0, of: 5, term: 3) }
    let options = RaftOptions(
      preVote: false, checkQuorum: false, maxEntriesPerAppend: 1, shortcuts: shortcuts)
    var lab = RaftLab(5, options: options, disks: disks)
    lab.step(0, .campaigned)
    while let message = lab.wire.first {
      var isLost = message.target.index == 4
      if case .append(let append) = message.body {
        // S4 gets no entries; the one of term 4 gets nowhere, but what is before it does.
        let hasOld = lab.terms(message.target.index).count >= 2
        isLost = isLost || message.target.index == 3
        isLost = isLost || (hasOld && append.entries.contains { $0.term == 4 })
      }
      if isLost { lab.wire.removeFirst() } else { lab.deliver(at: 0) }
    }
    return lab
  }

  @Test("figure 8: an old entry on a majority is not committed, and may be overwritten")
  func figure8Safe() {
    var lab = figure8([])
    #expect((0..<5).count { lab.terms($0).dropFirst().first == 2 } >= 3)
    #expect(lab.nodes[0]?.commit == 0)
    lab.crash(0)
    lab.step(4, .campaigned)
    lab.settle()
    lab.step(4, .campaigned)
    lab.settle()
    #expect(lab.leaders.contains(4))
    #expect((1..<5).allSatisfy { lab.terms($0).dropFirst().first == 3 })
    #expect(lab.violation == nil)
  }

  @Test("figure 8: committing it by counting loses a committed entry")
  func figure8Unsafe() {
    var lab = figure8([.commitsAnyTerm])
    #expect(lab.nodes[0]?.commit == 2)
    lab.crash(0)
    lab.step(4, .campaigned)
    lab.settle()
    lab.step(4, .campaigned)
    lab.settle()
    #expect(lab.violation?.invariant == "leader completeness")
  }

  @Test("a vote that is not on disk elects two leaders in one term")
  func forgottenVote() {
    for shortcuts in [[], [RaftShortcut.forgetsVotes]] as [Set<RaftShortcut>] {
      let options = RaftOptions(preVote: false, checkQuorum: false, shortcuts: shortcuts)
      var lab = RaftLab(3, options: options)
      lab.step(0, .campaigned)
      lab.settle { message in
        if case .append = message.body { true } else { message.target.index == 1 }
      }
      #expect(lab.leaders == [0])
      lab.crash(2)
      lab.restart(2)
      lab.step(1, .campaigned)
      lab.settle { $0.target.index == 0 || $0.source.index == 0 }
      #expect(lab.violation?.invariant == (shortcuts.isEmpty ? nil : "election safety"))
    }
  }
}
