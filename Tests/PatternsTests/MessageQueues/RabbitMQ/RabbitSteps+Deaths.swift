import Kernel
import Patterns
import Recordings

extension RabbitSteps {
  /// Expiry and dead-lettering: `work` dies into the exchange `dlx`, which leads to `dead`.
  static let deaths = [
    RabbitSteps(words: ["queue TTL 0 with no consumer"]) { stage, _ in
      prepare(&stage, RabbitQueueArguments(messageTTL: .zero))
      stage.lab.publish("ttl0", to: "work")
      return [.list(dead(&stage).map { .text($0.message.body) })]
    },
    RabbitSteps(words: ["queue TTL", "ms expires"]) { stage, _ in
      guard let ttl = stage.figures.first else { throw UnreadStep(stage.label) }
      prepare(&stage, RabbitQueueArguments(messageTTL: .milliseconds(Int64(ttl))))
      stage.lab.publish("m", to: "work")
      stage.lab.pass(.milliseconds(Int64(ttl)))
      guard let message = dead(&stage).first?.message else { return [.null] }
      return [.text(message.routingKey), .text(message.exchange), headers(message)]
    },
    RabbitSteps(words: ["message expiration", "queue ttl"]) { stage, _ in
      let figures = stage.figures
      guard figures.count >= 2 else { throw UnreadStep(stage.label) }
      prepare(&stage, RabbitQueueArguments(messageTTL: .milliseconds(Int64(figures[1]))))
      stage.lab.publish("m", to: "work", expiration: .milliseconds(Int64(figures[0])))
      stage.lab.pass(.milliseconds(Int64(min(figures[0], figures[1]))))
      guard let message = dead(&stage).first?.message else { return [.null] }
      return [.text(message.routingKey), headers(message)]
    },
    RabbitSteps(words: ["reject requeue=false"]) { stage, _ in
      prepare(&stage, RabbitQueueArguments())
      stage.lab.publish("m", to: "work")
      _ = stage.lab.get("work")
      stage.lab.ask(.reject(1, requeue: false))
      guard let message = dead(&stage).first?.message else { return [.null] }
      return [headers(message)]
    },
    RabbitSteps(words: ["nack requeue=true adds no x-death"]) { stage, _ in
      prepare(&stage, RabbitQueueArguments())
      stage.lab.publish("m", to: "work")
      _ = stage.lab.get("work")
      stage.lab.ask(.nack(1, multiple: false, requeue: true))
      guard let again = stage.lab.get("work") else { return [.null] }
      return [headers(again.delivery.message)]
    },
    RabbitSteps(words: ["max-length", "published: dead-lettered (body, x-death)"]) { stage, _ in
      let figures = stage.figures
      guard figures.count >= 2 else { throw UnreadStep(stage.label) }
      prepare(&stage, RabbitQueueArguments(maxLength: figures[0], deadLetterRoutingKey: "dead"))
      for number in 0..<figures[1] { stage.lab.publish("n\(number)", to: "work") }
      let buried = dead(&stage).map { delivery in
        JSONText.list([
          .text(delivery.message.body),
          .text(delivery.message.deaths.first?.reason.rawValue ?? ""),
          .text(delivery.message.routingKey),
        ])
      }
      let left = stage.lab.broker.queue("work")?.waiting.map { JSONText.text($0.message.body) }
      return [.list(buried), .text("left in queue"), .list(left ?? [])]
    },
    RabbitSteps(words: ["per-message TTL: short one behind a long one", "dead after"]) { stage, _ in
      prepare(&stage, RabbitQueueArguments())
      let moments = seconds(stage.label)
      guard let first = moments.first, let last = moments.last, first < last else {
        throw UnreadStep(stage.label)
      }
      let middle = TimeSpan(seconds: (first + last) / 2)
      stage.lab.publish("long", to: "work", expiration: middle)
      stage.lab.publish("short", to: "work", expiration: TimeSpan(seconds: first / 2))
      stage.lab.pass(TimeSpan(seconds: first))
      let early = dead(&stage).map { JSONText.text($0.message.body) }
      let counted = stage.lab.broker.queue("work")?.waitingCount ?? -1
      stage.lab.pass(TimeSpan(seconds: last - first))
      let late = dead(&stage).map { JSONText.text($0.message.body) }
      return [.list(early), .number(counted), .list(late)]
    },
    RabbitSteps(words: ["retry loop work->(nack)->retry->(", "ms)->work: x-death"]) { stage, row in
      guard let wait = stage.figures.first, let rounds = row.last?.items?.count else {
        throw UnreadStep(stage.label)
      }
      stage.lab.declare(
        "work", RabbitQueueArguments(deadLetterExchange: "", deadLetterRoutingKey: "retry"))
      stage.lab.declare(
        "retry",
        RabbitQueueArguments(
          messageTTL: .milliseconds(Int64(wait)), deadLetterExchange: "",
          deadLetterRoutingKey: "work"))
      stage.lab.publish("m", to: "work")
      var seen: [JSONText] = []
      for _ in 0..<rounds {
        guard let got = stage.lab.get("work") else { break }
        seen.append(.list(got.delivery.message.deaths.map(brief)))
        stage.lab.ask(.nack(got.delivery.tag, multiple: false, requeue: false))
        stage.lab.pass(.milliseconds(Int64(wait)))
      }
      return [.list(seen)]
    },
    RabbitSteps(words: ["fully automatic cycle c1->c2->c1 (no rejection): messages left"]) {
      stage, _ in
      for (name, next) in [("c1", "c2"), ("c2", "c1")] {
        stage.lab.declare(
          name,
          RabbitQueueArguments(
            messageTTL: .milliseconds(50), deadLetterExchange: "", deadLetterRoutingKey: next))
      }
      stage.lab.publish("m", to: "c1")
      stage.lab.pass(.seconds(1))
      let left = ["c1", "c2"].map { stage.lab.broker.queue($0)?.waitingCount ?? -1 }
      return [.list(left.map { .number($0) })]
    },
  ]

  private static func prepare(_ stage: inout Stage, _ arguments: RabbitQueueArguments) {
    var arguments = arguments
    arguments.deadLetterExchange = "dlx"
    stage.lab.ask(.declareExchange(RabbitExchange("dlx", .fanout)))
    stage.lab.declare("dead")
    stage.lab.ask(.bind(RabbitBinding("dlx", to: .queue("dead"))))
    stage.lab.declare("work", arguments)
  }

  private static func dead(_ stage: inout Stage) -> [RabbitDelivery] {
    var deliveries: [RabbitDelivery] = []
    while let got = stage.lab.get("dead", autoAck: true) { deliveries.append(got.delivery) }
    return deliveries
  }

  /// The numbers before an `s` in the name: seconds.
  private static func seconds(_ label: String) -> [Double] {
    let words = label.split { $0 == " " || $0 == "," || $0 == ":" }
    return zip(words, words.dropFirst()).compactMap { $1 == "s" ? Double($0) : nil }
  }

  private static func brief(_ death: RabbitDeath) -> JSONText {
    .list([.text(death.queue), .text(death.reason.rawValue), .number(death.count)])
  }

  /// The headers about deaths and the expiration property, as they were recorded.
  private static func headers(_ message: RabbitMessage) -> JSONText {
    let deaths = message.deaths.map { death in
      JSONText.object([
        ("count", .number(death.count)),
        ("reason", .text(death.reason.rawValue)),
        ("queue", .text(death.queue)),
        ("time", .text("<timestamp>")),
        ("exchange", .text(death.exchange)),
        ("routing-keys", .list([.text(death.routingKey)])),
        ("original-expiration", death.originalExpiration.map { .text(milliseconds($0)) }),
      ])
    }
    return .object([
      ("x-death", .list(deaths)),
      ("x-first-death-exchange", message.firstDeath.map { .text($0.exchange) }),
      ("x-first-death-queue", message.firstDeath.map { .text($0.queue) }),
      ("x-first-death-reason", message.firstDeath.map { .text($0.reason.rawValue) }),
      ("expiration", message.expiration.map { .text(milliseconds($0)) } ?? .null),
    ])
  }

  private static func milliseconds(_ span: TimeSpan) -> String {
    "\(span.nanoseconds / 1_000_000)"
  }
}
