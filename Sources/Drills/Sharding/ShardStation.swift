import Kernel
import Patterns

/// First in, first out, without shifting what waits.
struct JobQueue: Sendable {
  private var jobs: [Int32] = []
  private var head = 0

  var count: Int { jobs.count - head }

  mutating func append(_ job: Int32) { jobs.append(job) }

  mutating func popFirst() -> Int32? {
    guard head < jobs.count else { return nil }
    let job = jobs[head]
    head += 1
    if head > 1_024, head * 2 > jobs.count {
      jobs.removeFirst(head)
      head = 0
    }
    return job
  }

  mutating func removeAll() -> [Int32] {
    let waiting = Array(jobs[head...])
    jobs.removeAll(keepingCapacity: true)
    head = 0
    return waiting
  }
}

/// Work that a station does: a call of a request, or a step of a copy.
enum Job {
  /// A call, by its place in the table.
  case call(Int)
  /// A copy, by its place in the table.
  case copy(Int)

  /// The job as a number: calls even, copies odd.
  var code: Int32 {
    switch self {
    case .call(let index): Int32(index) * 2
    case .copy(let index): Int32(index) * 2 + 1
    }
  }

  init(code: Int32) {
    self = code % 2 == 0 ? .call(Int(code) / 2) : .copy(Int(code) / 2)
  }
}

/// The lanes of one shard (or of the origin) and what waits in line for them.
struct ShardStation: Sendable {
  /// What each lane works on; -1 for nothing.
  var lanes: [Int32]
  var queue = JobQueue()
  var busy = 0
  /// Lanes that copy.
  var copying = 0
  /// Requests that were served in the measured time, and writes among them.
  var served = 0
  var writes = 0
  /// What it is asked for most, and how many of its calls were inserts of new keys.
  var popular = HotKeyCounter()
  var asked = 0
  var inserts = 0
  /// The event that says that the line has grown long; nil while it is short.
  var jam: Trace.ID?
  /// The request that was the first slow one of this jam.
  var hasToldSlow = false
  /// Lanes whose work was done while the process stood still.
  var stalled: [Int] = []
  let random: RandomStream
  var draws: RandomStream

  init(lanes count: Int, random: RandomStream) {
    lanes = [Int32](repeating: -1, count: count)
    self.random = random
    draws = random
  }

  /// A lane that is free, or nil.
  var freeLane: Int? { busy < lanes.count ? lanes.firstIndex(of: -1) : nil }
}
