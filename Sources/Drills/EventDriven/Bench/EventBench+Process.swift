import Kernel
import Patterns
import Presentation

/// A choreographed order process at hand: three services and the events that they have yet to hear.
struct ProcessDesk: Sendable {
  /// The services, in the order in which they hear an event.
  enum Service: String, Sendable, CaseIterable {
    case orders
    case payments
    case stock
  }

  var orders = OrderChoreography.Orders()
  var payments = OrderChoreography.Payments(purse: 100)
  var stock = OrderChoreography.Stock(goods: 1)
  /// What is still to be heard, oldest first.
  var waiting: [(service: Service, event: OrderChoreography.Event)] = []
  /// What was heard last.
  var last: (service: Service, event: OrderChoreography.Event)?

  /// Every service is to hear `events`.
  mutating func tell(_ events: [OrderChoreography.Event]) {
    for event in events {
      for service in Service.allCases { waiting.append((service, event)) }
    }
  }

  /// Lets one service hear one event, and returns what it says to that.
  mutating func hear(
    _ service: Service, _ event: OrderChoreography.Event
  ) -> [OrderChoreography.Event] {
    last = (service, event)
    let answers =
      switch service {
      case .orders: orders.hear(event)
      case .payments: payments.hear(event)
      case .stock: stock.hear(event)
      }
    tell(answers)
    return answers
  }

  /// What can be measured.
  var facts: [Measurement] {
    let statuses = orders.statuses.values
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    return [
      count("placed", statuses.count), count("completed", statuses.count { $0 == .completed }),
      count("cancelled", statuses.count { $0 == .cancelled }),
      count("shipped", stock.shipped.count), count("purse", payments.purse),
      count("unheard", waiting.count),
    ]
  }
}

extension EventBench {
  /// The commands of the choreographed process.
  static let processCommands = [
    BenchCommand(
      "place", usage: "place NUMBER AMOUNT", example: "place 1 40",
      "Places an order in the choreographed process: a purse of 100, one piece in stock."),
    BenchCommand(
      "hear", usage: "hear [COUNT|again]", example: "place 1 40; hear 3",
      "Lets the services hear what waits for them, oldest first; again repeats the last."),
  ]

  mutating func place(_ line: BenchLine) throws(Diagnostic) {
    let order = try number(line, 0, "an order", in: 0...999)
    let amount = try number(line, 1, "an amount", in: 1...1_000)
    let events = process.orders.place(order, items: 1, amount: amount)
    process.tell(events)
    say("orders", events.isEmpty ? "has order \(order) already" : told(events), nil)
  }

  mutating func hear(_ line: BenchLine) throws(Diagnostic) {
    if line.arguments.first == "again" {
      guard let last = process.last else { return say("services", "have heard nothing yet", nil) }
      return hear(last.service, last.event)
    }
    let count = line.arguments.isEmpty ? 1 : try number(line, 0, "a count", in: 1...200)
    for _ in 0..<count {
      guard !process.waiting.isEmpty else { return }
      let next = process.waiting.removeFirst()
      hear(next.service, next.event)
    }
  }

  private mutating func hear(
    _ service: ProcessDesk.Service, _ event: OrderChoreography.Event
  ) {
    let answers = process.hear(service, event)
    let reaction = answers.isEmpty ? "nothing for it to do" : told(answers)
    say(service.rawValue, "hears \(Self.name(event)): \(reaction)", answers.isEmpty ? nil : .good)
  }

  private func told(_ events: [OrderChoreography.Event]) -> String {
    "says " + events.map(Self.name).joined(separator: ", ")
  }

  private static func name(_ event: OrderChoreography.Event) -> String {
    switch event {
    case .orderPlaced(let order, _, let amount): "order \(order) placed for \(amount)"
    case .paymentTaken(let order, _): "payment for order \(order) taken"
    case .paymentRefused(let order): "payment for order \(order) refused"
    case .goodsShipped(let order): "goods of order \(order) shipped"
    case .stockMissing(let order): "no stock for order \(order)"
    case .paymentReturned(let order): "payment for order \(order) returned"
    case .orderCompleted(let order): "order \(order) completed"
    case .orderCancelled(let order): "order \(order) cancelled"
    }
  }
}
