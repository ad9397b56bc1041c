import Kernel
import Testing

@testable import Patterns

@Suite("A leaderless store answers when its quorums have answered")
struct QuorumTests {
  @Test("with R + W > N a read shows the last write, whoever coordinates", arguments: UInt64(1)...4)
  func overlap(seed: UInt64) {
    var lab = QuorumLab(seed: seed, nodes: 5)
    for value in 1...20 {
      let writer = lab.random.below(5)
      let wrote = lab.ask(writer, .write(value))
      #expect(wrote?.isWritten == true)
      let shown = lab.read(lab.random.below(5))
      #expect(shown == .some(value))
    }
    #expect(lab.violation == nil)
  }

  @Test("too few nodes believed alive is a refusal; too few that answer is silence")
  func unavailableAndTimedOut() {
    var lab = QuorumLab()
    lab.crash(1)
    lab.crash(2)
    // Not yet suspected: the write is tried, one node has it, and nobody answers.
    #expect(lab.ask(0, .write(1)) == nil)
    #expect(lab.held(0) == 1)
    lab.run(.seconds(2))
    #expect(lab.ask(0, .write(2)) == .refused(.noQuorum, ask: nil))
    #expect(lab.held(0) == 1)
    lab.start(1)
    lab.run(.seconds(1))
    // The write that nobody confirmed is there.
    #expect(lab.read(1) == .some(1))
  }

  @Test("a hint reaches its node when it is back, unless it was down for longer than the window")
  func hints() {
    for window in [TimeSpan.hours(3), .seconds(1)] {
      var lab = QuorumLab {
        $0.hintWindow = window
        $0.readRepair = .none
      }
      lab.crash(2)
      lab.run(.seconds(3))
      let wrote = lab.ask(0, .write(7))
      #expect(wrote?.isWritten == true)
      lab.start(2)
      lab.run(.seconds(2))
      #expect(lab.held(2) == (window == .seconds(1) ? nil : 7))
      let refuses = lab.facts.contains(.refusesHint(for: NodeID(2)))
      #expect(refuses == (window == .seconds(1)))
      #expect(lab.nodes[0]?.hints == [])
    }
  }

  @Test(
    "anti-entropy brings all replicas to one root without hints or reads", arguments: UInt64(1)...4)
  func antiEntropy(seed: UInt64) {
    for interval in [nil, TimeSpan.milliseconds(500)] {
      var lab = QuorumLab(seed: seed) {
        $0.keepsHints = false
        $0.readRepair = .none
        $0.antiEntropy = interval
      }
      lab.run(.seconds(1))
      lab.cut = [NodeID(2)]
      lab.run(.seconds(2))
      for key in 0..<40 { _ = lab.ask(lab.random.below(2), .write(key), key: key) }
      lab.cut = []
      lab.run(.seconds(6))
      let roots = Set(lab.nodes.compactMap { $0?.root })
      #expect((roots.count == 1) == (interval != nil))
    }
  }

  @Test("read repair, blocking or later, mends the replica that was behind")
  func readRepair() {
    for kind in QuorumOptions.ReadRepair.allCases {
      var lab = QuorumLab {
        $0.keepsHints = false
        $0.readRepair = kind
      }
      lab.cut = [NodeID(2)]
      lab.run(.seconds(2))
      _ = lab.ask(0, .write(5))
      lab.cut = []
      lab.run(.seconds(1))
      #expect(lab.read(0) == .some(5))
      lab.run(.milliseconds(200))
      #expect((lab.held(2) == 5) == (kind != .none))
    }
  }

  @Test("a sloppy quorum takes writes that a strict one refuses, and reads may miss them")
  func sloppy() {
    for isSloppy in [false, true] {
      var lab = QuorumLab(nodes: 5) { $0.isSloppy = isSloppy }
      let owners = lab.options.owners(1).map(\.index)
      let others = (0..<5).filter { !owners.contains($0) }
      lab.run(.seconds(1))
      for owner in owners.dropFirst() { lab.crash(owner) }
      lab.run(.seconds(3))
      let answer = lab.ask(owners[0], .write(3))
      #expect((answer?.isWritten == true) == isSloppy)
      guard isSloppy else { continue }
      #expect(others.allSatisfy { lab.nodes[$0]?.hints.isEmpty == false })
      // The two others are back and believe only themselves to be alive: R is met, and they know nothing.
      lab.cut = Set(([owners[0]] + others).map(NodeID.init))
      for owner in owners.dropFirst() { lab.start(owner) }
      #expect(lab.read(owners[1]) == .some(nil))
      lab.cut = []
      lab.run(.seconds(3))
      #expect(lab.read(owners[1]) == .some(3))
    }
  }

  @Test("with clocks that disagree the last write loses to an earlier one; siblings keep both")
  func skew() {
    var lab = QuorumLab()
    let ahead = Instant.zero + .seconds(5)
    _ = lab.ask(0, .write(1), clock: ahead, client: 8)
    let wrote = lab.ask(1, .write(2), clock: .zero + .seconds(1))
    #expect(wrote?.isWritten == true)
    #expect(lab.read(2) == .some(1))

    var both = QuorumLab { $0.conflicts = .siblings }
    _ = both.ask(0, .write(1), clock: ahead, client: 8)
    _ = both.ask(1, .write(2))
    _ = both.ask(2, .read)
    guard let last = both.replies.last else { return }
    #expect(Set(last.siblings.compactMap(\.value)) == [1, 2])
    // The client merges and hands the context back: one version is left.
    _ = both.ask(0, .write(3), context: last.context)
    _ = both.ask(1, .read)
    #expect(both.replies.last?.siblings.compactMap(\.value) == [3])
  }

  @Test("a deletion lasts while its tombstone lives; data that missed it comes back after that")
  func tombstones() {
    for (life, comesBack) in [(TimeSpan.hours(1), false), (.seconds(2), true)] {
      var lab = QuorumLab {
        $0.keepsHints = false
        $0.tombstoneLife = life
      }
      _ = lab.ask(0, .write(1))
      lab.cut = [NodeID(2)]
      lab.run(.seconds(2))
      let deleted = lab.ask(0, .delete)
      #expect(deleted?.isWritten == true)
      lab.run(.seconds(4))
      lab.cut = []
      lab.run(.seconds(1))
      // Repair by reads until all agree.
      for place in 0..<3 { _ = lab.read(place) }
      lab.run(.seconds(1))
      #expect(lab.read(0) == .some(comesBack ? 1 : nil))
    }
  }

  @Test("a session is not shown less than it has seen")
  func sessions() {
    var lab = QuorumLab {
      $0.readQuorum = 1; $0.readRepair = .none; $0.keepsHints = false
    }
    lab.run(.seconds(1))
    lab.cut = [NodeID(2)]
    lab.run(.seconds(2))
    guard case .written(let version)? = lab.ask(0, .write(4)) else {
      Issue.record("the write is answered")
      return
    }
    #expect(lab.ask(2, .read) == .holds(nil, version: .none))
    #expect(lab.ask(2, .read, atLeast: version) == .refused(.behind, ask: nil))
    lab.cut = []
    lab.run(.seconds(1))
    #expect(lab.ask(2, .read, atLeast: version) == .holds(4, version: version))
  }

  @Test("invariants hold over crashes, cuts and all kinds of requests", arguments: UInt64(1)...6)
  func chaos(seed: UInt64) {
    for conflicts in QuorumOptions.Conflicts.allCases {
      var lab = QuorumLab(seed: seed, nodes: 5) {
        $0.conflicts = conflicts
        $0.isSloppy = seed % 2 == 0
        $0.antiEntropy = .seconds(1)
      }
      for value in 0..<60 {
        let place = lab.random.below(5)
        if lab.random.chance(0.1) { lab.crash(place) }
        if lab.random.chance(0.1) { lab.cut = [NodeID(lab.random.below(5))] }
        if lab.random.chance(0.3), lab.nodes[place] == nil { lab.start(place) }
        let action: StoreAction =
          lab.random.chance(0.5) ? .write(value) : lab.random.chance(0.2) ? .delete : .read
        _ = lab.ask(lab.random.below(5), action, key: lab.random.below(4))
      }
      lab.cut = []
      for place in 0..<5 where lab.nodes[place] == nil { lab.start(place) }
      lab.run(.seconds(20))
      for key in 0..<4 {
        let cells = lab.options.owners(key).map { lab.nodes[$0.index]?.cells[key] }
        #expect(cells.allSatisfy { $0 == cells[0] })
      }
      #expect(lab.violation == nil)
    }
  }

  @Test("presets carry the defaults of their tools")
  func presets() {
    let nodes = (0..<5).map(NodeID.init)
    let dynamo = QuorumPreset.dynamo
    let cassandra = QuorumPreset.cassandra
    let first = dynamo.options(Settings(dynamo.tool.knobs), nodes: nodes)
    #expect([first.copies, first.readQuorum, first.writeQuorum] == [3, 2, 2] && first.isSloppy)
    let second = cassandra.options(Settings(cassandra.tool.knobs), nodes: nodes)
    #expect(second.readQuorum == 2 && second.hintWindow == .hours(3))
    #expect(second.tombstoneLife == .hours(240) && !second.isSloppy)
  }
}
