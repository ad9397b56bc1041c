import Kernel
import Patterns
import Simulation

/// What the store holds.
struct StoreState: Sendable {
  /// Counts its starts: what was asked in a former life is not answered.
  var life: Int32 = 0
  /// When it is done with everything it was asked.
  var freeAt = Instant.zero
  /// With share=central, the limiter of each key.
  var tables: LimitTables
  /// With leases and exchanged counts, the window of each key; looked up, never walked through.
  var counts: [Int32: LimitStore] = [:]

  init(_ tables: LimitTables) { self.tables = tables }
}

/// What the store does: one question at a time.
extension LimitWorld {
  mutating func ask(
    _ seat: Seat, _ question: Question, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if environment.processes.isDown(storeNode) { return }
    if environment.processes.isPaused(storeNode) {
      queue.schedule(.question(seat, question), after: .milliseconds(10))
      return
    }
    let work = settings.storeTime * environment.processes.slowdown(storeNode)
    store.freeAt = max(now, store.freeAt) + work
    noteStoreLine(at: now)
    queue.schedule(.served(seat, question, storeLife: store.life), at: store.freeAt)
  }

  mutating func serve(
    _ seat: Seat, _ question: Question, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if environment.processes.isPaused(storeNode) {
      queue.schedule(
        .served(seat, question, storeLife: store.life), after: .milliseconds(10))
      return
    }
    tally.storeAnswers += 1
    let rate = environment.errorRate(storeNode)
    if rate > 0, errorRandom.chance(rate) { return }
    let clock = environment.clock(storeNode).wall(at: now)
    let reply: Reply
    switch question {
    case .ask(let number):
      let sender = requests[tries[Int(number)].request].sender
      let decision = store.tables.decide(
        seat.key, address: address(of: sender), cost: settings.cost(of: sender), clock: clock,
        now: now, holder: settings.gateways, checks: &checks)
      reply = .answered(number, decision)
    case .lease(let permits):
      var counts = store.counts[seat.key] ?? LimitStore(settings.limiter.rate)
      let lease = counts.lease(Int(permits), at: clock)
      store.counts[seat.key] = counts
      checks.leased(counts, at: now)
      reply = .leased(Int32(lease.permits), until: now + (lease.until - clock))
    case .report(let used):
      var counts = store.counts[seat.key] ?? LimitStore(settings.limiter.rate)
      let sum = counts.report(Int(used), at: clock)
      store.counts[seat.key] = counts
      reply = .counted(Int32(sum.total), until: now + (sum.until - clock))
    }
    let arrivals = environment.network.transmit(
      from: storeNode, to: NodeID(Int(seat.gateway)), at: now)
    switch arrivals {
    case .lost, .cut: break
    case .once(let at), .twice(let at, _): queue.schedule(.reply(seat, reply), at: at)
    }
  }

  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>) {
    switch change {
    case .crashed(let node): lose(node)
    case .clockChanged(let node): checks.clockChanged(holder: node.index)
    case .started, .paused, .resumed, .slowed, .diskChanged, .linksChanged, .loadChanged,
      .errorsChanged:
      break
    }
  }

  /// A machine died, and what it held with it.
  private mutating func lose(_ node: NodeID) {
    checks.lost(holder: node.index)
    if node == storeNode {
      store = StoreState(LimitTables(settings))
      store.life = lostStores()
    } else if node.index < settings.gateways {
      lives[node.index] += 1
      tables[node.index] = LimitTables(settings)
      nodes[node.index] = [:]
      inProgress[node.index] = Self.progress(settings)
    }
  }

  private mutating func lostStores() -> Int32 {
    watch.storeDeaths += 1
    return watch.storeDeaths
  }
}
