import Kernel
import OrderedCollections
import Patterns
import Presentation

/// The server's side: one command as a list of words, one reply.
extension RedisCacheBench {
  /// Redis's own commands here, as against the bench's.
  static let redisWords = [
    "SET", "GET", "INCR", "DEL", "EXPIRE", "PERSIST", "TTL", "OBJECT", "MEMORY", "CONFIG",
    "DBSIZE", "INFO",
  ]

  /// Carries out one command of Redis; `line` is where a word that is missing is pointed at.
  mutating func answer(
    _ words: [String], _ line: BenchLine, evicted: inout [UInt64]
  ) throws(Diagnostic) -> RedisReply {
    let answer = try reply(words, line, evicted: &evicted)
    if case .integer(let value) = answer { counts.lastInteger = value }
    if answer == .error(RedisCacheStore.outOfMemory) { counts.oomErrors += 1 }
    return answer
  }

  private mutating func reply(
    _ words: [String], _ line: BenchLine, evicted: inout [UInt64]
  ) throws(Diagnostic) -> RedisReply {
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "DBSIZE": return .integer(store.count)
    case "INFO": return .bulk(info)
    case "CONFIG": return try config(rest, line, evicted: &evicted)
    case "DEL":
      _ = try line.need(0, "a key")
      var gone = 0
      for name in rest {
        if let key = numbers[name], store.delete(key, at: now) { gone += 1 }
      }
      return .integer(gone)
    case "OBJECT", "MEMORY":
      let what = try line.need(0, "\(words[0]) \(words[0] == "OBJECT" ? "FREQ" : "USAGE") KEY")
      let name = try line.need(1, "a key")
      guard let look = numbers[name].flatMap({ store.look($0, at: now) }) else { return .null }
      return look.answer(what.uppercased(), isByFrequency: store.options.policy.isByFrequency)
    default:
      let name = try line.need(0, "a key, as in '\(words[0]) a'")
      return try onKey(words[0], name, Array(rest.dropFirst()), line, evicted: &evicted)
    }
  }

  private mutating func onKey(
    _ command: String, _ name: String, _ rest: [String], _ line: BenchLine,
    evicted: inout [UInt64]
  ) throws(Diagnostic) -> RedisReply {
    guard name.count <= 40, numbers.count < 200_000 else {
      throw Diagnostic(
        "That key is too long for this bench.", found: name, expected: "a short name")
    }
    let known = numbers[name]
    let isThere = known.flatMap { store.look($0, at: now) } != nil
    switch command {
    case "GET":
      guard let key = known, store.get(key, at: now) else {
        counts.misses += 1
        return .null
      }
      counts.hits += 1
      return .bulk(values[Int(key)])
    case "TTL":
      guard let key = known, let look = store.look(key, at: now) else { return .integer(-2) }
      // Redis rounds to the nearest second.
      return .integer(look.expiry.map { Int((($0 - now).seconds + 0.5).rounded(.down)) } ?? -1)
    case "PERSIST":
      guard let key = known, store.look(key, at: now)?.expiry != nil else { return .integer(0) }
      return .integer(store.expire(key, at: nil, now: now) ? 1 : 0)
    case "EXPIRE":
      let text = try line.need(1, "seconds, as in 'EXPIRE \(name) 60'")
      guard let seconds = Int64(text), abs(seconds) < 1 << 32 else { return .notAnInteger }
      guard let key = known, isThere else { return .integer(0) }
      return .integer(store.expire(key, at: now + .seconds(seconds), now: now) ? 1 : 0)
    case "INCR":
      let old = isThere ? known.map { values[Int($0)] } ?? "0" : "0"
      guard let value = Int(old) else { return .notAnInteger }
      let end = known.flatMap { store.look($0, at: now)?.expiry }
      let reply = put(name, "\(value + 1)", ttl: end.map { $0 - now }, evicted: &evicted)
      return reply == .ok ? .integer(value + 1) : reply
    default:
      _ = try line.need(1, "a value, as in 'SET \(name) hello'")
      return assign(name, rest, isThere: isThere, evicted: &evicted)
    }
  }

  private mutating func assign(
    _ name: String, _ rest: [String], isThere: Bool, evicted: inout [UInt64]
  ) -> RedisReply {
    var ttl: TimeSpan?
    var at = 1
    while at < rest.count {
      switch rest[at].uppercased() {
      case "NX": if isThere { return .null }
      case "XX": if !isThere { return .null }
      case "KEEPTTL":
        ttl = numbers[name].flatMap { store.look($0, at: now)?.expiry }.map { $0 - now }
      case "EX", "PX":
        guard at + 1 < rest.count, let amount = Int64(rest[at + 1]) else { return .syntaxError }
        guard (1...(1 << 32)).contains(amount) else {
          return .error("ERR invalid expire time in 'set' command")
        }
        ttl = rest[at].uppercased() == "EX" ? .seconds(amount) : .milliseconds(amount)
        at += 1
      default: return .syntaxError
      }
      at += 1
    }
    return put(name, rest[0], ttl: ttl, evicted: &evicted)
  }

  private mutating func put(
    _ name: String, _ value: String, ttl: TimeSpan?, evicted: inout [UInt64]
  ) -> RedisReply {
    let key = number(of: name)
    switch store.set(key, bytes: value.utf8.count, ttl: ttl, at: now, evicted: &evicted) {
    case .ok:
      values[Int(key)] = value
      return .ok
    case .error(let text): return .error(text)
    }
  }

  private mutating func config(
    _ rest: [String], _ line: BenchLine, evicted: inout [UInt64]
  ) throws(Diagnostic) -> RedisReply {
    let what = try line.need(0, "GET or SET")
    let name = try line.need(1, "a parameter, such as maxmemory")
    if what.uppercased() == "GET" {
      let isPrefix = name.hasSuffix("*")
      let found = settings.all.filter { knob, _ in
        isPrefix ? knob.name.hasPrefix(name.dropLast()) : knob.name == name
      }
      return .array(found.map { .bulk("\($0.knob.name) \($0.setting)") })
    }
    guard what.uppercased() == "SET" else {
      throw .unknown("subcommand of CONFIG", what, known: ["GET", "SET"], column: line.column(0))
    }
    let text = try line.need(2, "a value")
    guard settings.knobs.contains(where: { $0.name == name }) else {
      return .error(
        "ERR Unknown option or number of arguments for CONFIG SET - '\(name)'")
    }
    var changed = settings
    try changed.set(name, name == "maxmemory" ? Self.bytes(text).map { "\($0)" } ?? text : text)
    settings = changed
    store.configure(Self.options(changed), at: now, evicted: &evicted)
    return .ok
  }

  /// An amount of memory as Redis's configuration writes it: 1k is 1,000, 1kb is 1,024.
  static func bytes(_ text: String) -> Int? {
    let units: [(String, Int)] = [
      ("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("k", 1_000), ("m", 1_000_000),
      ("g", 1_000_000_000), ("b", 1), ("", 1),
    ]
    let small = text.lowercased()
    for (unit, scale) in units where small.hasSuffix(unit) {
      return Int(small.dropLast(unit.count)).flatMap {
        let (product, isTooLarge) = $0.multipliedReportingOverflow(by: scale)
        return isTooLarge ? nil : product
      }
    }
    return nil
  }

  private var info: String {
    """
    used_memory:\(store.usedMemory)
    maxmemory:\(store.options.maxmemory)
    maxmemory_policy:\(store.options.policy.rawValue)
    expired_keys:\(store.expiredCount)
    evicted_keys:\(store.evictedCount)
    keyspace_hits:\(counts.hits)
    keyspace_misses:\(counts.misses)
    db0:keys=\(store.count)
    """
  }
}

extension RedisCacheStore.Look {
  /// The answer to `OBJECT FREQ`, `OBJECT IDLETIME` or `MEMORY USAGE`.
  fileprivate func answer(_ what: String, isByFrequency: Bool) -> RedisReply {
    switch what {
    case "USAGE": .integer(bytes)
    case "FREQ" where isByFrequency: .integer(frequency)
    case "FREQ":
      .error("ERR An LFU maxmemory policy is not selected, access frequency not tracked.")
    case "IDLETIME" where !isByFrequency: .integer(idleSeconds)
    case "IDLETIME":
      .error("ERR An LFU maxmemory policy is selected, idle time not tracked.")
    default: .error("ERR unknown subcommand '\(what)'.")
    }
  }
}

extension RedisReply {
  fileprivate static let notAnInteger = RedisReply.error(
    "ERR value is not an integer or out of range")
  fileprivate static let syntaxError = RedisReply.error("ERR syntax error")
}
