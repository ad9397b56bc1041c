import Kernel
import Testing

@testable import Patterns

/// Replicas of one kind of data that do random things and meet at random.
private struct DataLab<Value: ReplicatedData> {
  var states: [Value]
  /// Every delta that was made, for delivery in any order.
  var deltas: [Value] = []

  init(
    seed: UInt64, steps: Int = 60,
    operation: (Value, inout RandomStream) -> Value.Operation
  ) {
    var random = RandomStream(seed: seed, name: "data")
    states = [Value](repeating: Value(), count: 3)
    for _ in 0..<steps {
      let place = random.below(3)
      let next = operation(states[place], &random)
      deltas.append(states[place].apply(next, at: NodeID(place)))
      if random.chance(0.3) {
        let source = states[random.below(3)]
        states[random.below(3)].merge(source)
      }
    }
  }

  /// Breaches of the laws, in words.
  func breaches(seed: UInt64, merge: (inout Value, Value) -> Void = { $0.merge($1) }) -> [String] {
    func joined(_ left: Value, _ right: Value) -> Value {
      var result = left
      merge(&result, right)
      return result
    }
    var broken: [String] = []
    let (x, y, z) = (states[0], states[1], states[2])
    if joined(x, y) != joined(y, x) { broken.append("commutative") }
    if joined(joined(x, y), z) != joined(x, joined(y, z)) { broken.append("associative") }
    if joined(x, x) != x { broken.append("idempotent") }
    let whole = joined(joined(x, y), z)
    var random = RandomStream(seed: seed, name: "delivery")
    for _ in 0..<3 {
      // Every delta, some of them twice, in any order.
      var order = deltas + deltas.filter { _ in random.chance(0.3) }
      random.shuffle(&order)
      if order.reduce(Value(), joined) != whole { broken.append("deltas in any order") }
    }
    return broken
  }
}

@Suite("Replicated data converges whatever the order and repetition of deliveries")
struct ReplicatedDataTests {
  @Test("counters", arguments: UInt64(1)...6)
  func counters(seed: UInt64) {
    let grow = DataLab<GrowOnlyCounter>(seed: seed) { _, random in .add(random.below(5)) }
    #expect(grow.breaches(seed: seed) == [])
    let both = DataLab<UpDownCounter>(seed: seed) { _, random in .add(random.below(9) - 4) }
    #expect(both.breaches(seed: seed) == [])
  }

  @Test("sets", arguments: UInt64(1)...6)
  func sets(seed: UInt64) {
    let grow = DataLab<GrowOnlySet<Int>>(seed: seed) { _, random in .insert(random.below(9)) }
    #expect(grow.breaches(seed: seed) == [])
    let two = DataLab<TwoPhaseSet<Int>>(seed: seed) { _, random in
      random.chance(0.6) ? .insert(random.below(9)) : .remove(random.below(9))
    }
    #expect(two.breaches(seed: seed) == [])
    let wins = DataLab<AddWinsSet<Int>>(seed: seed) { _, random in
      random.chance(0.6) ? .insert(random.below(9)) : .remove(random.below(9))
    }
    #expect(wins.breaches(seed: seed) == [])
  }

  @Test("registers", arguments: UInt64(1)...6)
  func registers(seed: UInt64) {
    var value = 0
    // Few readings of the clock, so that stamps tie; a node writes once at a reading.
    let last = DataLab<LastWriteWinsRegister<Int>>(seed: seed) { state, random in
      value += 1
      let after = state.winner?.time.nanoseconds ?? 0
      return .write(value, time: Instant(nanoseconds: after + Int64(random.below(3)) + 1))
    }
    #expect(last.breaches(seed: seed) == [])
    let many = DataLab<MultiValueRegister<Int>>(seed: seed) { _, _ in
      value += 1
      return .write(value)
    }
    #expect(many.breaches(seed: seed) == [])
  }

  @Test("maps of counters, and sequences", arguments: UInt64(1)...6)
  func composites(seed: UInt64) {
    let map = DataLab<AddWinsMap<Int, UpDownCounter>>(seed: seed) { _, random in
      random.chance(0.7)
        ? .update(random.below(5), .add(random.below(5) - 2)) : .remove(random.below(5))
    }
    #expect(map.breaches(seed: seed) == [])
    let text = DataLab<GrowableSequence<Int>>(seed: seed) { state, random in
      let items = state.visible
      let place = random.below(items.count + 1)
      if random.chance(0.3), place < items.count { return .remove(items[place].stamp) }
      return .insert(random.below(100), after: place == 0 ? nil : items[place - 1].stamp)
    }
    #expect(text.breaches(seed: seed) == [])
    let elements = text.states.map { $0.visible.count }
    #expect(elements.contains { $0 > 0 })
  }

  @Test("the laws catch merges that are wrong")
  func wrongMerges() {
    let counter = DataLab<UpDownCounter>(seed: 1) { _, random in .add(random.below(9) - 4) }
    let bySum = counter.breaches(seed: 1) { $0.mergeBySum($1) }
    #expect(bySum.contains("idempotent") && bySum.contains("deltas in any order"))
    let register = DataLab<LastWriteWinsRegister<Int>>(seed: 1) { _, random in
      .write(random.below(1_000), time: Instant(nanoseconds: 1))
    }
    let byArrival = register.breaches(seed: 1) { $0.mergeByArrival($1) }
    #expect(byArrival.contains("deltas in any order"))
  }

  @Test("the counter of the reference: A +5 -2, B +1 is 4 everywhere")
  func counterVector() {
    var left = UpDownCounter()
    var right = UpDownCounter()
    left.apply(.add(5), at: NodeID(0))
    left.apply(.add(-2), at: NodeID(0))
    right.apply(.add(1), at: NodeID(1))
    let before = left
    left.merge(right)
    right.merge(before)
    #expect(left.value == 4 && right.value == 4)
  }

  @Test("a cart: the concurrent addition survives in an add-wins set and not elsewhere")
  func cart() {
    let (phone, laptop) = (NodeID(0), NodeID(1))
    var one = AddWinsSet<String>()
    one.apply(.insert("book"), at: phone)
    var two = one
    one.apply(.remove("book"), at: phone)
    two.apply(.insert("book"), at: laptop)
    two.apply(.insert("pen"), at: laptop)
    one.merge(two)
    #expect(one.elements == ["book", "pen"])

    var strict = TwoPhaseSet<String>()
    strict.apply(.insert("book"), at: phone)
    strict.apply(.remove("book"), at: phone)
    strict.apply(.insert("book"), at: phone)
    #expect(strict.elements == [])

    var last = LastWriteWinsRegister<[String]>()
    last.apply(.write(["book"], time: .zero + .seconds(1)), at: phone)
    var other = LastWriteWinsRegister<[String]>()
    other.apply(.write(["pen"], time: .zero + .seconds(2)), at: laptop)
    last.merge(other)
    #expect(last.value == ["pen"])
  }

  @Test("in a sequence two words typed at one place do not mix")
  func sequence() {
    func typed(_ word: String, _ node: NodeID) -> GrowableSequence<Character> {
      var text = GrowableSequence<Character>()
      for letter in word {
        text.apply(.insert(letter, after: text.visible.last?.stamp), at: node)
      }
      return text
    }
    var text = typed("ab", NodeID(0))
    text.merge(typed("xy", NodeID(1)))
    #expect(String(text.elements) == "xyab")
  }
}
