/// An operation that is open: begun, and over at a later response.
struct OpenOperation {
  /// The operation, as an index into the history.
  let operation: Int32
  /// The number of its action.
  let kind: Int32
  /// Its place in the sets of a configuration, used again when it is over.
  let slot: Int32
}

/// An operation whose outcome is unknown: open for ever, in effect at most once.
struct CrashedOperation {
  /// The operation, as an index into the history.
  let operation: Int32
  /// The number of its action.
  let kind: Int32
  /// The latest earlier crashed operation with the same action, or -1.
  let twin: Int32
}

/// A history made ready for the searches, which ask response by response what must be in effect.
///
/// A level is a response: level `k` is over when the operation that returns there is in effect.
/// Operations that only observe are kept apart from those that change the state.
struct LinearizationProblem {
  /// What returns at each level.
  private(set) var returning: [OpenOperation] = []
  /// Whether what returns at each level only observes.
  private(set) var isObservation: [Bool] = []
  /// How many crashed operations have begun before each level's response.
  private(set) var crashedCounts: [Int32] = []
  /// The crashed operations, in the order of their invocations.
  private(set) var crashed: [CrashedOperation] = []
  private var observations = OpenLists()
  private var changes = OpenLists()

  /// How many responses there are.
  var levelCount: Int { returning.count }

  /// The open operations at a level that only observe, the first to return first.
  @inline(__always) func observations(at level: Int) -> Range<Int> { observations.range(level) }
  @inline(__always) func observation(_ place: Int) -> OpenOperation { observations[place] }

  /// The open operations at a level that change the state, the first to return first.
  @inline(__always) func changes(at level: Int) -> Range<Int> { changes.range(level) }
  @inline(__always) func change(_ place: Int) -> OpenOperation { changes[place] }

  /// How large a set of slots must be.
  var slotCount: Int { max(observations.slotCount, changes.slotCount, crashed.count) }

  /// A problem of the operations that `events` begin and end; `kinds` numbers their actions, and
  /// `isPure` says which numbers only observe.
  init(_ events: [HistoryEvent], kinds: [Int32], isPure: [Bool], isCrashed: (Int) -> Bool) {
    var levels = [Int32](repeating: 0, count: kinds.count)
    var level: Int32 = 0
    for event in events where event.isResponse {
      levels[event.index] = level
      level += 1
    }
    returning.reserveCapacity(Int(level))
    isObservation.reserveCapacity(Int(level))
    crashedCounts.reserveCapacity(Int(level))
    var youngest = [Int32](repeating: -1, count: isPure.count)
    for event in events {
      let kind = kinds[event.index]
      let isPure = isPure[Int(kind)]
      if event.isResponse {
        observations.closeLevel()
        changes.closeLevel()
        crashedCounts.append(Int32(crashed.count))
        isObservation.append(isPure)
        returning.append(isPure ? observations.removeFirst() : changes.removeFirst())
      } else if isCrashed(event.index) {
        crashed.append(
          CrashedOperation(
            operation: Int32(event.index), kind: kind, twin: youngest[Int(kind)]))
        youngest[Int(kind)] = Int32(crashed.count - 1)
      } else if isPure {
        observations.open(Int32(event.index), kind, until: levels)
      } else {
        changes.open(Int32(event.index), kind, until: levels)
      }
    }
  }
}

/// An invocation or a response of the operation `index`.
struct HistoryEvent {
  let index: Int
  let isResponse: Bool
}

/// The open operations at each level, one list behind the other.
private struct OpenLists {
  private var starts: [Int32] = []
  private var all: [OpenOperation] = []
  /// What is open now, the first to return first.
  private var now: [OpenOperation] = []
  private var freeSlots: [Int32] = []
  private(set) var slotCount = 0

  @inline(__always) subscript(_ place: Int) -> OpenOperation { all[place] }

  @inline(__always) func range(_ level: Int) -> Range<Int> {
    let end = level + 1 < starts.count ? Int(starts[level + 1]) : all.count
    return Int(starts[level])..<end
  }

  mutating func open(_ operation: Int32, _ kind: Int32, until levels: [Int32]) {
    let slot = freeSlots.popLast() ?? Int32(slotCount)
    slotCount = max(slotCount, Int(slot) + 1)
    now.append(OpenOperation(operation: operation, kind: kind, slot: slot))
    var place = now.count - 1
    while place > 0, levels[Int(now[place - 1].operation)] > levels[Int(operation)] {
      now.swapAt(place - 1, place)
      place -= 1
    }
  }

  mutating func closeLevel() {
    starts.append(Int32(all.count))
    for open in now { all.append(open) }
  }

  mutating func removeFirst() -> OpenOperation {
    let first = now[0]
    for place in 1..<now.count { now[place - 1] = now[place] }
    now.removeLast()
    freeSlots.append(first.slot)
    return first
  }
}
