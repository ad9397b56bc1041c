import Kernel
import Patterns
import Simulation
import Verification

/// The application's side: begin, read, work out, write, commit, and what follows from errors.
extension TransactionWorld {
  mutating func beginTransaction(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard now < .zero + setup.duration else { return }
    clients[number].plan = TransactionPlan(setup, random: &clients[number].random)
    clients[number].attempts = 0
    clients[number].beganAt = now
    clients[number].isReplaying = false
    clients[number].sights = [:]
    attempt(number, at: now, in: &queue)
  }

  private mutating func attempt(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    clients[number].attempts += 1
    clients[number].steps = []
    clients[number].tokens = []
    if !clients[number].isReplaying { clients[number].sights = [:] }
    meters.history.invoke(clients[number].process, ListTransaction([]), at: now)
    send(.begin(setup.level), .beginning, number, at: now, in: &queue)
  }

  /// Sends a statement and waits for its answer.
  private mutating func send(
    _ statement: Statement, _ stage: TransactionClient.Stage, _ number: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    clients[number].stage = stage
    clients[number].statement = statement
    clients[number].reply = nil
    clients[number].stamp += 1
    let stamp = Int32(clients[number].stamp)
    if let arrival = transmit(from: clients[number].node, to: Self.database, at: now) {
      queue.schedule(.statementArrives(Int32(number), stamp), at: arrival)
    }
    queue.schedule(.patienceEnds(Int32(number), stamp), after: setup.timeout)
  }

  mutating func takeReply(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard let reply = clients[number].reply else { return }
    if case .failed(let error) = reply {
      return fail(number, error, at: now, in: &queue)
    }
    switch clients[number].stage {
    case .beginning:
      if clients[number].isReplaying {
        write(0, number, at: now, in: &queue)
      } else {
        read(0, number, at: now, in: &queue)
      }
    case .reading(let place):
      note(reply, place, number, at: now)
      read(place + 1, number, at: now, in: &queue)
    case .writing(let place):
      if case .done("UPDATE 1") = reply {
        let row = clients[number].writes[place].row
        clients[number].steps.append(
          .append(key: .number(row), element: .number(clients[number].tokens[place])))
      }
      write(place + 1, number, at: now, in: &queue)
    case .committing: finish(number, at: now, in: &queue)
    case .rollingBack: tryAgain(number, at: now, in: &queue)
    case .idle, .working, .pausing: break
    }
  }

  private mutating func note(
    _ reply: StatementReply, _ place: Int, _ number: Int, at now: Instant
  ) {
    guard let row = clients[number].plan?.reads[place], case .rows(let rows) = reply,
      let columns = rows.first, case .integer(let value) = columns[0],
      case .list(let log) = columns[1]
    else { return }
    clients[number].sights[row] = TransactionClient.Sight(value: value, log: log, at: now)
    clients[number].steps.append(
      .read(key: .number(row), elements: log.map { .number($0) }))
  }

  /// Reads the next row of the plan; after the last, the application works out what to write.
  private mutating func read(
    _ place: Int, _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let plan = clients[number].plan else { return }
    if place < plan.reads.count {
      let statement = TransactionStatements.read(plan.reads[place], isLocking: setup.isLocking)
      send(statement, .reading(place), number, at: now, in: &queue)
      return
    }
    clients[number].writes = plan.writes(clients[number].sights.mapValues(\.value), setup)
    guard !clients[number].writes.isEmpty, !plan.reads.isEmpty else {
      return write(0, number, at: now, in: &queue)
    }
    clients[number].stage = .working
    clients[number].stamp += 1
    let time = setup.work * clients[number].random.exponential()
    queue.schedule(.goesOn(Int32(number), Int32(clients[number].stamp)), after: time)
  }

  /// Writes the next row of the plan; after the last, commits.
  private mutating func write(
    _ place: Int, _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard place < clients[number].writes.count else {
      return send(.commit, .committing, number, at: now, in: &queue)
    }
    let token = nextToken
    nextToken += 1
    clients[number].tokens.append(token)
    meters.writers[token] = TransactionMeters.Writer(
      client: number, write: clients[number].writes[place], at: now)
    let statement = TransactionStatements.write(clients[number].writes[place], token: token)
    send(statement, .writing(place), number, at: now, in: &queue)
  }

  mutating func goOn(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    switch clients[number].stage {
    case .working: write(0, number, at: now, in: &queue)
    case .pausing: attempt(number, at: now, in: &queue)
    case .idle, .beginning, .reading, .writing, .committing, .rollingBack: break
    }
  }

  private mutating func finish(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let client = clients[number]
    meters.history.succeed(client.process, ListTransaction(client.steps), at: now)
    meters.committed(client, at: now)
    story.committed(client, store.committedRows(of: "item"), meters, at: now, &environment.trace)
    rest(number, in: &queue)
  }

  private mutating func fail(
    _ number: Int, _ error: TransactionError, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let client = clients[number]
    clients[number].lastError = error
    meters.history.fail(client.process, ListTransaction(stepsSoFar(client)), at: now)
    meters.aborted(error, at: now)
    if client.stage == .committing {
      tryAgain(number, at: now, in: &queue)
    } else {
      send(.rollback, .rollingBack, number, at: now, in: &queue)
    }
  }

  /// What an attempt that did not succeed may have left: also the write that was under way.
  private func stepsSoFar(_ client: TransactionClient) -> [ListTransaction.Step] {
    guard case .writing(let place) = client.stage else { return client.steps }
    return client.steps + [
      .append(
        key: .number(client.writes[place].row), element: .number(client.tokens[place]))
    ]
  }

  private mutating func tryAgain(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let client = clients[number]
    guard let error = client.lastError, error.isRetryable, setup.retry != .none,
      client.attempts <= setup.retryLimit
    else {
      meters.gaveUp()
      story.gaveUp(client, at: now, &environment.trace)
      return rest(number, in: &queue)
    }
    meters.retries += 1
    // What failed before it had worked anything out can only be run anew.
    clients[number].isReplaying = setup.retry == .replay && !client.writes.isEmpty
    clients[number].stage = .pausing
    clients[number].stamp += 1
    let pause = TimeSpan.milliseconds(10) * clients[number].random.exponential()
    queue.schedule(.goesOn(Int32(number), Int32(clients[number].stamp)), after: pause)
  }

  /// No answer in time: the connection is given up, and nobody knows what became of a commit.
  mutating func giveUpWaiting(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let client = clients[number]
    story.timedOut(client, at: now, &environment.trace)
    endUnfinished(number, at: now)
    if client.stage != .rollingBack { meters.gaveUp() }
    reset(number, at: now, in: &queue)
    rest(number, in: &queue)
  }

  private mutating func endUnfinished(_ number: Int, at now: Instant) {
    let client = clients[number]
    switch client.stage {
    case .idle, .rollingBack, .pausing: break
    case .committing:
      meters.history.lose(client.process, ListTransaction(client.steps), at: now)
      meters.unknown += 1
      meters.lostTrack(client)
      clients[number].life += 1
    case .beginning, .reading, .working, .writing:
      meters.history.fail(client.process, ListTransaction(stepsSoFar(client)), at: now)
    }
  }

  private mutating func reset(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let epoch = Int32(clients[number].epoch)
    clients[number].epoch += 1
    queue.schedule(.resetArrives(Int32(number), epoch), after: setup.network)
  }

  private mutating func rest(_ number: Int, in queue: inout EventQueue<Event>) {
    clients[number].stage = .idle
    clients[number].stamp += 1
    clients[number].statement = nil
    clients[number].writes = []
    let wait = setup.think * clients[number].random.exponential()
    queue.schedule(.begins(Int32(number)), after: wait)
  }

  /// The client's process died: what it was about is over, and its connection breaks.
  mutating func crash(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    endUnfinished(number, at: now)
    clients[number].stage = .idle
    clients[number].stamp += 1
    clients[number].statement = nil
    clients[number].writes = []
    clients[number].heldBack = []
    reset(number, at: now, in: &queue)
  }
}
