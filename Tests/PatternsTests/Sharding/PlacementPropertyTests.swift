import Kernel
import Testing

@testable import Patterns

@Suite("Placements keep their promises over seeds")
struct PlacementPropertyTests {
  static let seeds = UInt64(1)...8
  static let minimal: [PlacementOptions.Kind] = [
    .range, .directory, .ring, .jump, .rendezvous, .slots,
  ]

  /// A placement of random size with random keys in it.
  struct Sample {
    var placement: Placement
    let keys: [ShardKey]

    init(_ kind: PlacementOptions.Kind, seed: UInt64) {
      var random = RandomStream(seed: seed, name: "sample/\(kind)")
      let members = (0..<2 + random.below(9)).map {
        ShardMember(NodeID($0), name: "shard-\($0 + 1)")
      }
      let options = PlacementOptions(
        kind: kind, sizing: .perWeight(1 + random.below(64)), tableSize: 4_099,
        rangeStarts: RangePlacement.evenStarts(count: 64, end: 3_000))
      placement = Placement(members, options)
      keys = (0..<3_000).map { ShardKey("s\(seed):\($0)") }
      for key in keys { _ = placement.place(key) }
    }

    var owners: [NodeID] { keys.map(placement.shard(for:)) }
  }

  @Test("every key has an owner among the members, and copies agree", arguments: seeds)
  func totalAndAgreed(seed: UInt64) {
    for kind in PlacementOptions.Kind.allCases {
      let sample = Sample(kind, seed: seed)
      let copy = Sample(kind, seed: seed)
      let members = Set(sample.placement.members.map(\.node))
      #expect(sample.owners.allSatisfy(members.contains), "\(kind)")
      #expect(sample.owners == copy.owners, "\(kind)")
    }
  }

  @Test("a shard that joins gets keys, nobody else does", arguments: seeds)
  func joining(seed: UInt64) {
    for kind in Self.minimal {
      var sample = Sample(kind, seed: seed)
      let before = sample.owners
      let newcomer = NodeID(sample.placement.members.count)
      sample.placement.add(ShardMember(newcomer, name: "newcomer"))
      let movement = Movement(from: before, to: sample.owners)
      #expect(movement.flows.allSatisfy { $0.target == newcomer }, "\(kind)")
      #expect(movement.moved > 0, "\(kind)")
    }
  }

  @Test("a shard that leaves loses its keys, nobody else does", arguments: seeds)
  func leaving(seed: UInt64) {
    for kind in Self.minimal {
      var sample = Sample(kind, seed: seed)
      let before = sample.owners
      let count = sample.placement.members.count
      let leaver = NodeID(kind == .jump ? count - 1 : Int(seed) % count)
      #expect(sample.placement.remove(leaver) == .removed)
      let after = sample.owners
      let movement = Movement(from: before, to: after)
      #expect(movement.flows.allSatisfy { $0.source == leaver }, "\(kind)")
      #expect(!after.contains(leaver), "\(kind)")
    }
  }

  @Test("modulo, bounded loads and Maglev empty a shard that leaves", arguments: seeds)
  func leavingWithMoreMovement(seed: UInt64) {
    for kind in [PlacementOptions.Kind.modulo, .bounded, .maglev] {
      var sample = Sample(kind, seed: seed)
      #expect(sample.placement.remove(NodeID(0)) == .removed)
      #expect(!sample.owners.contains(NodeID(0)), "\(kind)")
    }
  }

  @Test("refusals change nothing", arguments: PlacementOptions.Kind.allCases)
  func refusals(kind: PlacementOptions.Kind) {
    var placement = Placement([ShardMember(NodeID(3), name: "a")], PlacementOptions(kind: kind))
    let before = placement
    for node in [NodeID(3), NodeID(1)] {
      guard case .refused = placement.remove(node) else {
        Issue.record("\(kind) removed \(node)")
        return
      }
      #expect(placement == before)
    }
    var jump = JumpPlacement([ShardMember(NodeID(0), name: "a"), ShardMember(NodeID(1), name: "b")])
    #expect(jump.remove(NodeID(0)) != .removed)
  }

  @Test("the ring is the next token clockwise, found by looking at all", arguments: seeds)
  func ringAgainstNaiveModel(seed: UInt64) {
    guard case .ring(let ring) = Sample(.ring, seed: seed).placement else { return }
    var points: [(UInt64, NodeID)] = []
    for member in ring.members {
      for number in 0..<ring.tokens.count / ring.members.count {
        points.append((XXHash64.hash("\(member.name)_\(number)"), member.node))
      }
    }
    var random = RandomStream(seed: seed, name: "lookups")
    for _ in 0..<500 {
      let hash = random.next()
      let above = points.filter { $0.0 >= hash }.min { $0.0 < $1.0 }
      let owner = (above ?? points.min { $0.0 < $1.0 })?.1
      #expect(ring.shard(for: ShardKey(hash: hash, order: 0, slot: 0)) == owner)
      let preference = ring.preference(for: hash, count: 3)
      #expect(preference.first == owner)
      #expect(Set(preference).count == min(3, ring.members.count))
    }
  }

  @Test("ranges split and answer like a list that is searched from the end", arguments: seeds)
  func rangesAgainstNaiveModel(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "splits")
    let members = (0..<3).map { ShardMember(NodeID($0), name: "s\($0)") }
    var ranges = RangePlacement(
      members, starts: RangePlacement.evenStarts(count: 6, end: 600))
    var model = zip(ranges.starts, ranges.owners).map { ($0, $1) }
    for _ in 0..<40 {
      let start = UInt64(random.below(900))
      let owner = NodeID(random.below(3))
      let isNew = !model.contains { $0.0 == start }
      #expect(ranges.split(at: start) == isNew)
      ranges.assign(ranges.range(of: start), to: owner)
      model.removeAll { $0.0 == start }
      model.append((start, owner))
    }
    model.sort { $0.0 < $1.0 }
    for order in stride(from: UInt64(0), to: 1_000, by: 7) {
      let expected = model.last { $0.0 <= order }?.1
      #expect(ranges.shard(for: ShardKey(hash: 0, order: order, slot: 0)) == expected)
    }
  }

  @Test("bounded loads give no shard more than its cap, whatever comes and goes", arguments: seeds)
  func boundedLoads(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "bounded")
    let members = (0..<5).map { ShardMember(NodeID($0), name: "s\($0)") }
    let factor = 105 + random.below(100)
    var bounded = BoundedLoadRing(
      ConsistentHashRing(members, sizing: .perWeight(4)), factorPercent: factor)
    var carried: [NodeID] = []
    for _ in 0..<2_000 {
      if carried.isEmpty || random.chance(0.7) {
        // Half of the load wants the same place: a hot key.
        let node = bounded.assign(random.chance(0.5) ? 42 : random.next())
        carried.append(node)
        let cap = (bounded.total * factor + 499) / 500
        #expect(bounded.loads[node.index] <= max(1, cap))
      } else {
        bounded.release(carried.remove(at: random.below(carried.count)))
      }
      #expect(bounded.loads.reduce(0, +) == carried.count)
    }
  }

  @Test("Maglev is even to within one entry and moves little more than it must", arguments: seeds)
  func maglevBalance(seed: UInt64) throws {
    let members = (0..<7 + Int(seed)).map { ShardMember(NodeID($0), name: "b\(seed)-\($0)") }
    var table = try #require(MaglevTable(members, size: 65_537))
    let counts = members.map { member in table.entries.count { $0 == member.node } }
    let most = try #require(counts.max())
    let least = try #require(counts.min())
    #expect(most - least <= 1)
    let before = table.entries
    #expect(table.remove(NodeID(2)) == .removed)
    let movement = Movement(from: before, to: table.entries)
    #expect(movement.fraction < 1.0 / Double(members.count) + 0.04)
  }

  @Test("weights share the keys out in proportion")
  func weights() throws {
    let members = [1, 2, 5].enumerated().map {
      ShardMember(NodeID($0.offset), name: "w\($0.offset)", weight: $0.element)
    }
    let keys = (0..<40_000).map { ShardKey("key:\($0)") }
    let maglev = try #require(MaglevTable(members))
    let rules: [any PlacementRule] = [
      ConsistentHashRing(members, sizing: .perWeight(400)), RendezvousPlacement(members), maglev,
    ]
    for rule in rules {
      let owners = keys.map(rule.shard(for:))
      for member in members {
        let share = Double(owners.count { $0 == member.node }) / Double(keys.count)
        #expect(abs(share - Double(member.weight) / 8) < 0.03, "\(type(of: rule))")
      }
    }
  }

  @Test("more virtual nodes, less skew")
  func virtualNodes() {
    func skew(_ count: Int) -> Double {
      var worst = 0.0
      for round in 0..<10 {
        let members = (0..<10).map { ShardMember(NodeID($0), name: "r\(round)-\($0)") }
        let ring = ConsistentHashRing(members, sizing: .perWeight(count))
        var loads = [Double](repeating: 0, count: 10)
        for key in 0..<20_000 { loads[ring.shard(for: ShardKey("k:\(key)")).index] += 1 }
        worst += ShardBalance(loads).skew ?? 0
      }
      return worst / 10
    }
    let one = skew(1)
    let many = skew(256)
    #expect(one > 2)
    #expect(many < 1.25)
  }
}
