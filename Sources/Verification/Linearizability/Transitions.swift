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
  private var steps = NumberTable()

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
      if table.count < cells {
        table += repeatElement(Self.notTaken, count: cells - table.count)
      }
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
