import Kernel
import Testing

@testable import Patterns

@Suite("Maps with epochs and routers that learn")
struct ShardRouterTests {
  static func map(_ count: Int = 3) -> ShardMap {
    let members = (0..<count).map { ShardMember(NodeID($0), name: "s\($0)") }
    return ShardMap(Placement(members, PlacementOptions(kind: .ring)))
  }

  static let keys = (0..<2_000).map { ShardKey("key:\($0)") }

  static func grown(_ map: ShardMap) -> Placement {
    var next = map.placement
    next.add(ShardMember(NodeID(9), name: "s9"))
    return next
  }

  @Test("at every epoch a key has its old owner or its new one, and changes hands once")
  func oneOwner() {
    var map = Self.map()
    let before = Self.keys.map(map.owner(of:))
    let next = Self.grown(map)
    let after = Self.keys.map(next.shard(for:))
    map.begin(next, parcels: 8)
    #expect(Self.keys.map(map.owner(of:)) == before)
    var last = before
    var changes = [Int](repeating: 0, count: Self.keys.count)
    for parcel in [3, 0, 7, 1, 2, 6, 5, 4] {
      let epoch = map.epoch
      map.commit(parcel)
      #expect(map.epoch == epoch + 1)
      let owners = Self.keys.map(map.owner(of:))
      for index in owners.indices where owners[index] != last[index] {
        changes[index] += 1
        #expect(last[index] == before[index] && owners[index] == after[index])
      }
      last = owners
    }
    #expect(!map.isMoving)
    #expect(last == after)
    #expect(changes.allSatisfy { $0 <= 1 })
  }

  @Test("the plan lists exactly the keys that move, each in the parcel the map names")
  func plan() {
    var map = Self.map()
    map.begin(Self.grown(map), parcels: 8)
    let plan = ReshardingPlan(map, keys: Self.keys)
    var seen: Set<Int> = []
    for (parcel, flows) in plan.parcels.enumerated() {
      for flow in flows {
        for key in flow.keys {
          let move = map.move(of: Self.keys[key])
          #expect(move?.parcel == parcel)
          #expect(move?.source == flow.source && move?.target == flow.target)
          #expect(seen.insert(key).inserted)
        }
      }
    }
    #expect(seen.count == Self.keys.count { map.move(of: $0) != nil })
    #expect(plan.keyCount == seen.count)
  }

  @Test("MOVED renews the map, an older map never does")
  func moved() throws {
    var map = Self.map()
    var router = ShardRouter(map)
    let old = map
    map.replace(with: Self.grown(map))
    let key = try #require(Self.keys.first { map.owner(of: $0) == NodeID(9) })
    #expect(router.target(of: key).node != NodeID(9))
    #expect(router.moved(key, to: NodeID(9), by: map) == .init(NodeID(9)))
    #expect(router.target(of: key) == .init(NodeID(9)))
    let learned = router.learn(old)
    #expect(!learned)
    #expect(router.map == map)
  }

  @Test("ASK is for once, unless the client takes it for MOVED")
  func ask() throws {
    var map = Self.map()
    map.begin(Self.grown(map), parcels: 4)
    let key = try #require(Self.keys.first { map.move(of: $0) != nil })
    var careful = ShardRouter(map)
    #expect(careful.asked(key, to: NodeID(9)) == .init(NodeID(9), isAsking: true))
    #expect(careful.target(of: key).node == map.owner(of: key))
    var careless = ShardRouter(map, takesAskForMoved: true)
    #expect(careless.asked(key, to: NodeID(9)) == .init(NodeID(9)))
    #expect(careless.target(of: key) == .init(NodeID(9)))
    _ = careless.moved(key, to: map.owner(of: key), by: map)
    #expect(careless.target(of: key).node == map.owner(of: key))
  }
}
