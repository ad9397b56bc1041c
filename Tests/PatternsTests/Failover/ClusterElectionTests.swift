import Kernel
import Patterns
import Testing

@Suite struct ClusterElectionTests {
  private typealias Action = ClusterElection.Action

  /// Nodes that have seen each other, the first of them active.
  private func cluster(_ count: Int, _ change: (inout ClusterElectionOptions) -> Void = { _ in })
    -> [ClusterElection]
  {
    var options = ClusterElectionOptions(votes: count, preferred: NodeID(0))
    change(&options)
    let all = (0..<count).map { NodeID($0) }
    var nodes = all.map { me in
      ClusterElection(me, peers: all.filter { $0 != me }, options: options, at: .zero)
    }
    meet(&nodes, at: .zero)
    for place in nodes.indices { _ = nodes[place].look(at: .zero) }
    meet(&nodes, at: .zero)
    return nodes
  }

  private func meet(_ nodes: inout [ClusterElection], at now: Instant) {
    for from in nodes.indices {
      for to in nodes.indices where to != from {
        nodes[to].heard(nodes[from].sign(at: now), from: NodeID(from), at: now)
      }
    }
  }

  @Test func nothingIsRecoveredBeforeTheFencingIsConfirmed() {
    var nodes = cluster(3)
    #expect(nodes[0].token == 1)
    // 3 s and 1.2 times that after the last sign of n1; n2 and n3 still hear each other.
    let early = Instant.zero + .milliseconds(6_500)
    let late = Instant.zero + .milliseconds(6_700)
    nodes[1].heard(nodes[2].sign(at: early), from: NodeID(2), at: early)
    var actions = nodes[1].look(at: early)
    #expect(actions.isEmpty)
    actions = nodes[1].look(at: late)
    #expect(actions == [.fence(NodeID(0))])
    actions = nodes[1].look(at: late + .seconds(5))
    #expect(actions.isEmpty)
    nodes[1].confirmed(NodeID(0))
    actions = nodes[1].look(at: late + .seconds(6))
    #expect(actions == [.activate(token: 2)])
  }

  @Test(arguments: ClusterElectionOptions.NoQuorumPolicy.allCases)
  func aPartWithoutQuorumDoesWhatThePolicySays(policy: ClusterElectionOptions.NoQuorumPolicy) {
    var nodes = cluster(3) { $0.noQuorumPolicy = policy }
    let alone = nodes[0].look(at: .zero + .seconds(10))
    switch policy {
    case .stop: #expect(nodes[0].token == nil && alone.count == 1)
    case .fence: #expect(alone.last == .fence(NodeID(0)))
    case .freeze: #expect(nodes[0].token == 1 && alone.isEmpty)
    case .ignore: #expect(alone == [.fence(NodeID(1)), .fence(NodeID(2))])
    }
  }

  @Test func twoNodesAloneFenceEachOther() {
    var nodes = cluster(2) { $0.isTwoNode = true }
    let now = Instant.zero + .seconds(10)
    let first = nodes[0].look(at: now)
    let second = nodes[1].look(at: now)
    #expect(first == [.fence(NodeID(1))])
    #expect(second == [.fence(NodeID(0))])
  }

  @Test func aNodeThatHasSeenNobodyHasNoQuorumOfTwo() {
    let options = ClusterElectionOptions(votes: 2, isTwoNode: true, preferred: NodeID(0))
    var alone = ClusterElection(NodeID(0), peers: [NodeID(1)], options: options, at: .zero)
    let actions = alone.look(at: .zero + .minutes(5))
    #expect(actions.isEmpty && !alone.hasQuorum(at: .zero + .minutes(5)))
  }

  @Test func stickinessKeepsTheServiceWhereItIs() {
    for (stickiness, moves) in [(0, true), (100, false)] {
      var nodes = cluster(3) {
        $0.preference = 50
        $0.stickiness = stickiness
      }
      _ = nodes[0].stop("test")
      _ = nodes[1].ordered(token: 5)
      let now = Instant.zero + .seconds(2)
      meet(&nodes, at: now)
      let actions = nodes[0].look(at: now)
      #expect(actions.contains(.tellStop(NodeID(1))) == moves)
    }
  }

  @Test func aFailedServiceIsStartedAgainInPlaceUntilTheThreshold() {
    var nodes = cluster(3) { $0.failures.threshold = 3 }
    let now = Instant.zero + .seconds(2)
    var answers: [[Action]] = []
    for _ in 0..<3 { answers.append(nodes[0].failed(.monitor, at: now)) }
    #expect(
      answers == [
        [.restart(token: 1, failures: 1)], [.restart(token: 1, failures: 2)],
        [.stop("it failed here 3 times")],
      ])
    meet(&nodes, at: now)
    // The next one in line gets it, and the first one is not asked again.
    let actions = nodes[0].look(at: now)
    #expect(actions == [.tellActivate(NodeID(1), token: 2)])
  }

  @Test func aFailedStartMovesItAtOnceUnlessItMayFail() {
    for isFatal in [true, false] {
      var nodes = cluster(3) { $0.failures.isStartFatal = isFatal }
      let actions = nodes[0].failed(.start, at: .zero + .seconds(2))
      #expect(
        actions
          == (isFatal
            ? [.stop("it cannot be started here")]
            : [.restart(token: 1, failures: 1)]))
    }
  }

  @Test func whoDoesNotRunItHasNothingToRestart() {
    var nodes = cluster(3)
    let actions = nodes[1].failed(.monitor, at: .zero)
    #expect(actions.isEmpty && nodes[1].failures.count(at: .zero) == 0)
  }
}
