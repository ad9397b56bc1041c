import Kernel
import Patterns
import Presentation

extension EventBench {
  func text(_ event: DomainEvent) -> String {
    "version \(event.version) of order \(event.aggregate)"
  }

  mutating func say(_ part: String, _ text: String, _ tone: Tone?) {
    log.append(Moment(time: "\(now)", part: part, text: Text(text), tone: tone))
  }

  // MARK: The orders service

  /// Opens a transaction that changes an order, and returns its name.
  @discardableResult
  mutating func beginTransaction(_ order: Int) throws(Diagnostic) -> String {
    let number = nextTransaction
    let state = (database.rows[order]?.state ?? 0) + 1
    let (schema, payload) = (version(of: writes), writes.payload(order: order, state: state))
    func event(_ id: Int, _ version: Int) -> DomainEvent {
      DomainEvent(
        id: id, aggregate: order, version: version, type: "order-changed", schema: schema,
        payload: payload)
    }
    let result = database.change(
      order, to: state, in: number, event: setup.publish == .outbox ? event : nil)
    guard case .changed(let version, let id) = result else {
      throw Diagnostic(
        "Order \(order) is locked by an open transaction.", found: "order \(order)",
        expected: "another order, or 'commit' or 'rollback' first")
    }
    nextTransaction += 1
    open["t\(number)"] = (number, event(id, version))
    return "t\(number)"
  }

  mutating func commit(_ name: String) {
    guard let entry = open.removeValue(forKey: name) else { return }
    database.commit(entry.number)
    committed[entry.event.id] = entry.event
    let outbox = setup.publish == .outbox ? ", event \(entry.event.id) with it in the outbox" : ""
    say("orders-db", "commits \(text(entry.event))\(outbox)", .good)
  }

  mutating func abandon(_ name: String) {
    guard let entry = open.removeValue(forKey: name) else { return }
    database.rollBack(entry.number)
    say("orders-db", "rolls \(text(entry.event)) back", nil)
  }

  /// Gives an event to the queue.
  mutating func hand(_ event: DomainEvent, by part: String) {
    sent.append(event.id)
    let id = setup.design.remembersIDs ? "event-\(event.id)" : "message-\(sent.count)"
    let entry = SQSEntry(
      event, group: setup.isFifo ? "order-\(event.aggregate)" : nil,
      deduplication: setup.isFifo ? id : nil)
    let outputs = queueStep(.send(entry, request: 0))
    let isKnown = outputs.contains {
      if case .sent(_, let isDuplicate, _) = $0 { isDuplicate } else { false }
    }
    let tail = isKnown ? "; the queue knows its id and stores nothing" : ""
    say(part, "publishes \(text(event))\(tail)", nil)
  }

  @discardableResult
  mutating func queueStep(
    _ input: SQSQueue<DomainEvent>.Input
  ) -> [SQSQueue<DomainEvent>.Output] {
    let outputs = queue.step(input, at: now)
    for case .timedOut(let event, _) in outputs {
      say("queue", "\(text(event)) is visible again", nil)
    }
    return outputs
  }

  // MARK: Relays

  mutating func claim(_ place: Int) {
    let name = "relay-\(place + 1)"
    if tailer != nil { return readLog(name) }
    guard desks[place].toPublish.isEmpty, desks[place].toMark.isEmpty else {
      return say(name, "has rows in hand already", nil)
    }
    if !desks[place].wantsRows { feed(place, .wake) }
    desks[place].wantsRows = false
    let rule: ServiceDatabase.ClaimRule =
      switch setup.claim {
      case .none: .all
      case .skipLocked: .skipLocked
      case .byKey: .byKey(index: place, of: desks.count)
      }
    let rows = database.claim(
      setup.batch, for: place, by: rule, lasting: .seconds(10), at: now)
    tellRead(rows, by: name)
    feed(place, .rows(rows))
  }

  mutating func publish(_ place: Int) {
    while let row = desks[place].toPublish.first {
      desks[place].toPublish.removeFirst()
      hand(row.event, by: "relay-\(place + 1)")
      tailer?.acknowledge()
      if tailer == nil { feed(place, .acknowledged(row.id)) }
    }
  }

  mutating func mark(_ place: Int) {
    if tailer != nil { return storePosition() }
    let ids = desks[place].toMark
    guard !ids.isEmpty else { return }
    database.markPublished(ids)
    desks[place].toMark = []
    say("relay-\(place + 1)", "marks \(ids.count.of("row as published"))", nil)
  }

  mutating func crash(_ place: Int) {
    if let tailer {
      desks[place].toPublish = []
      self.tailer?.restart(at: now)
      let lost = tailer.acknowledged - tailer.stored
      let tail = lost > 0 ? "; the position of \(lost.of("published event")) was not stored" : ""
      return say("relay-\(place + 1)", "dies and starts again\(tail)", .bad)
    }
    let unmarked = desks[place].toMark.count
    desks[place] = Desk(relay: freshRelay())
    let tail = unmarked > 0 ? "; \(unmarked) published rows are not marked" : ""
    say("relay-\(place + 1)", "dies and starts again\(tail)", .bad)
  }

  private mutating func feed(_ place: Int, _ input: OutboxRelay.Input) {
    for output in desks[place].relay.step(input, at: now) {
      switch output {
      case .claim: desks[place].wantsRows = true
      case .publish(let row): desks[place].toPublish.append(row)
      case .mark(let ids): desks[place].toMark += ids
      case .wakeMe: break
      }
    }
  }

  // MARK: The consumer

  /// The consumer takes one message, commits, and deletes it unless it dies.
  mutating func takeMessage(dies: Bool) {
    let outputs = queueStep(
      .receive(most: 1, wait: .zero, visibility: nil, attempt: nil, request: 0))
    var taken: SQSDelivery<DomainEvent>?
    for case .received(let deliveries, _) in outputs { taken = deliveries.first }
    guard let taken else { return say("consumer", "finds no message", nil) }
    let event = taken.body
    guard let fields = try? setup.reader(by: reads, of: schemas).read(event) else {
      tally.unreadable += 1
      return say(
        "consumer", "cannot read \(text(event)), written under schema \(event.schema)", .bad)
    }
    let state = OrderSchema.state(in: fields)
    var result = consumer.apply(event, state: state)
    if result == .needsSnapshot {
      let row = database.rows[event.aggregate] ?? ServiceDatabase.Row(version: 0, state: 0)
      say("consumer", "sees a gap and asks orders for order \(event.aggregate)", nil)
      result = consumer.load(event, version: row.version, state: row.state)
    }
    note(result, event)
    guard !dies else { return say("consumer", "dies before it deletes the message", .bad) }
    queueStep(.delete(taken.handle, request: 0))
  }

  private mutating func note(_ result: ConsumerDatabase.Result, _ event: DomainEvent) {
    switch result {
    case .applied(let ids):
      for id in ids {
        let version = id == event.id ? event.version : committed[id]?.version ?? 0
        applied[event.aggregate, default: []].append(version)
        let isSecond = consumer.effects[id] ?? 0 > 1
        let isGhost = committed[id] == nil
        if isGhost { tally.ghosts += 1 }
        let tail = isSecond ? ", again" : isGhost ? ", which was never committed" : ""
        say(
          "consumer", "applies version \(version) of order \(event.aggregate)\(tail)",
          isSecond || isGhost ? .bad : .good)
      }
    case .superseded:
      tally.superseded += 1
      say("consumer", "has \(text(event)) or newer and drops it", nil)
    case .parked: say("consumer", "keeps \(text(event)) until the one before it is there", nil)
    case .repeated:
      tally.repeated += 1
      say("consumer", "has the id of \(text(event)) in its inbox and changes nothing", .good)
    case .needsSnapshot: break
    }
  }

  // MARK: Event sourcing

  mutating func decide(
    _ command: SourcedAccount.Command, on stream: String,
    expecting expected: EventStore<SourcedAccount.Event>.ExpectedVersion
  ) {
    do {
      let events = try Self.account(store, stream).decide(command)
      switch store.append(events, to: stream, expecting: expected) {
      case .appended(let version):
        say(stream, "has event \(version) now: \(events.map { "\($0)" }.joined())", .good)
      case .wrongExpectedVersion(let current):
        tally.conflicts += 1
        let found = current.map { "\($0)" } ?? "no stream"
        say(stream, "refuses the append: wrong expected version, it is \(found)", .bad)
      }
    } catch {
      tally.refused += 1
      say(stream, "refuses the command: \(error.rawValue)", .bad)
    }
  }
}
