import Kernel
import Patterns
import Testing

@Suite("Redis streams against their definition") struct RedisStreamModelTests {
  /// What is out, as one plain table.
  struct Out: Equatable {
    var consumer: String
    var since: Instant
    var count: Int
  }

  @Test(
    "Pending entries, claims and deletions are the naive model's", arguments: UInt64(1)...40)
  func random(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "redis")
    var server = RedisStreams()
    var there: Set<Int> = []
    var last = 0
    var next = 1
    var out: [Int: Out] = [:]
    var now = Instant.zero
    func run(_ line: String) throws -> RedisAnswer {
      try #require(server.step(line.split(separator: " ").map(String.init), at: now).first)
    }
    _ = try run("XGROUP CREATE s g 0 MKSTREAM")
    for _ in 0..<400 {
      now = now + random.span(.milliseconds(1), to: .milliseconds(400))
      let who = "c\(random.below(3))"
      let entry = 1 + random.below(max(1, next))
      switch random.below(8) {
      case 0, 1:
        #expect(try run("XADD s \(next)-0 n \(next)") == .bulk("\(next)-0"))
        there.insert(next)
        next += 1
      case 2, 3:
        let count = 1 + random.below(3)
        let found = there.filter { $0 > last }.sorted().prefix(count)
        let reply = try run("XREADGROUP GROUP g \(who) COUNT \(count) STREAMS s >")
        #expect(ids(reply) == Array(found))
        last = found.last ?? last
        for id in found { out[id] = Out(consumer: who, since: now, count: 1) }
      case 4:
        #expect(try run("XACK s g \(entry)-0") == .integer(out[entry] == nil ? 0 : 1))
        out[entry] = nil
      case 5:
        let isThere = there.remove(entry) != nil
        #expect(try run("XDEL s \(entry)-0") == .integer(isThere ? 1 : 0))
      case 6:
        let reply = try run("XCLAIM s g \(who) 300 \(entry)-0 JUSTID")
        let isIdle = out[entry].map { now - $0.since >= .milliseconds(300) } ?? false
        if out[entry] != nil, !there.contains(entry) {
          out[entry] = nil
          #expect(reply == .array([]))
        } else if isIdle {
          out[entry]?.consumer = who
          out[entry]?.since = now
          #expect(reply == .array([.bulk("\(entry)-0")]))
        } else {
          #expect(reply == .array([]))
        }
      default: try sweep(who, &out, there, at: now, run)
      }
      try compare(out, at: now, run)
      let violation = server.checkInvariants()
      #expect(violation == nil)
    }
  }

  private func sweep(
    _ who: String, _ out: inout [Int: Out], _ there: Set<Int>, at now: Instant,
    _ run: (String) throws -> RedisAnswer
  ) throws {
    var claimed: [RedisAnswer] = []
    var deleted: [RedisAnswer] = []
    for id in out.keys.sorted() {
      if !there.contains(id) {
        deleted.append(.bulk("\(id)-0"))
        out[id] = nil
      } else if let entry = out[id], now - entry.since >= .milliseconds(500) {
        claimed.append(.array([.bulk("\(id)-0"), .array([.bulk("n"), .bulk("\(id)")])]))
        out[id] = Out(consumer: who, since: now, count: entry.count + 1)
      }
    }
    let reply = try run("XAUTOCLAIM s g \(who) 500 0 COUNT 1000")
    #expect(reply == .array([.bulk("0-0"), .array(claimed), .array(deleted)]))
  }

  private func compare(
    _ out: [Int: Out], at now: Instant, _ run: (String) throws -> RedisAnswer
  ) throws {
    let rows = out.keys.sorted().compactMap { id in
      out[id].map { entry in
        RedisAnswer.array([
          .bulk("\(id)-0"), .bulk(entry.consumer),
          .integer(Int((now - entry.since).nanoseconds / 1_000_000)), .integer(entry.count),
        ])
      }
    }
    #expect(try run("XPENDING s g - + 1000") == .array(rows))
  }

  /// The ids of a reply to a read of one stream.
  private func ids(_ reply: RedisAnswer) -> [Int] {
    guard case .array(let streams) = reply, case .array(let parts)? = streams.first,
      case .array(let entries)? = parts.last
    else { return [] }
    return entries.compactMap { entry in
      guard case .array(let parts) = entry, case .bulk(let id)? = parts.first else { return nil }
      return Int(id.dropLast(2))
    }
  }

  @Test("A claim resets the idle time, so that a second claim at once takes nothing")
  func claimResetsIdle() throws {
    for shortcut in [nil, RedisStreamShortcut.claimKeepsIdle] {
      var server = RedisStreams(shortcuts: shortcut.map { [$0] } ?? [])
      func run(_ line: String, at seconds: Int64) -> RedisAnswer? {
        server.step(line.split(separator: " ").map(String.init), at: .zero + .seconds(seconds))
          .first
      }
      _ = run("XADD s 1-0 n 1", at: 0)
      _ = run("XGROUP CREATE s g 0", at: 0)
      _ = run("XREADGROUP GROUP g dead STREAMS s >", at: 0)
      let first = run("XCLAIM s g c1 60000 1-0 JUSTID", at: 61)
      let second = run("XCLAIM s g c2 60000 1-0 JUSTID", at: 61)
      #expect(first == .array([.bulk("1-0")]))
      #expect(second == .array(shortcut == nil ? [] : [.bulk("1-0")]))
    }
  }

  @Test(
    "Globs match as Redis matches them",
    arguments: [
      ("h?llo", "hello", true), ("h?llo", "hllo", false), ("h*llo", "heeeello", true),
      ("h[ae]llo", "hallo", true), ("h[ae]llo", "hillo", false), ("h[^e]llo", "hello", false),
      ("h[a-b]llo", "hbllo", true), ("c\\*", "c*", true), ("c\\*", "cx", false),
      ("news.*", "news.", true), ("*", "", true),
    ])
  func globs(pattern: String, subject: String, expected: Bool) {
    #expect(RedisPattern(pattern).matches(subject) == expected)
  }
}
