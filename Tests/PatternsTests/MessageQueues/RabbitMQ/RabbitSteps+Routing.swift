import Kernel
import Patterns
import Recordings

extension RabbitSteps {
  /// Rows of these have what was published, whether it was routed, and how many copies arrived.
  static let routing = [
    RabbitSteps(words: ["direct bindings {"]) { stage, row in
      stage.lab.declare("q")
      let inner = stage.label.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }
      for item in inner.split(separator: ",") {
        let name = item.drop { $0 == " " }.prefix { $0 != " " }
        let key = name == "empty" ? "" : String(name)
        let times = item.contains("(twice)") ? 2 : 1
        for _ in 0..<times {
          stage.lab.ask(.bind(RabbitBinding("amq.direct", to: .queue("q"), key: key)))
        }
      }
      return publish(&stage, row[1], to: "amq.direct", counting: ["q"])
    },
    RabbitSteps(words: ["fanout,"]) { stage, row in
      var queues: [String] = []
      for clause in stage.label.split(separator: ", ").dropFirst() {
        let words = clause.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard let queue = words.first, clause.contains("twice") || clause.contains("once") else {
          continue
        }
        queues.append(queue)
        stage.lab.declare(queue)
        let keys = clause.contains("twice") ? ["k1", "k2"] : [""]
        for key in keys {
          stage.lab.ask(.bind(RabbitBinding("amq.fanout", to: .queue(queue), key: key)))
        }
      }
      return publish(&stage, row[1], to: "amq.fanout", counting: queues)
    },
    RabbitSteps(words: ["headers exchange"]) { stage, row in
      guard let bindings = stage.recording.configuration["headers_bindings"]?.items else {
        throw UnreadStep(stage.label)
      }
      for (number, binding) in bindings.enumerated() {
        stage.lab.declare("q\(number)")
        let rule = RabbitBinding(
          "amq.headers", to: .queue("q\(number)"), key: "", arguments: fields(binding))
        stage.lab.ask(.bind(rule))
      }
      let message = RabbitMessage("m", to: "amq.headers", routingKey: "", headers: fields(row[1]))
      let replies = stage.lab.ask(.publish(message, isMandatory: true))
      let bits = bindings.indices.map { number in
        "\(stage.lab.broker.queue("q\(number)")?.waitingCount ?? 0)"
      }
      return [row[1], .flag(isRouted(replies)), .text(bits.joined())]
    },
    RabbitSteps(words: ["default exchange"]) { stage, row in
      let key = row[1].string ?? ""
      if !stage.label.contains("missing") { stage.lab.declare(key) }
      return publish(&stage, row[1], to: "", counting: [key])
    },
    RabbitSteps(words: ["alternate-exchange", "AE", "not returned"]) { stage, row in
      stage.lab.declare("q")
      stage.lab.ask(
        .declareExchange(RabbitExchange("main", .direct, alternate: "amq.fanout")))
      stage.lab.ask(.bind(RabbitBinding("amq.fanout", to: .queue("q"))))
      return publish(&stage, row[1], to: "main", counting: ["q"])
    },
    RabbitSteps(words: ["exchange-to-exchange", "paths to one queue"]) { stage, row in
      stage.lab.declare("q")
      guard let paths = stage.figures.first, paths > 0 else { throw UnreadStep(stage.label) }
      stage.lab.ask(.bind(RabbitBinding("amq.topic", to: .queue("q"), key: "#")))
      for number in 1..<max(2, paths) {
        let middle = RabbitExchange("middle\(number)", .topic)
        stage.lab.ask(.declareExchange(middle))
        stage.lab.ask(.bind(RabbitBinding("amq.topic", to: .exchange(middle.name), key: "x.*")))
        stage.lab.ask(.bind(RabbitBinding(middle.name, to: .queue("q"), key: "#")))
      }
      return publish(&stage, row[1], to: "amq.topic", counting: ["q"])
    },
  ]

  private static func publish(
    _ stage: inout Stage, _ key: JSONText, to exchange: String, counting queues: [String]
  ) -> [JSONText] {
    let message = RabbitMessage("m", to: exchange, routingKey: key.string ?? "")
    let replies = stage.lab.ask(.publish(message, isMandatory: true))
    let counts = queues.map { JSONText.number(stage.lab.broker.queue($0)?.waitingCount ?? 0) }
    return [key, .flag(isRouted(replies)), counts.count == 1 ? counts[0] : .list(counts)]
  }

  private static func isRouted(_ replies: [RabbitReply]) -> Bool {
    !replies.contains { if case .returned = $0 { true } else { false } }
  }

  private static func fields(_ table: JSONText) -> [RabbitField] {
    table.members.map { member in
      let value: RabbitFieldValue =
        switch member.value {
        case .number(let text): Int(text).map { .integer($0) } ?? .text(text)
        case .text(let text): .text(text)
        case .flag(let flag): .flag(flag)
        case .null, .list, .object: .void
        }
      return RabbitField(member.name, value)
    }
  }
}
