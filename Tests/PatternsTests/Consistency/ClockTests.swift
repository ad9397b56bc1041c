import Kernel
import Testing

@testable import Patterns

@Suite("Clocks tell what came before what")
struct ClockTests {
  private let a = NodeID(0)
  private let b = NodeID(1)

  @Test("version vectors compare and merge as computed by hand")
  func compares() {
    let old = VersionVector([a: 1, b: 2])
    let new = VersionVector([a: 2, b: 2])
    #expect(old.compared(to: new) == .before)
    #expect(new.compared(to: old) == .after)
    #expect(new.compared(to: new) == .equal)
    let left = VersionVector([a: 2, b: 1])
    #expect(left.compared(to: old) == .concurrent)
    var merged = left
    merged.merge(old)
    #expect(merged == new)
    // A node that is not named counts as 0.
    #expect(VersionVector().compared(to: VersionVector([b: 1])) == .before)
  }

  @Test("the write example of the dotted-version-vectors README keeps v2 and v3")
  func dottedVersionVectors() {
    var set = SiblingSet<String>()
    set.put("v1", context: VersionVector(), at: a)
    set.put("v2", context: VersionVector(), at: a)
    #expect(set.values == ["v1", "v2"])
    let dot = set.put("v3", context: VersionVector([a: 1]), at: a)
    #expect(dot == Dot(a, 3))
    #expect(set.values == ["v2", "v3"])
    #expect(set.context == VersionVector([a: 3]))
  }

  @Test("what one replica has overwritten does not come back from another")
  func overwrittenStaysAway() {
    var one = SiblingSet<String>()
    one.put("old", context: VersionVector(), at: a)
    var other = one
    one.put("new", context: one.context, at: a)
    other.merge(one)
    #expect(other.values == ["new"])
    one.merge(other)
    #expect(one == other)
  }

  @Test(
    "no write is lost: every value is there or was replaced by somebody who had read it",
    arguments: UInt64(1)...8)
  func noLostUpdate(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "siblings")
    var replicas = [SiblingSet<Int>](repeating: SiblingSet(), count: 3)
    var replaced: Set<Int> = []
    for value in 0..<200 {
      let place = random.below(3)
      // Some writers have read nothing, some what the replica holds now.
      let hasRead = random.chance(0.5)
      if hasRead { replaced.formUnion(replicas[place].values) }
      replicas[place].put(
        value, context: hasRead ? replicas[place].context : VersionVector(), at: NodeID(place))
      let source = replicas[random.below(3)]
      replicas[random.below(3)].merge(source)
    }
    let states = replicas
    for place in 0..<3 { for other in states { replicas[place].merge(other) } }
    #expect(Set(replicas[0].values) == Set(0..<200).subtracting(replaced))
    #expect(replicas[0] == replicas[1] && replicas[1] == replicas[2])
  }

  @Test("Lamport stamps grow along messages; vector clocks also see what is concurrent")
  func logicalClocks() {
    var left = LamportClock(a)
    var right = LamportClock(b)
    let sent = left.tick()
    let before = right.tick()
    let received = right.receive(sent)
    #expect(sent < received && before < received && received.time == 2)
    #expect(sent < before)

    var one = VectorClock(a)
    var two = VectorClock(b)
    let first = one.tick()
    let apart = two.tick()
    #expect(first.compared(to: apart) == .concurrent)
    #expect(first.compared(to: two.receive(first)) == .before)
  }

  @Test("a hybrid clock follows its wall clock, and a sender whose clock is ahead")
  func hybridClock() {
    func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }
    var clock = HybridClock(a, tolerance: .milliseconds(500))
    #expect(clock.tick(at: at(10)) == HybridStamp(wall: at(10), logical: 0, node: a))
    #expect(clock.tick(at: at(10)) == HybridStamp(wall: at(10), logical: 1, node: a))
    // The wall clock steps back: stamps do not.
    #expect(clock.tick(at: at(3)) == HybridStamp(wall: at(10), logical: 2, node: a))
    let ahead = HybridStamp(wall: at(100), logical: 7, node: b)
    #expect(clock.receive(ahead, at: at(20)) == HybridStamp(wall: at(100), logical: 8, node: a))
    #expect(clock.tick(at: at(21)) == HybridStamp(wall: at(100), logical: 9, node: a))
    #expect(clock.tick(at: at(101)) == HybridStamp(wall: at(101), logical: 0, node: a))
    #expect(clock.receive(HybridStamp(wall: at(700), logical: 0, node: b), at: at(102)) == nil)
    #expect(clock.last == HybridStamp(wall: at(101), logical: 0, node: a))
  }
}
