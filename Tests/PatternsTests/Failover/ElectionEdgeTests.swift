import Kernel
import Testing

@testable import Patterns

@Suite struct RouterElectionTests {
  private func router(
    priority: Int = 100, _ change: (inout RouterOptions) -> Void = { _ in }
  ) -> RouterElection {
    var options = RouterOptions(priority: priority)
    change(&options)
    return RouterElection(options, at: .zero)
  }

  /// RFC 5798: three intervals and (256 - priority) / 256 of one.
  @Test(arguments: [(100, 3_609), (255, 3_003), (1, 3_996)])
  func silenceLastsItsInterval(priority: Int, milliseconds: Int64) {
    var router = router(priority: priority)
    let early = router.look(at: .zero + .milliseconds(milliseconds))
    #expect(!early && router.token == nil)
    let late = router.look(at: .zero + .milliseconds(milliseconds + 1))
    let again = router.look(at: .zero + .seconds(60))
    #expect(late && !again && router.token == 1)
  }

  @Test func onlyAHigherPriorityTakesTheLeadAndTokensGoOn() {
    var router = router()
    _ = router.look(at: .zero + .seconds(4))
    for priority in [1, 100] {
      let stops = router.heard(priority: priority, token: 7, at: .zero + .seconds(5))
      #expect(!stops && router.token.map { $0 > 7 } == true)
    }
    let stops = router.heard(priority: 101, token: 20, at: .zero + .seconds(5))
    #expect(stops && router.token == nil)
    _ = router.look(at: .zero + .seconds(9))
    #expect(router.token == 21)
  }

  /// A lower master is borne for the delay, and then its adverts count no more.
  @Test func preemptionWaitsItsDelay() {
    for delay in [0, 5] as [Int64] {
      var router = router { $0.preemptDelay = .seconds(delay) }
      var tookOver: Int64?
      for second in 1...20 as ClosedRange<Int64> where tookOver == nil {
        let now = Instant.zero + .seconds(second)
        _ = router.heard(priority: 50, token: 1, at: now)
        if router.look(at: now) { tookOver = second }
      }
      // The last advert that counted came just before the delay was over.
      #expect(tookOver == (delay == 0 ? 4 : 9))
    }
    var calm = router { $0.preempts = false }
    for second in 1...20 as ClosedRange<Int64> {
      _ = calm.heard(priority: 50, token: 1, at: .zero + .seconds(second))
      let isMaster = calm.look(at: .zero + .seconds(second))
      #expect(!isMaster)
    }
  }
}

@Suite struct LeaseElectorEdgeTests {
  private typealias Change = LeaseElector.Change

  private func held(by candidates: [NodeID], position: Int = 0) -> LeaseRecord {
    var record = LeaseRecord()
    for candidate in candidates {
      record.apply(.init(candidate, version: record.version, position: position), at: 0)
    }
    return record
  }

  /// A leader counts from when it asked, not from when the answer came.
  @Test func theLeadEndsByTheQuestion() {
    var changes: [Change] = []
    var elector = LeaseElector(NodeID(1), options: LeaseOptions(), at: .zero)
    elector.saw(
      held(by: [NodeID(1)]), askedAt: .zero + .seconds(1), at: .zero + .seconds(4), &changes)
    #expect(changes.contains(.led(token: 1, silent: .seconds(4))))
    #expect(elector.leads(at: .zero + .nanoseconds(10_999_999_999)))
    #expect(!elector.leads(at: .zero + .seconds(11)))
  }

  @Test func whoGivesTheLeaseBackLeavesItToOthersForOneLease() {
    var changes: [Change] = []
    var elector = LeaseElector(NodeID(1), options: LeaseOptions(), at: .zero)
    var record = held(by: [NodeID(1)])
    elector.saw(record, askedAt: .zero, at: .zero, &changes)
    for case .write(let command) in elector.release(at: .zero, &changes) {
      record.apply(command, at: 0)
    }
    #expect(record.holder == nil && record.token == 1)
    elector.saw(record, askedAt: .zero, at: .zero, &changes)
    let early = elector.tick(position: 0, at: .zero + .milliseconds(14_999), &changes)
    let late = elector.tick(position: 0, at: .zero + .seconds(15), &changes)
    #expect(early == [.read] && late == [.write(.init(NodeID(1), version: record.version))])
    // Whoever takes a free lease gets a token of its own.
    record.apply(.init(NodeID(1), version: record.version), at: 0)
    #expect(record.token == 2)
  }

  @Test func theLeaseIsClaimedAfterItsDurationByWhoIsNearEnough() {
    var options = LeaseOptions()
    options.maximumLag = 10
    let record = held(by: [NodeID(2)], position: 100)
    for (position, mayClaim) in [(89, false), (90, true)] {
      var changes: [Change] = []
      var elector = LeaseElector(NodeID(1), options: options, at: .zero)
      elector.saw(record, askedAt: .zero, at: .zero, &changes)
      let early = elector.tick(position: position, at: .zero + .milliseconds(14_999), &changes)
      #expect(early == [.read])
      // The same record again is no sign of life.
      elector.saw(record, askedAt: .zero, at: .zero + .seconds(9), &changes)
      // Nor is a message of somebody who does not hold it.
      elector.heardLeader(NodeID(3), at: .zero + .seconds(9))
      let late = elector.tick(position: position, at: .zero + .seconds(15), &changes)
      #expect((late != [.read]) == mayClaim)
      #expect(changes.contains(.barred(lag: 11)) == !mayClaim)
    }
  }

  @Test func anOlderRecordIsNoNews() {
    var changes: [Change] = []
    var elector = LeaseElector(NodeID(1), options: LeaseOptions(), at: .zero)
    let new = held(by: [NodeID(2), NodeID(3)])
    elector.saw(new, askedAt: .zero, at: .zero, &changes)
    elector.saw(held(by: [NodeID(2)]), askedAt: .zero, at: .zero + .seconds(1), &changes)
    #expect(elector.record == new)
  }

  @Test func aLeaderGoesOnWithoutTheStoreOnlyWhenAllOthersFollow() {
    var options = LeaseOptions()
    options.isFailsafe = true
    var changes: [Change] = []
    var elector = LeaseElector(NodeID(1), options: options, at: .zero)
    elector.saw(held(by: [NodeID(1)]), askedAt: .zero, at: .zero, &changes)
    elector.peerFollows(NodeID(2), of: 2, askedAt: .zero + .seconds(8))
    elector.peerFollows(NodeID(2), of: 2, askedAt: .zero + .seconds(8))
    #expect(!elector.leads(at: .zero + .seconds(10)))
    elector.peerFollows(NodeID(3), of: 2, askedAt: .zero + .seconds(8))
    #expect(elector.leads(at: .zero + .seconds(17)) && !elector.leads(at: .zero + .seconds(18)))
  }
}

@Suite struct RedisRoleTests {
  private func role(_ change: (inout RedisOptions) -> Void = { _ in }) -> RedisRole {
    var options = RedisOptions(firstPrimary: NodeID(0))
    change(&options)
    return RedisRole(NodeID(1), options, kept: nil, at: .zero)
  }

  @Test func aReplicaFollowsWhomItWasToldOnceItHasCopied() {
    var role = role { $0.syncTime = .seconds(3) }
    let other = role.hears(NodeID(2), at: .zero)
    role.follow(NodeID(2), at: .zero)
    let early = role.hears(NodeID(2), at: .zero + .milliseconds(2_999))
    let late = role.hears(NodeID(2), at: .zero + .seconds(3))
    #expect(!other && !early && late)
  }

  @Test func aPromotionHasALaterTokenThanAllBefore() {
    var role = role()
    #expect(RedisRole(NodeID(0), role.options, kept: nil, at: .zero).token == 1)
    role.promote(epoch: 1)
    #expect(role.token == 2)
  }

  /// `min-replicas-max-lag` counts whole seconds and takes the last one in.
  @Test func writesNeedSoManyReplicasAsNear() {
    var role = role {
      $0.minReplicas = 1
      $0.maxLag = .seconds(10)
    }
    role.promote(epoch: 1)
    #expect(!role.takesWrites)
    role.countReplicas([.zero, nil], at: .zero + .milliseconds(10_999))
    #expect(role.takesWrites && role.goodReplicas == 1)
    role.countReplicas([.zero, nil], at: .zero + .seconds(12))
    #expect(!role.takesWrites)
  }
}
