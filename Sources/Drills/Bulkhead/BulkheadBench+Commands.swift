import Kernel
import Patterns
import Presentation

extension BulkheadBench {
  /// Calls come.
  mutating func begin(_ count: Int) -> Document {
    var (ran, queued, refused) = (0, 0, 0)
    for _ in 0..<count {
      let call = nextCall
      nextCall += 1
      switch semaphore?.acquire(call, at: clock) {
      case .waits(let until):
        waiting.append((call, until))
        queued += 1
        continue
      case .refused:
        refused += 1
        continue
      case .permitted, nil: break
      }
      switch pool?.submit(call, at: clock) {
      case .queued: queued += 1
      case .refused: refused += 1
      case .runs, nil:
        running.append(call)
        ran += 1
      }
    }
    counters.refused += refused
    return Document([
      .paragraph(
        Text("Of \(count) calls ") + .strong("\(ran)") + " began, "
          + .strong("\(queued)") + " wait, " + .strong("\(refused)") + " were refused.")
    ])
  }

  /// Calls end, the oldest first.
  mutating func finish(_ count: Int) -> Document {
    let ending = min(count, running.count)
    var moved = 0
    for _ in 0..<ending {
      running.removeFirst()
      var next = semaphore?.release()
      if pool != nil { next = pool?.finished(at: clock) }
      if let next {
        waiting.removeAll { $0.call == next }
        running.append(next)
        moved += 1
      }
    }
    return Document([
      .text(
        "Calls that ended: \(ending). Calls that waited and began: \(moved). "
          + "Under way: \(running.count).")
    ])
  }

  /// Time passes.
  mutating func wait(_ span: TimeSpan) -> Document {
    clock = clock + span
    let over = waiting.filter { $0.until <= clock }
    for entry in over { _ = semaphore?.leave(entry.call) }
    waiting.removeAll { $0.until <= clock }
    counters.timedOut += over.count
    let threads = pool.map { " The pool has \($0.threads(at: clock)) threads." } ?? ""
    return Document([.text("\(span) later: \(over.count) calls gave up waiting.\(threads)")])
  }

  /// Little's law.
  mutating func need(_ line: BenchLine) throws(Diagnostic) -> Document {
    let rate = try line.count(0, of: "calls a second", upTo: 1_000_000)
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let time = TimeSpan(text: text), time > .zero, time <= .hours(1) else {
      throw Diagnostic("'\(text)' is no time of a call.", found: text, expected: "a time up to 1h")
    }
    let needed = Double(rate) * time.seconds
    counters.needed = needed
    return Document([
      .paragraph(
        Text("\(rate) calls a second that take \(time) each: ")
          + .strong(Unit.ratio.text(needed)) + " are under way on average.")
    ])
  }

  /// Workers are dealt to tenants.
  mutating func deal(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let plan = ShuffleShards.Plan(rawValue: word) else {
      throw .unknown(
        "plan", word, known: parts, column: line.arguments.isEmpty ? nil : line.column(0))
    }
    let workers = try line.count(1, of: "workers", upTo: 2_048)
    let size = try line.count(2, of: "workers of a shard", upTo: min(workers, 32))
    let tenants = try line.count(3, of: "tenants", upTo: 100_000)
    let shards = ShuffleShards(workers: workers, size: size, plan: plan, seed: 1)
    let bad = Set(shards.workers(of: 0))
    var (same, untouched) = (0, 0)
    for tenant in 1..<max(1, tenants) {
      let hand = shards.workers(of: tenant)
      if Set(hand) == bad { same += 1 }
      if bad.isDisjoint(with: hand) { untouched += 1 }
    }
    let whole = plan == .shared ? workers : size
    let chance = shards.chance(ofSharing: whole)
    counters.same = same
    counters.untouched = untouched
    counters.sameShare = chance
    counters.hands = shards.hands
    let others = Double(tenants - 1)
    return Document([
      .paragraph(
        Text("There are \(Unit.count.text(shards.hands)) different shards. Of ")
          + "\(Unit.count.text(others)) other tenants " + .strong(Unit.count.text(Double(same)))
          + " share every worker with the first (average \(Unit.ratio.text(others * chance))), and "
          + .strong(Unit.count.text(Double(untouched))) + " share none (average "
          + "\(Unit.ratio.text(others * shards.chance(ofSharing: 0)))).")
    ])
  }

  /// The bulkhead in figures.
  func show() -> Document {
    var rows: [[Text]] = []
    for fact in facts where fact.value != nil { rows.append([Text(fact.name), Text(fact.text)]) }
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
