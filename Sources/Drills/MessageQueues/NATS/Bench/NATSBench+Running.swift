import Kernel
import Patterns
import Presentation

extension NATSBench {
  /// Gives something to the core server and writes down what follows.
  mutating func carryOut(_ input: NATSServer.Input) {
    for output in server.step(input, at: now) {
      switch output {
      case .deliver(let client, _, let message):
        guard let name = name(of: client) else { continue }
        if subscribers[name]?.isReading == true {
          subscribers[name]?.received += 1
          counts.delivered += 1
          say(name, "gets \(message.body) on \(message.subject)", .good)
          _ = server.step(.taken(client: client, bytes: message.size), at: now)
        } else {
          subscribers[name]?.unread += 1
        }
      case .cutOff(let client, let refusal, let unread):
        counts.cutOffs += 1
        let why =
          refusal == .writeDeadline ? "read nothing for write_deadline" : "is beyond max_pending"
        say(
          "server",
          "cuts \(name(of: client) ?? "a client") off, which \(why), with \(unread) bytes unread",
          .bad)
      case .refused, .wakeMe: break
      }
    }
  }

  private func name(of client: Int) -> String? {
    parts.first { subscribers[$0]?.client == client }
  }

  mutating func publish(_ subject: String, _ body: String, id: String?, size: Int) {
    counts.published += 1
    let before = server.delivered
    carryOut(.publish(client: 0, NATSMessage(subject, body, size: size)))
    let isStored = jetStream.stream(Self.stream)?.listens(to: subject) ?? false
    if isStored {
      carryOut(
        .publish(JetStreamPublication(subject, body, id: id, size: size), request: counts.published)
      )
    } else if server.delivered == before {
      counts.unheard += 1
      say("server", "has nobody for \(body) on \(subject): it is gone", .bad)
    }
  }

  /// Asks the consumer for what there is, without waiting.
  mutating func fetch(_ count: Int) {
    counts.lastFetched = 0
    carryOut(
      .pull(
        stream: Self.stream, consumer: Self.consumer, batch: count, expires: nil, noWait: true,
        request: 0))
    if counts.lastFetched == 0 { say("work", "has nothing to hand out", nil) }
  }

  /// Gives something to JetStream and writes down what follows.
  mutating func carryOut(_ input: JetStream.Input) {
    for output in jetStream.step(input, at: now) {
      switch output {
      case .stored(let ack, _, _):
        if ack.isDuplicate {
          counts.duplicates += 1
          say("ORDERS", "knows the id: it answers with sequence \(ack.sequence), duplicate", nil)
        } else {
          counts.stored += 1
          say("ORDERS", "stores it as sequence \(ack.sequence)", nil)
        }
      case .failed(let error, _):
        counts.refused += 1
        say("ORDERS", "refuses: \(error.text) (\(error.code))", .bad)
      case .pulled(let delivery, _, _):
        counts.fetched += 1
        counts.lastFetched += 1
        if delivery.count > 1 { counts.redelivered += 1 }
        say(
          "work",
          "hands out sequence \(delivery.streamSequence), \(delivery.body), delivery "
            + "\(delivery.count)", nil)
      case .timedOut(_, _, let sequence, _):
        counts.timedOut += 1
        say("work", "has waited ack_wait for sequence \(sequence): it will go out again", nil)
      case .maxDeliveries(_, let given):
        counts.givenUp += 1
        say(
          "work",
          "gives sequence \(given.sequence) up after \(given.deliveries) deliveries; it "
            + "stays in the stream", .bad)
      case .done, .noResponders, .pushed, .ended, .removed, .wakeMe: break
      }
    }
    if settings.word("storage") == "file", settings.span("sync_interval") == .zero { sync() }
  }

  private mutating func sync() {
    durable = jetStream
    lastSync = now
  }

  /// Lets time pass, and everything happen that falls due on the way, in order.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    let interval = settings.span("sync_interval")
    let isLazy = settings.word("storage") == "file" && interval > .zero
    while true {
      let sync = isLazy ? lastSync + interval : .distantFuture
      let next = min(jetStream.nextDue ?? .distantFuture, server.nextDue ?? .distantFuture, sync)
      guard next <= end else { break }
      now = max(now, next)
      carryOut(JetStream.Input.wake)
      carryOut(NATSServer.Input.wake)
      if sync <= now { self.sync() }
    }
    now = end
  }

  mutating func crash() {
    let before = jetStream.stream(Self.stream)?.lastSequence ?? 0
    jetStream = durable
    let after = jetStream.stream(Self.stream)?.lastSequence ?? 0
    counts.forgotten += before - after
    carryOut(JetStream.Input.restarted)
    for name in parts {
      guard let client = subscribers[name]?.client else { continue }
      _ = server.step(.disconnect(client: client), at: now)
    }
    subscribers = [:]
    say(
      "server",
      "comes back with sequence \(after) as its last; \(before - after) that it had "
        + "answered for are gone, and nobody is subscribed", before > after ? .bad : nil)
  }

  mutating func say(_ part: String, _ text: String, _ tone: Tone?) {
    log.append(Moment(time: "\(now)", part: part, text: Text(text), tone: tone))
  }

  // MARK: Showing

  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    var reply = Document()
    let moments = Array(log.dropFirst(seen).suffix(16))
    if !moments.isEmpty { reply.add(.timeline(moments)) }
    let stream = jetStream.stream(Self.stream)
    let out = jetStream.consumer(Self.consumer, of: Self.stream)?.pending.count ?? 0
    reply.add(
      "\(now): ORDERS has \(stream?.count ?? 0) messages, \(out) are out with work")
    return reply
  }

  func history(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.number(line.arguments.first, in: 1...500) ?? 20
    guard !log.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
    return Document([.timeline(Array(log.suffix(count)))])
  }

  func show() -> Document {
    let stream = jetStream.stream(Self.stream)
    let consumer = jetStream.consumer(Self.consumer, of: Self.stream)
    var reply = Document()
    reply.add(
      "Stream ORDERS on orders.>: \(stream?.count ?? 0) messages, sequences "
        + "\(stream?.firstSequence ?? 0) to \(stream?.lastSequence ?? 0)")
    let out = (consumer?.pending.keys.sorted() ?? []).prefix(10).map(String.init)
    let pending = out.isEmpty ? "nothing" : out.joined(separator: " ")
    reply.add(
      "Consumer work: next is sequence \(consumer?.nextSequence ?? 0), ack floor "
        + "\(consumer?.ackFloor.stream ?? 0), out: \(pending)")
    for name in parts {
      guard let state = subscribers[name] else { continue }
      let group = state.subscription.queue.map { " in group \($0)" } ?? ""
      let waits = state.isReading ? "" : ", not reading, \(state.unread) waiting"
      reply.add(
        "\(name): \(state.subscription.subject)\(group), \(state.received) received\(waits)")
    }
    reply.add("It is \(now) since the bench began.")
    return reply
  }
}
