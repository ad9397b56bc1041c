import Kernel
import Patterns
import Simulation

/// The database's side: statements take their time, and answers go back over the network.
extension TransactionWorld {
  mutating func handleAtDatabase(
    _ event: Event, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch event {
    case .statementArrives(let client, let stamp):
      let time = setup.statement * environment.processes.slowdown(Self.database)
      queue.schedule(.statementIsDue(client, stamp), after: time)
    case .statementIsDue(let client, let stamp):
      let sender = clients[Int(client)]
      guard sender.stamp == Int(stamp), closed[Int(client)] < sender.epoch,
        let statement = sender.statement
      else { return }
      give(.submit(sender.session, statement), at: now, in: &queue)
    case .resetArrives(let client, let epoch):
      guard !environment.network.isCut(from: clients[Int(client)].node, to: Self.database) else {
        return retryReset(event, in: &queue)
      }
      closed[Int(client)] = max(closed[Int(client)], Int(epoch))
      give(
        .disconnect(SessionID("\(clients[Int(client)].name)/\(epoch)")), at: now, in: &queue)
    case .databaseWakes: give(.wake, at: now, in: &queue)
    case .begins, .goesOn, .replyArrives, .patienceEnds, .faultIsDue, .second: break
    }
  }

  mutating func give(
    _ input: TransactionStore.Input, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    for output in store.step(input, at: now) {
      switch output {
      case .reply(let session, let reply): answer(session, reply, at: now, in: &queue)
      case .waits(let session, let blocker):
        guard let client = client(of: session) else { break }
        meters.waits(client, at: now)
        story.waits(clients[client].name, for: name(of: blocker), at: now, &environment.trace)
      case .wakeMe(let instant): queue.schedule(.databaseWakes, at: max(now, instant))
      case .entered(let fact): note(fact, at: now)
      }
    }
    if violation == nil, let found = store.checkInvariants() { violation = (now, found) }
  }

  private mutating func answer(
    _ session: SessionID, _ reply: StatementReply, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard let client = client(of: session), clients[client].session == session else { return }
    meters.answered(client, at: now)
    clients[client].reply = reply
    if let arrival = transmit(from: Self.database, to: clients[client].node, at: now) {
      queue.schedule(.replyArrives(Int32(client), Int32(clients[client].stamp)), at: arrival)
    }
  }

  private mutating func note(_ fact: TransactionFact, at now: Instant) {
    switch fact {
    case .deadlock(let circle):
      meters.deadlocks += 1
      story.deadlock(circle.map { name(of: $0) }, at: now, &environment.trace)
    case .rolledBack(_, let session, .some(let error)):
      story.aborts(name(of: session), error, at: now, &environment.trace)
    case .began, .committed, .rolledBack, .conflict, .recheck: break
    }
  }

  private func client(of session: SessionID) -> Int? {
    let name = session.name.prefix { $0 != "/" }
    return Int(name.dropFirst()).map { $0 - 1 }.flatMap { clients.indices.contains($0) ? $0 : nil }
  }

  private func name(of session: SessionID) -> String {
    client(of: session).map { clients[$0].name } ?? session.name
  }

  /// A connection that is given up is given up again until the database hears of it.
  mutating func retryReset(_ event: Event, in queue: inout EventQueue<Event>) {
    if case .resetArrives = event { queue.schedule(event, after: .seconds(1)) }
  }

  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      story.lastFault = applied.event
      for change in applied.changes { act(on: change, at: now, in: &queue) }
    }
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  private mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(Self.database):
      heldBack = []
      for number in clients.indices where closed[number] < clients[number].epoch {
        closed[number] = clients[number].epoch
        give(.disconnect(clients[number].session), at: now, in: &queue)
      }
    case .resumed(Self.database):
      let held = heldBack
      heldBack = []
      for event in held { handleAtDatabase(event, at: now, in: &queue) }
    case .crashed(let node): crash(node.index - 1, at: now, in: &queue)
    case .started(let node):
      if node != Self.database { queue.schedule(.begins(Int32(node.index - 1)), at: now) }
    case .resumed(let node):
      let held = clients[node.index - 1].heldBack
      clients[node.index - 1].heldBack = []
      for event in held { handle(event, at: now, in: &queue) }
    case .paused, .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged,
      .errorsChanged:
      break
    }
  }
}
