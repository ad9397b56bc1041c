/// The model as numbers: states and kinds of actions are numbered as they turn up, and a step that
/// was taken once is looked up from then on.
struct Transitions {
  /// The state after no action at all.
  static let initial: Int32 = 0
  /// What a step comes to that the model refuses.
  static let refused: Int32 = -1
  private static let notTaken: Int32 = -2
  /// Above so many cells the table would mostly hold steps that are never taken.
  private static let mostCells = 1 << 20

  private let kindCount: Int
  private let take: (_ state: Int32, _ kind: Int32) -> Int32
  /// A row a state, a column a kind; empty when there are too many of them.
  private var table: [Int32]
  private var isDense = true
  private var steps = StepTable()

  /// A model with `kindCount` kinds of actions; `take` numbers the state after a step.
  init(kindCount: Int, take: @escaping (_ state: Int32, _ kind: Int32) -> Int32) {
    self.kindCount = kindCount
    self.take = take
    table = Array(repeating: Self.notTaken, count: kindCount)
    if kindCount > Self.mostCells / 64 { leaveTable() }
  }

  /// The state after a step, or `refused`.
  @inline(__always) mutating func next(_ state: Int32, _ kind: Int32) -> Int32 {
    if isDense {
      let known = table[Int(state) &* kindCount &+ Int(kind)]
      if known != Self.notTaken { return known }
    }
    return nextByAsking(state, kind)
  }

  @inline(never) private mutating func nextByAsking(_ state: Int32, _ kind: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: kind))
    if !isDense, let known = steps[key] { return known }
    let next = take(state, kind)
    let cells = (Int(max(state, next)) + 1) * kindCount
    if isDense, cells > Self.mostCells { leaveTable() }
    if isDense {
      while table.count < cells { table.append(Self.notTaken) }
      table[Int(state) * kindCount + Int(kind)] = next
    } else {
      steps[key] = next
    }
    return next
  }

  private mutating func leaveTable() {
    isDense = false
    table = []
  }
}

/// Steps by state and kind, for models with many of both: open addressing, linear probing.
private struct StepTable {
  private var keys = [UInt64](repeating: .max, count: 1024)
  private var values = [Int32](repeating: 0, count: 1024)
  private var count = 0

  subscript(_ key: UInt64) -> Int32? {
    get {
      let place = place(of: key)
      return keys[place] == key ? values[place] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= keys.count { grow() }
      let place = place(of: key)
      if keys[place] != key { count += 1 }
      keys[place] = key
      values[place] = newValue
    }
  }

  private func place(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
    while keys[place] != key, keys[place] != .max { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = (keys, values)
    keys = Array(repeating: .max, count: old.0.count * 2)
    values = Array(repeating: 0, count: old.0.count * 2)
    for (key, value) in zip(old.0, old.1) where key != .max {
      let place = place(of: key)
      keys[place] = key
      values[place] = value
    }
  }
}
