import Kernel
import Patterns
import Presentation

extension RedisStreamsBench {
  mutating func subscribe(_ name: String, _ channel: String) {
    let client: Int
    if let known = subscribers[name]?.client {
      client = known
    } else {
      client = nextClient
      nextClient += 1
      subscribers[name] = Subscriber(client: client)
      _ = pubSub.step(.connect(client: client), at: now)
    }
    carryOut(.command(client: client, ["SUBSCRIBE", channel]))
  }

  mutating func publish(_ channel: String, _ text: String) {
    carryOut(.command(client: 0, ["PUBLISH", channel, text]))
  }

  private mutating func carryOut(_ input: RedisPubSub.Input) {
    for output in pubSub.step(input, at: now) {
      switch output {
      case .reply(0, let reply):
        _ = pubSub.step(.read(client: 0, bytes: reply.size), at: now)
        if case .integer(let count) = reply { counts.lastReceivers = count }
        say("redis", "PUBLISH: \(reply) receivers", counts.lastReceivers == 0 ? .bad : nil)
      case .reply(let client, let reply):
        _ = pubSub.step(.read(client: client, bytes: reply.size), at: now)
        let name = parts.first { subscribers[$0]?.client == client } ?? ""
        if case .array(let words) = reply, words.first == .bulk("message") {
          subscribers[name]?.received += 1
          counts.received += 1
        }
        say(name, "gets \(reply)", .good)
      case .closed: counts.cutOffs += 1
      case .wakeMe: break
      }
    }
  }

  mutating func say(_ part: String, _ text: String, _ tone: Tone?) {
    log.append(Moment(time: "\(now)", part: part, text: Text(text), tone: tone))
  }

  func show() -> Document {
    var reply = Document()
    for key in streams.streams.keys.sorted() {
      guard let stream = streams.streams[key] else { continue }
      let ids = stream.entries.suffix(6).map { "\($0.id)" }
      reply.add(
        "Stream \(key): \(stream.entries.count) entries"
          + (ids.isEmpty ? "" : ", the last: \(ids.joined(separator: " "))"))
      for group in stream.groups {
        reply.add("  Group \(group.name): last handed out \(group.lastDelivered)")
        for entry in group.pending.prefix(8) {
          let idle = now - entry.deliveredAt
          reply.add(
            "    \(entry.id) pending for \(entry.consumer), idle \(idle), handed out "
              + "\(entry.count) times")
        }
      }
    }
    for name in parts { reply.add("\(name): \(subscribers[name]?.received ?? 0) received") }
    reply.add("It is \(now) by the server's clock.")
    return reply
  }
}
