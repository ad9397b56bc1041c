import Kernel
import Patterns
import Simulation

/// The way of a command: to the service, to the store and back, perhaps several times.
extension CQRSWorld {
  mutating func submit(_ intent: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    intents[intent].submissions += 1
    tally.submitted(at: now)
    queue.schedule(.patienceEnds(Int32(intent)), at: now + settings.clientTimeout)
    guard let arrival = transmit(from: settings.clientsNode, to: settings.commandsNode, at: now)
    else { return }
    queue.schedule(.submit(Int32(intent)), at: arrival)
  }

  mutating func submitted(_ intent: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard environment.processes.runs(settings.commandsNode) else { return }
    attempts.append(
      CQRSAttempt(intent: intent, life: environment.processes.incarnation(settings.commandsNode)))
    callStore(attempts.count - 1, .loadArrives(Int32(attempts.count - 1)), at: now, in: &queue)
  }

  /// Sends something from the command service to the store.
  private mutating func callStore(
    _ attempt: Int, _ event: Event, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if let arrival = transmit(from: settings.commandsNode, to: settings.storeNode, at: now) {
      queue.schedule(event, at: arrival)
    }
  }

  /// Whether the process that began an attempt is still the one that runs.
  private func isAlive(_ attempt: Int) -> Bool {
    !environment.processes.isDown(settings.commandsNode)
      && environment.processes.incarnation(settings.commandsNode) == attempts[attempt].life
  }

  mutating func loadArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard environment.processes.runs(settings.storeNode) else { return }
    let stream = intents[attempts[number].intent].stream
    let loaded = snapshots.load(names[stream], from: store.events, revision: revision)
    attempts[number].loaded = loaded
    attempts[number].revision = revision
    tally.loaded(loaded.eventsRead)
    let cost =
      (settings.storeTime + settings.eventTime * loaded.eventsRead)
      * environment.processes.slowdown(settings.storeNode)
    let end = storePool.take(cost, at: now)
    if let arrival = transmit(from: settings.storeNode, to: settings.commandsNode, at: end) {
      queue.schedule(.loaded(Int32(number)), at: arrival)
    }
  }

  mutating func loaded(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard isAlive(number), let loaded = attempts[number].loaded else { return }
    let intent = intents[attempts[number].intent]
    let unit = LedgerEvent.unit(attempts[number].revision)
    let known = loaded.version.map { balances[intent.stream][$0] } ?? 0
    let isRight = loaded.state.balance * (100 / unit) == known
    if !isRight { sawWrongState(number, loaded, known: known, at: now) }
    var handler =
      attempts[number].handler
      ?? CommandHandler(Self.scaled(intent.command, by: unit), options: settings.handler)
    let step = handler.loaded(loaded.state, version: loaded.version)
    attempts[number].handler = handler
    if case .reply(.refused(.overdrawn)) = step, !isRight,
      case .withdraw(let euros) = intent.command, euros * 100 <= known
    {
      tally.wrongRefusals += 1
    }
    carryOut(step, of: number, after: settings.decideTime, at: now, in: &queue)
  }

  private static func scaled(
    _ command: SourcedAccount.Command, by unit: Int
  ) -> SourcedAccount.Command {
    switch command {
    case .open: .open
    case .deposit(let euros): .deposit(euros * unit)
    case .withdraw(let euros): .withdraw(euros * unit)
    }
  }

  private mutating func carryOut(
    _ step: CommandHandler.Step, of number: Int, after delay: TimeSpan, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    switch step {
    case .load: callStore(number, .loadArrives(Int32(number)), at: now + delay, in: &queue)
    case .append(let facts, let expected):
      attempts[number].facts = facts
      attempts[number].expected = expected
      callStore(number, .appendArrives(Int32(number)), at: now + delay, in: &queue)
    case .reply(let reply):
      attempts[number].reply = reply
      if let arrival = transmit(
        from: settings.commandsNode, to: settings.clientsNode, at: now + delay)
      {
        queue.schedule(.answered(Int32(number)), at: arrival)
      }
    }
  }

  mutating func appendArrives(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard environment.processes.runs(settings.storeNode) else { return }
    let cost = settings.storeTime * environment.processes.slowdown(settings.storeNode)
    queue.schedule(.append(Int32(number)), at: storePool.take(cost, at: now))
  }

  /// The append itself: one transaction of the store.
  mutating func append(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard environment.processes.runs(settings.storeNode), let handler = attempts[number].handler
    else { return }
    let attempt = attempts[number]
    let stream = intents[attempt.intent].stream
    let before = store.events.version(of: names[stream])
    let events = attempt.facts.map {
      LedgerEvent(
        $0, command: attempt.intent, at: now, schema: attempt.revision,
        isReadable: !isPoisonDue)
    }
    let result = store.append(
      events, of: attempt.intent, to: names[stream], expecting: attempt.expected)
    attempts[number].result = result
    switch result {
    case .appended(let version, let position):
      if isPoisonDue { poisoned(stream, version, position, at: now) }
      checks.appended(
        handler, before: before, isExact: demandsVersion(intents[attempt.intent].command), at: now)
      for event in events { balances[stream].append((balances[stream].last ?? 0) + event.cents) }
      checks.versions(store.events, names[stream], count: balances[stream].count, at: now)
      intents[attempt.intent].effects += 1
      if intents[attempt.intent].effects > 1 { tookEffectTwice(attempt.intent, at: now) }
      if let balance = balances[stream].last, balance < 0 {
        overdrawn(stream, balance, handler, before: before, at: now)
      }
      snapshots.appended(to: names[stream], of: store.events, revision: attempt.revision)
    case .repeated: tally.repeats += 1
    case .conflict: conflicted(stream, handler, before: before, at: now)
    }
    if let arrival = transmit(from: settings.storeNode, to: settings.commandsNode, at: now) {
      queue.schedule(.appended(Int32(number)), at: arrival)
    }
  }

  private func demandsVersion(_ command: SourcedAccount.Command) -> Bool {
    switch settings.handler.concurrency {
    case .exact: true
    case .any: false
    case .commute: if case .deposit = command { false } else { true }
    }
  }

  mutating func appended(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard isAlive(number), let result = attempts[number].result,
      let step = attempts[number].handler?.appended(result)
    else { return }
    carryOut(step, of: number, after: .zero, at: now, in: &queue)
  }

  /// The customer has the answer.
  mutating func answered(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let attempt = attempts[number]
    guard let reply = attempt.reply else { return }
    let intent = intents[attempt.intent]
    if !intent.isAnswered {
      intents[attempt.intent].isAnswered = true
      tally.answered(reply, after: now - intent.begun, at: now)
      if reply == .conflict { gaveUp(intent.stream, at: now) }
    }
    guard case .done(let version, let position, _) = reply else { return }
    let isOther = readRandom.chance(settings.otherDevice)
    nextOwn += 1
    owns[nextOwn] = CQRSReading.Own(
      intent: attempt.intent, stream: intent.stream, version: version, position: position,
      isOtherDevice: isOther)
    queue.schedule(.readAfter(nextOwn), at: now + settings.think)
  }

  /// No answer: the customer sends the same command once more, under the same id.
  mutating func patienceEnds(_ intent: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !intents[intent].isAnswered else { return }
    if intents[intent].submissions < 2 {
      submit(intent, at: now, in: &queue)
    } else {
      tally.unanswered += 1
    }
  }
}
