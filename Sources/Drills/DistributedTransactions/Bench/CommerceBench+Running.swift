import Kernel
import OrderedCollections
import Patterns
import Presentation

extension CommerceBench {
  mutating func say(_ part: String, _ text: String, _ tone: Tone? = nil) {
    log.append(Moment(time: "\(now)", part: part, text: Text(text), tone: tone))
  }

  func name(_ node: NodeID) -> String { CommerceSetup.roster.name(node) }

  // MARK: Processes

  /// Starts a process with what its disk kept.
  mutating func start(_ node: NodeID) {
    processes[node.index] = setup.part(
      node, log: journals[node.index], life: lives[node.index])
    lives[node.index] += 1
    feed(node, .started)
  }

  mutating func crash(_ node: NodeID) {
    processes[node.index] = nil
    timers[node.index] = [nil, nil, nil]
  }

  /// Gives a process an input and does what it asks for.
  mutating func feed(_ node: NodeID, _ input: CommercePart.Input) {
    guard let outputs = processes[node.index]?.step(input, at: now) else { return }
    for output in outputs {
      switch output.output {
      case .send(let message, let target):
        tally.sent += 1
        letters.append(Letter(from: node, to: target, message: message))
      case .persist(let record):
        tally.forced += 1
        order.note(record)
        journals[node.index].append(record)
      case .write(let record): journals[node.index].append(record)
      case .wakeMe(let instant): timers[node.index][output.timer] = instant
      case .sleep: timers[node.index][output.timer] = nil
      case .ended(let id, let outcome):
        order.noteEnd(id)
        record.ended(id, outcome, at: now)
        say(name(node), "transaction \(id) is \(outcome.rawValue)", tone(outcome))
      case .fact(let fact):
        say(name(node), fact.detail, fact.weight == .harm ? .bad : nil)
      }
    }
  }

  private func tone(_ outcome: TransactionOutcome) -> Tone {
    outcome == .committed ? .good : .bad
  }

  // MARK: Messages

  /// Lets the oldest message arrive, a millisecond later.
  mutating func deliver() {
    guard !letters.isEmpty else { return }
    now += .milliseconds(1)
    arrive(letters.removeFirst())
  }

  mutating func arrive(_ letter: Letter) {
    guard letter.to.index < processes.count else { return outside(letter) }
    let words = tell(letter.message)
    guard processes[letter.to.index] != nil else {
      return say(name(letter.to), "is down; \(words) from \(name(letter.from)) is lost", .bad)
    }
    say(name(letter.to), "gets \(words) from \(name(letter.from))")
    feed(letter.to, .received(letter.message, from: letter.from))
  }

  private mutating func outside(_ letter: Letter) {
    switch letter.message {
    case .answer(let key, _, let answer) where record.sales[key.transaction] != nil:
      record.sold(key.transaction, at: now)
      if answer == .done { tally.doneSales += 1 } else { tally.refusedSales += 1 }
      let words = answer == .busy ? "the item is locked" : answer.rawValue
      say("till", "hears: \(words)", answer == .done ? .good : .bad)
    case .seen(let view, _):
      tally.lastRead = view
      let mark = view.isPending ? ", marked as pending" : ""
      say("reader", "sees \(view.balance)\(mark)")
    default: break
    }
  }

  /// Lets messages arrive until none is left.
  mutating func flow() {
    var left = 2_000
    while !letters.isEmpty, left > 0 {
      deliver()
      left -= 1
    }
  }

  /// Lets time pass; what timers set off arrives at once.
  mutating func tick(_ span: TimeSpan) {
    let end = now + span
    flow()
    var left = 5_000
    while left > 0 {
      left -= 1
      var first: (due: Instant, node: Int, timer: Int)?
      for node in timers.indices {
        for timer in timers[node].indices {
          guard let due = timers[node][timer], due <= end else { continue }
          if first.map({ due < $0.due }) ?? true { first = (due, node, timer) }
        }
      }
      guard let first else { break }
      now = max(now, first.due)
      timers[first.node][first.timer] = nil
      feed(NodeID(first.node), .timer(first.timer))
      flow()
    }
    now = max(now, end)
  }

  /// A message in words.
  func tell(_ message: DistributedMessage) -> String {
    switch message {
    case .place(let transaction): "\(transaction.name) \(transaction.id)"
    case .accepted(let id): "accepted \(id)"
    case .command(let command): "\(command.verb.rawValue) \(stepName(command.key))"
    case .answer(let key, let verb, let answer):
      "\(answer.rawValue) to \(verb.rawValue) \(stepName(key))"
    case .look(let record, _): "look at \(record)"
    case .seen(let view, _): "balance \(view.balance)"
    case .prepare(let work): "prepare \(work.transaction)"
    case .vote(let xid, let isYes): "\(isYes ? "yes" : "no") on \(xid / 1_000)"
    case .decide(let xid, let commits): "\(commits ? "commit" : "abort") \(xid / 1_000)"
    case .acknowledge(let xid): "acknowledge \(xid / 1_000)"
    case .inquire(let xid): "question about \(xid / 1_000)"
    case .event(let event, _):
      event.step < 0
        ? "event: \(event.transaction.id) placed"
        : "event: \(event.transaction.steps[event.step].name) \(event.kind.rawValue)"
    case .eventTaken: "event taken"
    }
  }

  private func stepName(_ key: StepKey) -> String {
    guard record.transactions.indices.contains(key.transaction - 1) else { return "sale" }
    let steps = record.transactions[key.transaction - 1].transaction.steps
    return "\(steps[key.step].name) of \(key.transaction)"
  }
}
