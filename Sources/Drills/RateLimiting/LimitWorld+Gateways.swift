import Kernel
import Patterns
import Simulation

/// What the gateways do: decide, by themselves or with the store, and send on.
extension LimitWorld {
  /// Lets a gateway think about a try.
  mutating func consider(
    _ number: Int32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let seat = tries[Int(number)].seat
    let sender = requests[tries[Int(number)].request].sender
    guard settings.sharing == .own else {
      let input = LimiterNode.Input.request(id: Int(number), cost: settings.cost(of: sender))
      return step(seat, input, at: now, in: &queue)
    }
    let place = Int(seat.gateway)
    let clock = environment.clock(NodeID(place)).wall(at: now)
    let decision = tables[place].decide(
      seat.key, address: address(of: sender), cost: settings.cost(of: sender), clock: clock,
      now: now, holder: place, checks: &checks)
    decided(number, decision, at: now, in: &queue)
  }

  /// Hands an input to the node of a key, later if its gateway stands still.
  mutating func tell(
    _ seat: Seat, _ input: LimiterNode.Input, _ event: Event, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard isAlive(seat) else { return }
    if environment.processes.isPaused(NodeID(Int(seat.gateway))) {
      queue.schedule(event, after: .milliseconds(10))
      return
    }
    if case .wake = input {} else { noteStore(at: now) }
    step(seat, input, at: now, in: &queue)
  }

  private mutating func step(
    _ seat: Seat, _ input: LimiterNode.Input, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let place = Int(seat.gateway)
    var node = nodes[place][seat.key] ?? LimiterNode(settings.node)
    let outputs = node.step(input, at: now)
    nodes[place][seat.key] = node
    if let violation = node.checkInvariants() {
      checks.violated("limiter", at: now, violation.description)
    }
    for output in outputs {
      switch output {
      case .decided(let id, let decision, let source):
        if source == .fallback {
          tally.fallbacks += 1
          noteFallback(seat, decision, at: now)
        }
        decided(Int32(id), decision, at: now, in: &queue)
      case .ask(let id, _): transmit(seat, .ask(Int32(id)), at: now, in: &queue)
      case .lease(let permits): transmit(seat, .lease(Int32(permits)), at: now, in: &queue)
      case .report(let used): transmit(seat, .report(Int32(used)), at: now, in: &queue)
      case .wakeMe(let due): queue.schedule(.wake(seat), at: max(due, now))
      }
    }
  }

  private mutating func transmit(
    _ seat: Seat, _ question: Question, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let arrivals = environment.network.transmit(
      from: NodeID(Int(seat.gateway)), to: storeNode, at: now)
    switch arrivals {
    case .lost, .cut: break
    // A connection drops what arrives a second time.
    case .once(let at), .twice(let at, _): queue.schedule(.question(seat, question), at: at)
    }
  }

  /// Acts on what was decided about a try.
  mutating func decided(
    _ number: Int32, _ decision: RateDecision, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let place = Int(number)
    guard tries[place].state == .deciding else {
      return checks.violated("decided once", at: now, "try \(number) is decided about again")
    }
    tally.decided(after: now - tries[place].sentAt)
    switch decision {
    case .allow: forward(number, at: now, in: &queue)
    case .delay(let span):
      tries[place].state = .delayed
      queue.schedule(.forward(number), after: span)
    case .deny:
      tries[place].state = .refused
      let sender = requests[tries[place].request].sender
      let isWrong = judge.hasRoom(sender, at: now)
      tally.refused(isHonest: isHonest(number), isWrong: isWrong, at: now)
      if isHonest(number), isWrong { noteWrong(number, at: now) }
      let after = decision.retryAfterHeader.map { TimeSpan.seconds(Int64($0)) }
      fail(number, .throttled, retryAfter: after, at: now, in: &queue)
    }
  }

  /// A try that finds no room.
  mutating func shed(_ number: Int32, at now: Instant, in queue: inout EventQueue<Event>) {
    tries[Int(number)].state = .shed
    tally.shed(isBefore: true)
    fail(number, .refused, at: now, in: &queue)
  }

  /// Sends a try on to the backend.
  mutating func forward(_ number: Int32, at now: Instant, in queue: inout EventQueue<Event>) {
    let place = Int(number)
    let gateway = Int(tries[place].seat.gateway)
    guard inProgress[gateway].acquire(at: now).isAdmitted else {
      return shed(number, at: now, in: &queue)
    }
    tries[place].state = .forwarded
    tries[place].forwardedAt = now
    tally.forwarded(at: now)
    let sender = requests[tries[place].request].sender
    noteOver(sender, judge.admitted(sender, at: now), at: now)
    takeIn(number, at: now, in: &queue)
  }
}
