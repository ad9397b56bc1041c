import Kernel
import Patterns
import Presentation

/// A Redis server with the stream `orders` and its group `g`, and a clock that stands still until
/// `tick`: you type commands as in redis-cli, for everybody.
struct RedisStreamsBench: Bench {
  /// Somebody who is subscribed to channels.
  struct Subscriber: Sendable {
    let client: Int
    var isReading = true
    var received = 0
  }

  private(set) var settings = Settings([])
  var streams = RedisStreams()
  var pubSub = RedisPubSub()
  /// Ids of entries are times; the first second is over.
  var now = Instant.zero + .seconds(1)
  var subscribers: [String: Subscriber] = [:]
  var nextClient = 1
  var counts = Counts()
  /// What happened, newest last.
  var log: [Moment] = []

  /// What was done so far.
  struct Counts: Sendable {
    var added = 0
    var lastEntries = 0
    var lastReceivers = 0
    var claimed = 0
    var acked = 0
    var errors = 0
    var received = 0
    var cutOffs = 0
  }

  /// A fresh bench.
  init() {
    _ = streams.step(["XGROUP", "CREATE", "orders", "g", "0", "MKSTREAM"], at: now)
    _ = pubSub.step(.connect(client: 0), at: now)
  }

  /// The names that commands take.
  var parts: [String] { subscribers.keys.sorted() }

  /// What the bench leaves out.
  var fidelity: Fidelity { RedisStreamsFidelity.bench }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    streams.checkInvariants() ?? pubSub.checkInvariants()
  }

  /// There are no knobs: everything is an argument of a command.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    return Document()
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let orders = streams.streams["orders"]
    let pending = orders?.groups.first?.pending ?? []
    return [
      Measurement("time", now.seconds, .seconds), count("length", orders?.entries.count ?? 0),
      count("pending", pending.count), count("deliveries_max", pending.map(\.count).max() ?? 0),
      count("added", counts.added), count("last_entries", counts.lastEntries),
      count("claimed", counts.claimed), count("acked", counts.acked),
      count("errors", counts.errors), count("last_receivers", counts.lastReceivers),
      count("received", counts.received), count("cut_offs", counts.cutOffs),
    ]
  }

  // MARK: Commands

  /// What can be typed.
  var commands: [BenchCommand] { Self.streamCommands + Self.otherCommands }

  private static let streamCommands = [
    BenchCommand(
      "XADD", usage: "XADD orders [MAXLEN COUNT] * NAME VALUE", example: "XADD orders * item tea",
      "Adds an entry; its id is the time."),
    BenchCommand("XLEN", usage: "XLEN orders", example: "XLEN orders", "Counts the entries."),
    BenchCommand(
      "XRANGE", usage: "XRANGE orders - + [COUNT N]", example: "XRANGE orders - +",
      "Reads entries between two ids."),
    BenchCommand(
      "XTRIM", usage: "XTRIM orders MAXLEN COUNT", example: "XTRIM orders MAXLEN 10",
      "Keeps the newest entries."),
    BenchCommand("XDEL", usage: "XDEL orders ID", example: "XDEL orders 1000-0", "Deletes one."),
    BenchCommand(
      "XREAD", usage: "XREAD [COUNT N] STREAMS orders ID", example: "XREAD STREAMS orders 0",
      "Reads what comes after an id, without a group."),
    BenchCommand(
      "XGROUP", usage: "XGROUP CREATE orders GROUP ID", example: "XGROUP CREATE orders audit $",
      "Makes a group that begins after an id, $ being the last one."),
    BenchCommand(
      "XREADGROUP", usage: "XREADGROUP GROUP g NAME [COUNT N] [NOACK] STREAMS orders >",
      example: "XREADGROUP GROUP g ann COUNT 2 STREAMS orders >",
      "Hands new entries to a consumer of a group; with 0 instead of >, its own pending ones."),
    BenchCommand(
      "XACK", usage: "XACK orders g ID", example: "XACK orders g 1000-0",
      "Acknowledges a pending entry."),
    BenchCommand(
      "XPENDING", usage: "XPENDING orders g [- + COUNT]", example: "XPENDING orders g",
      "Tells what is pending, and for whom."),
    BenchCommand(
      "XCLAIM", usage: "XCLAIM orders g NAME MIN-IDLE-MS ID",
      example: "XCLAIM orders g ben 60000 1000-0", "Gives a pending entry to a consumer."),
    BenchCommand(
      "XAUTOCLAIM", usage: "XAUTOCLAIM orders g NAME MIN-IDLE-MS 0 [COUNT N]",
      example: "XAUTOCLAIM orders g ben 60000 0",
      "Gives a consumer what has been pending for long enough."),
  ]

  private static let otherCommands = [
    BenchCommand(
      "SUBSCRIBE", usage: "SUBSCRIBE NAME CHANNEL", example: "SUBSCRIBE ann news",
      "Connects somebody who subscribes to a channel."),
    BenchCommand(
      "PUBLISH", usage: "PUBLISH CHANNEL TEXT", example: "PUBLISH news hello",
      "Publishes; the reply is the number of receivers."),
    BenchCommand(
      "leave", usage: "leave NAME", example: "SUBSCRIBE ann news; leave ann",
      "Closes a subscriber's connection."),
    BenchCommand("tick", usage: "tick TIME", example: "tick 1m", "Lets time pass."),
    BenchCommand("show", usage: "show", example: "show", "Shows streams, groups, subscribers."),
    BenchCommand("log", usage: "log [COUNT]", example: "log 10", "Shows what happened."),
  ]

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let before = log.count
    switch line.name {
    case "SUBSCRIBE":
      let name = try line.need(0, "a name, such as ann")
      let channel = try line.need(1, "a channel, such as news")
      subscribe(name, channel)
    case "PUBLISH":
      let channel = try line.need(0, "a channel, such as news")
      _ = try line.need(1, "a text")
      publish(channel, line.arguments.dropFirst().joined(separator: " "))
    case "leave":
      let name = try line.need(0, "a subscriber")
      guard let state = subscribers.removeValue(forKey: name) else {
        throw .unknown(
          "subscriber", name, known: parts, column: line.column(0), madeBy: "SUBSCRIBE ann news")
      }
      _ = pubSub.step(.disconnect(client: state.client), at: now)
      say(name, "is gone", nil)
    case "tick": now = now + (try line.span(try line.need(0, "a time, such as 1m")))
    case "show": return show()
    case "log":
      let count = try line.number(line.arguments.first, in: 1...500) ?? 20
      guard !log.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
      return Document([.timeline(Array(log.suffix(count)))])
    default: carryOut(line)
    }
    var reply = Document()
    let moments = Array(log.dropFirst(before).suffix(16))
    if !moments.isEmpty { reply.add(.timeline(moments)) }
    let orders = streams.streams["orders"]
    reply.add(
      "\(now): orders has \(orders?.entries.count ?? 0) entries, "
        + "\(orders?.groups.first?.pending.count ?? 0) pending in g")
    return reply
  }

  private mutating func carryOut(_ line: BenchLine) {
    let answer = streams.step([line.name] + line.arguments, at: now).first ?? .null
    let items = RedisReplies.entries(answer)
    switch line.name {
    case "XADD": if case .bulk = answer { counts.added += 1 }
    case "XACK": if case .integer(let count) = answer { counts.acked += count }
    case "XCLAIM", "XAUTOCLAIM": counts.claimed += items
    default: break
    }
    counts.lastEntries = items
    if case .error = answer { counts.errors += 1 }
    let isError = if case .error = answer { true } else { false }
    say("redis", "\(line.name): \(answer)", isError ? .bad : nil)
  }
}
