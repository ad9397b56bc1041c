import Kernel
import OrderedCollections
import Patterns
import Presentation

extension RedisCacheBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "SET", usage: "SET KEY VALUE [EX SECONDS] [NX|XX] [KEEPTTL]", example: "SET a hello EX 60",
        "Stores a value; a TTL it had is gone unless KEEPTTL is said."),
      BenchCommand("GET", usage: "GET KEY", example: "SET a hello; GET a", "Reads a value."),
      BenchCommand("INCR", usage: "INCR KEY", example: "INCR visits", "Adds one to a number."),
      BenchCommand("DEL", usage: "DEL KEY...", example: "SET a 1; DEL a", "Deletes keys."),
      BenchCommand(
        "EXPIRE", usage: "EXPIRE KEY SECONDS", example: "SET a 1; EXPIRE a 60", "Sets a TTL."),
      BenchCommand(
        "PERSIST", usage: "PERSIST KEY", example: "SET a 1 EX 60; PERSIST a", "Takes the TTL away."),
      BenchCommand(
        "TTL", usage: "TTL KEY", example: "SET a 1 EX 60; TTL a",
        "The seconds left; -1 without an end, -2 without the key."),
      BenchCommand(
        "OBJECT", usage: "OBJECT FREQ|IDLETIME KEY", example: "SET a 1; OBJECT IDLETIME a",
        "The counter of uses (LFU policies), or the seconds since the last use (others)."),
      BenchCommand(
        "MEMORY", usage: "MEMORY USAGE KEY", example: "SET a hello; MEMORY USAGE a",
        "What a key takes, in bytes."),
      BenchCommand(
        "CONFIG", usage: "CONFIG GET|SET NAME [VALUE]", example: "CONFIG SET maxmemory 1mb",
        "Shows or turns a parameter while the server runs; NAME may be maxmemory*."),
      BenchCommand("DBSIZE", usage: "DBSIZE", example: "DBSIZE", "Counts the keys."),
      BenchCommand(
        "INFO", usage: "INFO", example: "INFO", "Memory, hits, misses, evicted and expired keys."),
      BenchCommand(
        "fill", usage: "fill COUNT BYTES [SECONDS]", example: "fill 100 1000",
        "Sends that many SETs of new keys, up to the first error; SECONDS gives each a TTL."),
      BenchCommand(
        "repeat", usage: "repeat COUNT COMMAND...", example: "SET a 1; repeat 100 GET a",
        "Sends a command that often, as redis-cli -r does; shows the last reply."),
      BenchCommand(
        "sampling", usage: "sampling [KEYS]",
        example: "CONFIG SET maxmemory-policy allkeys-lru; sampling 1000",
        "On a server of its own: reads all keys, oldest first, then needs room for half as many."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 10s",
        "Lets time pass; ten times a second Redis looks for expired keys."),
      BenchCommand("show", usage: "show", example: "show", "Shows the keys and the memory."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "fill": return try fill(line)
    case "repeat": return try again(line)
    case "sampling": return try sampling(line)
    case "tick":
      pass(try line.span(upTo: .hours(24 * 365), expected: "a time, such as 10s"))
      return Document([.text("It is \(now); \(store.count) keys are kept.")])
    case "show": return show()
    default:
      var gone: [UInt64] = []
      let reply = try answer([line.name] + line.arguments, line, evicted: &gone)
      counts.lastEvicted = gone.count
      return Document([.code(reply.text(), language: nil)]) + evictions(gone)
    }
  }

  private mutating func fill(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard line.arguments.count >= 2 else {
      throw Diagnostic(
        "How many keys, and how large?", expected: "fill COUNT BYTES, as in 'fill 100 1000'")
    }
    let count = try line.count(0, of: "keys", upTo: 20_000)
    let bytes = try line.count(1, of: "bytes", upTo: 100_000_000)
    var seconds: Int?
    if line.arguments.count > 2 { seconds = try line.count(2, of: "seconds", upTo: 1_000_000_000) }
    var gone: [UInt64] = []
    var refused: String?
    counts.filled = 0
    var next = numbers.count + 1
    for _ in 0..<count {
      while numbers["k\(next)"] != nil { next += 1 }
      let key = number(of: "k\(next)")
      values[Int(key)] = "(\(bytes) bytes)"
      let reply = store.set(
        key, bytes: bytes, ttl: seconds.map { TimeSpan.seconds(Int64($0)) }, at: now, evicted: &gone
      )
      if case .error(let text) = reply {
        refused = text
        counts.oomErrors += 1
        break
      }
      counts.filled += 1
    }
    counts.lastEvicted = gone.count
    var reply = Document([
      .text("\(counts.filled) of \(count) new keys are stored; \(store.count) keys are kept.")
    ])
    if let refused { reply.add(.code(RedisReply.error(refused).text(), language: nil)) }
    return reply + evictions(gone)
  }

  private mutating func again(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "times", upTo: 1_000_000)
    let command = BenchLine(line.arguments.dropFirst().joined(separator: " "))
    guard Self.redisWords.contains(command.name) else {
      throw .unknown("Redis command", command.name, known: Self.redisWords, column: line.column(1))
    }
    var gone: [UInt64] = []
    var reply = RedisReply.null
    for _ in 0..<count {
      reply = try answer([command.name] + command.arguments, command, evicted: &gone)
    }
    counts.lastEvicted = gone.count
    return Document([
      .text("\(count) times; the last reply:"), .code(reply.text(), language: nil),
    ]) + evictions(gone)
  }

  /// Lets time pass: expired keys are looked for every 100 ms, while there are any.
  private mutating func pass(_ span: TimeSpan) {
    let end = now + span
    let cycle = TimeSpan.milliseconds(100)
    while let first = store.firstExpiry, first <= end {
      let due = max(first, now).nanoseconds
      let turns = (due + cycle.nanoseconds - 1) / cycle.nanoseconds
      let cycleEnd = Instant.zero + TimeSpan.nanoseconds(turns * cycle.nanoseconds)
      let next = max(now + TimeSpan.nanoseconds(1), cycleEnd)
      guard next <= end else { break }
      now = next
      _ = store.expireSome(at: now)
    }
    now = end
  }

  private func show() -> Document {
    let kept = numbers.elements.compactMap { name, number in
      store.look(number, at: now).map { (name, $0) }
    }
    let isByFrequency = store.options.policy.isByFrequency
    let rows = kept.prefix(12).map { name, look -> [Text] in
      let ttl = look.expiry.map { "\(Unit.seconds.text(($0 - now).seconds))" } ?? "no end"
      let use = isByFrequency ? "\(look.frequency)" : "\(look.idleSeconds) s"
      return [Text(name), Text("\(look.bytes)"), Text(ttl), Text(use)]
    }
    let table = Table(
      [
        .init("key"), .init("bytes", .trailing), .init("TTL", .trailing),
        .init(isByFrequency ? "FREQ" : "IDLETIME", .trailing),
      ], rows)
    var reply = Document(rows.isEmpty ? [.text("No key is kept.")] : [.table(table)])
    if kept.count > 12 { reply.add(.text("… and \(kept.count - 12) more keys.")) }
    let limit = store.options.maxmemory
    let used = Unit.bytes.text(Double(store.usedMemory))
    let bound =
      limit == 0 ? "without a limit (maxmemory 0)" : "of \(Unit.bytes.text(Double(limit)))"
    let counted =
      "evicted \(store.evictedCount), expired \(store.expiredCount), refused \(counts.oomErrors)"
    reply.add(
      .text(
        "It is \(now). Memory: \(used) \(bound); policy \(store.options.policy.rawValue); \(counted)."
      ))
    return reply
  }
}
