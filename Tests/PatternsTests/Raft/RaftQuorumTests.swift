import Kernel
import Patterns
import Testing

/// Majorities, against the vectors of etcd-io/raft (quorum/testdata/majority_vote.txt and
/// majority_commit.txt).
@Suite("Raft majorities")
struct RaftQuorumTests {
  @Test(
    "decide a ballot as soon as it is decided",
    arguments: [
      ("y_", nil), ("n_", false), ("yn", false), ("yy", true), ("nn_", false), ("yn_", nil),
      ("yy_", true), ("y__", nil), ("yynyy", true), ("yynnyny", true), ("yyny_ny", true),
      ("yyny___", nil), ("yynynnn", false),
    ] as [(String, Bool?)])
  func ballot(votes: String, result: Bool?) {
    let marks = Array(votes)
    let members = RaftMembership(voters: marks.indices.map(NodeID.init))
    let counted = members.result { node in
      marks[node.index] == "y" ? true : marks[node.index] == "n" ? false : nil
    }
    #expect(counted == result)
  }

  @Test(
    "commit what more than half have",
    arguments: [
      ([12], 12), ([5, 12], 5), ([6, 6], 6), ([12, 6, 0], 6), ([12, 5, 6], 6),
      ([101, 99, 100], 100),
      ([101, 104, 103, 103], 103), ([101, 102, 103, 103], 102),
      ([101, 104, 103, 103, 103], 103), ([100, 0, 99, 97, 99], 99),
    ] as [([Int], Int)])
  func commit(matches: [Int], reached: Int) {
    let members = RaftMembership(voters: matches.indices.map(NodeID.init))
    #expect(members.reachedByQuorum { matches[$0.index] } == reached)
  }

  @Test("of one to seven are 1, 2, 2, 3, 3, 4, 4")
  func sizes() {
    let sizes = (1...7).map { RaftMembership(voters: (0..<$0).map(NodeID.init)).quorum }
    #expect(sizes == [1, 2, 2, 3, 3, 4, 4])
  }
}

@Suite("Raft and etcd knobs")
struct RaftKnobTests {
  @Test("stand at the defaults that the options have")
  func defaults() {
    #expect(RaftOptions(Settings(RaftOptions.knobs)) == RaftOptions())
    #expect(EtcdServerOptions(Settings(EtcdServerOptions.knobs)) == EtcdServerOptions())
    #expect(EtcdClientOptions(Settings(EtcdClientOptions.knobs)) == EtcdClientOptions())
    #expect(ToolPreset.etcd.knobs.count == Set(ToolPreset.etcd.knobs.map(\.name)).count)
  }

  @Test("the shortest lease is one and a half elections in whole heartbeats, in whole seconds")
  func minimumTTL() {
    var options = EtcdServerOptions()
    #expect(options.minimumLeaseTTL == 2)
    options.electionTimeout = .milliseconds(500)
    #expect(options.minimumLeaseTTL == 1)
    options.electionTimeout = .milliseconds(5_000)
    #expect(options.minimumLeaseTTL == 8)
  }
}
