import Kernel
import Patterns
import Recordings

extension RabbitSteps {
  /// Length limits, confirmations, returns and priorities.
  static let limits = [
    RabbitSteps(words: ["priority queue max-length", "publish", "left"]) { stage, _ in
      let priorities = stage.list(after: "publish ").compactMap { Int($0.dropFirst()) }
      guard let limit = stage.figures.first, !priorities.isEmpty else {
        throw UnreadStep(stage.label)
      }
      stage.lab.declare(
        "q", RabbitQueueArguments(maxLength: limit, maxPriority: max(5, priorities.max() ?? 0)))
      for priority in priorities {
        stage.lab.publish("p\(priority)", to: "q", priority: priority)
      }
      return [.list(drain(&stage).map { .text($0.message.body) })]
    },
    RabbitSteps(words: ["priority queue max", "published", "order out"]) { stage, _ in
      guard let limit = stage.figures.first else { throw UnreadStep(stage.label) }
      stage.lab.declare("q", RabbitQueueArguments(maxPriority: limit))
      for item in stage.label.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" }) {
        let sides = item.split(separator: ":")
        guard sides.count == 2, sides[0].first == "m" else { continue }
        stage.lab.publish(String(sides[0]), to: "q", priority: Int(sides[1]))
      }
      let order = drain(&stage).map { delivery in
        let priority = delivery.message.priority.map { "\($0)" } ?? "None"
        return JSONText.text("\(delivery.message.body):p\(priority)")
      }
      return [.list(order)]
    },
    RabbitSteps(words: ["max-length-bytes", "publish", "bytes"]) { stage, _ in
      let sizes = stage.list(after: "publish ").compactMap { Int($0) }
      guard let limit = stage.figures.first, !sizes.isEmpty else { throw UnreadStep(stage.label) }
      stage.lab.declare("q", RabbitQueueArguments(maxLengthBytes: limit, overflow: overflow(stage)))
      var words: [JSONText] = []
      for (number, size) in sizes.enumerated() {
        words += stage.lab.publish("m\(number)", to: "q", bytes: size).confirmWords
      }
      return [.list(words), .list(drain(&stage).map { .text($0.message.body) })]
    },
    RabbitSteps(words: ["max-length", "no consumer"]) { stage, _ in
      guard let limit = stage.figures.first else { throw UnreadStep(stage.label) }
      stage.lab.declare("q", RabbitQueueArguments(maxLength: limit, overflow: overflow(stage)))
      let words = stage.lab.publish("m", to: "q").confirmWords
      return words + [.number(stage.lab.broker.queue("q")?.waitingCount ?? -1)]
    },
    RabbitSteps(words: ["max-length", "-", "publish"]) { stage, _ in
      guard let limit = stage.figures.first, let count = stage.figures.last else {
        throw UnreadStep(stage.label)
      }
      stage.lab.declare("q", RabbitQueueArguments(maxLength: limit, overflow: overflow(stage)))
      var words: [JSONText] = []
      for number in 0..<count { words += stage.lab.publish("m\(number)", to: "q").confirmWords }
      return [.list(words), .list(drain(&stage).map { .text($0.message.body) })]
    },
    RabbitSteps(words: ["reject-publish full, one taken but unacked: publish"]) { stage, _ in
      var words = fill(&stage)
      words += [.text("then another")] + stage.lab.publish("b", to: "q").confirmWords
      return words
    },
    RabbitSteps(words: ["requeue it: queue length", "next publish"]) { stage, _ in
      _ = fill(&stage)
      stage.lab.ask(.nack(1, multiple: false, requeue: true))
      let length = JSONText.number(stage.lab.broker.queue("q")?.waitingCount ?? -1)
      return [length] + stage.lab.publish("c", to: "q").confirmWords
    },
    RabbitSteps(words: ["not mandatory to missing key"]) { stage, _ in
      let message = RabbitMessage("m", to: "amq.direct", routingKey: "missing")
      return stage.lab.ask(.publish(message, isMandatory: false)).confirmWords
    },
    RabbitSteps(words: ["mandatory to missing key"]) { stage, _ in
      let message = RabbitMessage("m", to: "amq.direct", routingKey: "missing")
      let told = stage.lab.ask(.publish(message, isMandatory: true)).compactMap { reply in
        if case .returned(_, let code, let text) = reply { return "returned \(code) \(text)" }
        return reply.confirmWord?.string
      }
      return [.text(told.joined(separator: " then "))]
    },
    RabbitSteps(words: ["publish to missing exchange"]) { stage, _ in
      let message = RabbitMessage("m", to: "no-such-exchange", routingKey: "k")
      return stage.lab.ask(.publish(message, isMandatory: false)).closure
    },
    RabbitSteps(words: ["redeclare with other arguments"]) { stage, _ in
      stage.lab.declare("q")
      let other = RabbitQueueArguments(maxLength: 5)
      return Array(stage.lab.ask(.declareQueue("q", other)).closure.prefix(1))
    },
    RabbitSteps(words: ["double ack"]) { stage, _ in
      stage.lab.declare("q")
      stage.lab.publish("m", to: "q")
      _ = stage.lab.get("q")
      stage.lab.ask(.ack(1, multiple: false))
      return stage.lab.ask(.ack(1, multiple: false)).closure
    },
  ]

  private static func overflow(_ stage: Stage) -> RabbitQueueArguments.Overflow {
    stage.label.contains("reject-publish") ? .rejectPublish : .dropHead
  }

  /// A queue of three that rejects, full, with one taken and its place filled again.
  private static func fill(_ stage: inout Stage) -> [JSONText] {
    stage.lab.declare("q", RabbitQueueArguments(maxLength: 3, overflow: .rejectPublish))
    for number in 0..<3 { stage.lab.publish("m\(number)", to: "q") }
    _ = stage.lab.get("q")
    return stage.lab.publish("a", to: "q").confirmWords
  }

  static func drain(_ stage: inout Stage) -> [RabbitDelivery] {
    var deliveries: [RabbitDelivery] = []
    while let got = stage.lab.get("q", autoAck: true) { deliveries.append(got.delivery) }
    return deliveries
  }
}
