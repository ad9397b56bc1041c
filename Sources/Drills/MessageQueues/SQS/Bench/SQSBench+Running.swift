import Kernel
import Patterns
import Presentation

extension SQSBench {
  /// Lets time pass, and everything happen that falls due on the way, in order.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let next = due.filter({ $0 <= end }).min() {
      now = max(now, next)
      for place in queues.indices {
        carryOut(.wake, on: place, isDead: false)
        carryOut(.wake, on: place, isDead: true)
      }
      carryOut(.wake)
    }
    now = end
  }

  /// When something falls due by itself.
  private var due: [Instant] {
    (queues + dead).compactMap { $0.nextDue }
  }

  /// Gives a call to a queue and writes down what follows.
  mutating func carryOut(_ input: Queue.Input, on place: Int, isDead: Bool) {
    let outputs =
      isDead ? dead[place].step(input, at: now) : queues[place].step(input, at: now)
    let name = isDead ? "\(Self.names[place])-dlq" : Self.names[place]
    for output in outputs {
      switch output {
      case .sent(let id, let isDuplicate, _):
        note(sent: id, isDuplicate, input, name)
      case .received(let deliveries, _):
        note(received: deliveries, on: place, isDead: isDead, name)
      case .done: note(done: input, name)
      case .refused(let refusal, _):
        counts.refused += 1
        say(name, "refuses: \(refusal.rawValue)", .bad)
      case .deadLettered(let letter, let receives):
        counts.deadLettered += 1
        say(name, "moves \(letter.body) to its dead-letter queue after \(receives) receives", .bad)
        carryOut(.takeIn(letter), on: place, isDead: true)
      case .expired(let bodies):
        counts.expired += bodies.count
        say(name, "deletes \(bodies.joined(separator: ", ")): too old", .bad)
      case .timedOut(let body, let receives):
        counts.timedOut += 1
        let times = receives == 1 ? "once" : "\(receives) times"
        say(name, "\(body), received \(times), is visible again", nil)
      case .resurfaced(let body): say(name, "\(body) is back from a server that was away", nil)
      case .wakeMe: break
      }
    }
  }

  private mutating func note(
    sent id: Int, _ isDuplicate: Bool, _ input: Queue.Input, _ name: String
  ) {
    guard case .send(let entry, _) = input else { return }
    if isDuplicate {
      counts.duplicates += 1
      say(name, "answers \(entry.body) with the id of an earlier message and stores nothing", nil)
    } else {
      counts.sent += 1
      let group = entry.group.map { " in group \($0)" } ?? ""
      say(name, "stores \(entry.body)\(group)", nil)
    }
  }

  private mutating func note(
    received deliveries: [SQSDelivery<String>], on place: Int, isDead: Bool, _ name: String
  ) {
    counts.lastReceived += deliveries.count
    if deliveries.isEmpty { say(name, "has nothing to hand out", nil) }
    for delivery in deliveries {
      counts.received += 1
      let receipt = "r\(counts.received)"
      receipts[receipt] = Receipt(queue: place, isDead: isDead, delivery: delivery)
      say(
        name, "hands out \(delivery.body) as \(receipt), receive count \(delivery.receiveCount)",
        nil)
    }
  }

  private mutating func note(done input: Queue.Input, _ name: String) {
    switch input {
    case .delete:
      let before = counts.deleted
      counts.deleted = (queues + dead).reduce(0) { $0 + $1.counts.deleted }
      let text = counts.deleted > before ? "deletes the message" : "says yes and deletes nothing"
      say(name, text, counts.deleted > before ? .good : nil)
    case .changeVisibility(_, to: let span, _):
      say(name, "keeps the message hidden for \(span) from now", nil)
    case .send, .receive, .takeIn, .setAttributes, .wake, .restarted: break
    }
  }

  /// Gives something to the topic; queues take copies at once.
  mutating func carryOut(_ input: SNSTopic<String>.Input) {
    for output in topic.step(input, at: now) {
      switch output {
      case .published(_, let isDuplicate, _):
        guard case .publish(let entry, _) = input else { continue }
        if isDuplicate { counts.duplicates += 1 }
        let text =
          isDuplicate ? "knows the id of \(entry.body) and stores nothing" : "takes \(entry.body)"
        say("topic", text, nil)
      case .refused(let refusal, _):
        counts.refused += 1
        say("topic", "refuses: \(refusal.rawValue)", .bad)
      case .deliver(let copy, let entry, let place, _):
        let message = SQSEntry(
          entry.body, group: entry.group, deduplication: entry.deduplication)
        carryOut(.send(message, request: 0), on: place, isDead: false)
        carryOut(.delivered(copy))
      case .gaveUp, .wakeMe: break
      }
    }
  }

  private mutating func say(_ part: String, _ text: String, _ tone: Tone?) {
    log.append(Moment(time: "\(now)", part: part, text: Text(text), tone: tone))
  }

  // MARK: Showing

  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    var reply = Document()
    let moments = Array(log.dropFirst(seen).suffix(16))
    if !moments.isEmpty { reply.add(.timeline(moments)) }
    reply.add(
      "\(now): \(queues[0].visibleCount) visible, \(queues[0].inFlightCount) in flight, "
        + "\(dead[0].visibleCount + dead[0].inFlightCount) in the dead-letter queue")
    return reply
  }

  func log(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try number(line.arguments.first, in: 1...500, line) ?? 20
    guard !log.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
    return Document([.timeline(Array(log.suffix(count)))])
  }

  func show() -> Document {
    let columns = [
      Table.Column("queue"), Table.Column("visible", .trailing),
      Table.Column("in flight", .trailing), Table.Column("delayed", .trailing),
      Table.Column("messages"),
    ]
    func row(_ name: String, _ queue: Queue) -> [Text] {
      [
        Text(name), Text("\(queue.visibleCount)"), Text("\(queue.inFlightCount)"),
        Text("\(queue.delayedCount)"),
        Text(queue.bodies.prefix(8).joined(separator: " ") + (queue.bodies.count > 8 ? " …" : "")),
      ]
    }
    var rows: [[Text]] = []
    for place in Self.names.indices {
      rows.append(row(Self.names[place], queues[place]))
      rows.append(row("\(Self.names[place])-dlq", dead[place]))
    }
    var reply = Document([.table(Table(columns, rows))])
    reply.add("It is \(now) since the bench began.")
    return reply
  }
}
