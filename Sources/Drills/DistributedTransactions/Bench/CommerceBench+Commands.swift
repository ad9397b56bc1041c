import Kernel
import OrderedCollections
import Patterns
import Presentation

extension CommerceBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "order", usage: "order [AMOUNT] [declined]", example: "order 40",
        "A customer orders item 1; with declined the card will be refused."),
      BenchCommand(
        "refund", usage: "refund [AMOUNT] [missing]", example: "refund 40",
        "A customer returns item 1; with missing the goods never come."),
      BenchCommand(
        "step", usage: "step [COUNT]", example: "order; step 3",
        "Lets the oldest messages arrive, one after the other."),
      BenchCommand(
        "flow", usage: "flow", example: "order; flow",
        "Lets messages arrive until none is left."),
      BenchCommand(
        "lose", usage: "lose", example: "order; lose", "Loses the oldest message."),
      BenchCommand(
        "twice", usage: "twice", example: "order; step 1; twice",
        "Lets the oldest message arrive two times."),
      BenchCommand(
        "hold", usage: "hold", example: "order; hold",
        "Holds the oldest message back, as a slow network would."),
      BenchCommand(
        "free", usage: "free", example: "order; hold; free",
        "Lets everything that was held back arrive."),
      BenchCommand(
        "crash", usage: "crash PART", example: "order; step 2; crash orders",
        "A process dies: memory and timers are gone, its disk stays."),
      BenchCommand(
        "start", usage: "start PART", example: "crash orders; start orders",
        "Starts a process with what its disk kept."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "order; tick 10s",
        "Lets time pass; messages arrive at once meanwhile."),
      BenchCommand(
        "sell", usage: "sell", example: "sell",
        "Sells item 1 at the counter: local work of the inventory."),
      BenchCommand(
        "read", usage: "read inventory|shipping|payment", example: "read payment",
        "Somebody reads record 1 of a service."),
      BenchCommand(
        "waits", usage: "waits [COUNT]", example: "waits 9",
        "Shows the waits before the repeats of a step that never answers."),
      BenchCommand(
        "show", usage: "show", example: "show",
        "Shows the services, the transactions and the messages on their way."),
      BenchCommand("log", usage: "log [COUNT]", example: "log 10", "Shows what happened."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let before = log.count
    switch line.name {
    case "order": try place(line, word: "declined")
    case "refund": try place(line, word: "missing")
    case "step":
      for _ in 0..<(try line.count(0, of: "messages", upTo: 1_000)) { deliver() }
    case "flow": flow()
    case "lose": try take(line) { $0.lose($1) }
    case "twice":
      try take(line) {
        $0.arrive($1)
        $0.arrive($1)
      }
    case "hold": try take(line) { $0.hold($1) }
    case "free":
      letters = held + letters
      held = []
      flow()
    case "crash":
      let node = try part(line)
      crash(node)
      say(name(node), "dies", .bad)
    case "start":
      let node = try part(line)
      guard processes[node.index] == nil else {
        throw Diagnostic("\(name(node)) is running.", found: "start \(name(node))")
      }
      say(name(node), "starts with \(journals[node.index].count) records on its disk", .good)
      start(node)
    case "tick":
      tick(try line.span(upTo: .hours(100), expected: "a time up to 100h, such as 10s"))
    case "sell": sell()
    case "read": try read(line)
    case "waits": return waits(try line.count(0, of: "waits", upTo: 100))
    case "show": return show()
    case "log": return showLog(try line.count(0, of: "lines", upTo: 500))
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
    return news(since: before)
  }

  private mutating func place(_ line: BenchLine, word: String) throws(Diagnostic) {
    var words = line.arguments
    let isRefused = words.last == word
    if isRefused { words.removeLast() }
    var amount = 40
    if let text = words.first {
      guard words.count == 1, let value = Int(text), (1...100).contains(value) else {
        throw Diagnostic(
          "'\(text)' is no amount.", column: line.column(0), found: text,
          expected: "a whole number from 1 to 100, and perhaps \(word)")
      }
      amount = value
    }
    let id = record.transactions.count + 1
    let transaction =
      line.name == "order"
      ? CommerceSetup.order(
        id, item: 1, region: 1, customer: 1, amount: amount, isDeclined: isRefused)
      : CommerceSetup.giveBack(
        id, item: 1, region: 1, customer: 1, amount: amount, isMissing: isRefused,
        refundsFirst: setup.options.refundsFirst)
    record.placed(transaction, at: now)
    letters.append(
      Letter(
        from: CommerceSetup.customer, to: CommerceSetup.orders, message: .place(transaction)))
    say("customer", "asks for \(transaction.name) \(id) over \(amount)")
  }

  private mutating func take(
    _ line: BenchLine, _ act: (inout CommerceBench, Letter) -> Void
  ) throws(Diagnostic) {
    guard !letters.isEmpty else {
      throw Diagnostic(
        "No message is on its way.", found: line.name, expected: "an order first",
        suggestion: "order")
    }
    act(&self, letters.removeFirst())
  }

  private mutating func lose(_ letter: Letter) {
    say(name(letter.to), "never gets \(tell(letter.message)) from \(name(letter.from))", .bad)
  }

  private mutating func hold(_ letter: Letter) {
    held.append(letter)
    say("network", "holds back \(tell(letter.message)) for \(name(letter.to))")
  }

  private func part(_ line: BenchLine) throws(Diagnostic) -> NodeID {
    let word = line.arguments.first ?? ""
    guard let node = CommerceSetup.roster.node(word), node.index < processes.count else {
      throw .unknown(
        "process", word, known: parts, column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return node
  }

  private mutating func sell() {
    let work = StepWork(service: CommerceSetup.inventory, record: 1, change: -1)
    record.sales[nextSale] = CommerceRecord.Sale(work: work, at: now)
    let command = StepCommand(.perform, StepKey(nextSale, 0), kind: .pivot, work)
    nextSale += 1
    ask(.command(command), of: CommerceSetup.inventory, by: CommerceSetup.till)
  }

  private mutating func read(_ line: BenchLine) throws(Diagnostic) {
    let node = try part(line)
    guard node != CommerceSetup.orders else {
      throw .unknown(
        "service", "orders", known: ["inventory", "shipping", "payment"], column: line.column(0))
    }
    ask(.look(record: 1, request: 0), of: node, by: CommerceSetup.reader)
  }

  /// Something local that does not wait behind the messages under way.
  private mutating func ask(
    _ message: DistributedMessage, of node: NodeID, by outsider: NodeID
  ) {
    let waiting = letters
    letters = []
    arrive(Letter(from: outsider, to: node, message: message))
    let own = letters.filter { $0.to == outsider }
    letters = waiting + letters.filter { $0.to != outsider }
    for letter in own { arrive(letter) }
  }
}
