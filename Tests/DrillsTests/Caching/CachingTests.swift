import Drills
import Kernel
import Simulation
import Testing

@Suite struct CachingTests {
  private func session(_ preset: String? = nil) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("caching").bench(as: preset))
  }

  private func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("caching")
    return try scenario.tried(changes, faults, seed: seed)
  }

  @Test(arguments: [nil, "caffeine", "nginx-cache"] as [String?])
  func everyExampleWorksOnAFreshBench(preset: String?) throws {
    for command in try session(preset).bench.commands {
      var session = try session(preset)
      #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
      #expect(session.bench.checkInvariants() == nil)
    }
  }

  /// The recorded run, typed: full of keys with and without a TTL, then writes until an error.
  @Test func redisAtItsLimit() throws {
    var session = try session("redis")
    _ = try session.run(
      script: "CONFIG SET maxmemory 2mb; CONFIG SET maxmemory-policy volatile-ttl; "
        + "fill 30 20000; fill 30 20000 1000; fill 120 20000")
    #expect(fact(session, "evicted_keys") == 30)
    #expect(fact(session, "oom_errors") == 1)
    _ = try session.run(script: "SET small x; GET k1; TTL k1")
    #expect(fact(session, "oom_errors") == 2)
    #expect(fact(session, "keyspace_hits") == 1)
    #expect(fact(session, "last_integer") == -1)
    _ = try session.run(script: "CONFIG SET maxmemory-policy allkeys-lru; SET small x; TTL small")
    #expect(fact(session, "oom_errors") == 2)
  }

  /// Overwriting is a use and keeps the counter; an expired key is gone for TTL and for GET.
  @Test func redisCountsUsesAndTime() throws {
    var session = try session("redis")
    _ = try session.run(
      script: "CONFIG SET maxmemory-policy allkeys-lfu; SET a 1; SET a 2; OBJECT FREQ a")
    #expect(fact(session, "last_integer") == 6)
    _ = try session.run(script: "SET b 1 EX 10; tick 10s; TTL b")
    #expect(fact(session, "last_integer") == -2)
    #expect(fact(session, "expired_keys") == 1)
    _ = try session.run(script: "SET c 1 EX 10; SET c 2 KEEPTTL; TTL c; PERSIST c; TTL c")
    #expect(fact(session, "last_integer") == -1)
  }

  /// More samples evict fewer young keys, and random evicts as many as there are.
  @Test func moreSamplesComeNearer() throws {
    func young(_ policy: String, _ samples: Int) throws -> Double {
      var session = try session("redis")
      _ = try session.run(
        script: "CONFIG SET maxmemory-policy \(policy); CONFIG SET maxmemory-samples \(samples); "
          + "sampling 600")
      return try #require(fact(session, "young_evicted"))
    }
    let one = try young("allkeys-lru", 1)
    let five = try young("allkeys-lru", 5)
    let ten = try young("allkeys-lru", 10)
    #expect(one > five && five >= ten)
    #expect(ten < 0.1)
    #expect(try young("allkeys-random", 5) > 0.4)
  }

  @Test(arguments: [
    "client", "client frobnicate a", "client set a 0 0", "fill", "fill 0 1", "fill 1 x", "tick",
  ])
  func memcachedRefusesAndChangesNothing(line: String) throws {
    var session = try session("memcached")
    _ = try session.run(script: "fill 10 100; client get f1-1")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }

  @Test func aReaderLeavesTheOldVersionBehind() throws {
    for (knob, old) in [("lease=off", 1.0), ("lease=on", 0.0)] {
      var session = try session()
      _ = try session.run(script: "set \(knob); get a; write a; tick 200ms")
      #expect(fact(session, "old_kept") == old)
    }
  }

  @Test(arguments: ["get", "get a 0", "get a x", "tick", "tick soon", "scan 0", "nothing"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = try session()
    _ = try session.run(script: "get a; tick 1s; get a")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let changes = ["nodes": "3", "writes": "10%", "duration": "20s", "early": "1"]
    let faults = "at 5s crash cache-2 for 5s\nat 8s slow origin x5 for 4s"
    let first = try run(changes, faults, seed: 9)
    #expect(first.digest == (try run(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try run(changes, faults, seed: 10)).digest)
  }

  /// Whatever the settings and faults, no invariant breaks.
  @Test(arguments: 0..<24)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "15s", "nodes": draw.pick(["1", "3"]),
      "capacity": draw.pick(["1", "50", "1000"]),
      "policy": draw.pick(["fifo", "lru", "clock", "lfu", "arc", "w-tinylfu", "s3-fifo", "sieve"]),
      "ttl": draw.pick(["100ms", "5s"]), "ttl.jitter": draw.pick(["0%", "50%"]),
      "coalesce": draw.pick(["on", "off"]), "lease": draw.pick(["on", "off"]),
      "stale.for": draw.pick(["0s", "2s"]), "stale.error": draw.pick(["0s", "10s"]),
      "negative.ttl": draw.pick(["0s", "1s"]), "early": draw.pick(["0", "1"]),
      "write": draw.pick(["delete", "update", "around", "behind"]),
      "writes": draw.pick(["0%", "20%"]),
      "missing": draw.pick(["0%", "20%"]), "scan": draw.pick(["0%", "20%"]),
      "warm": draw.pick(["on", "off"]),
      "placement": draw.pick(["modulo", "rendezvous"]), "origin.queue": draw.pick(["0", "10000"]),
    ]
    let kinds = [
      "crash cache-1 for 3s", "slow origin x10 for 4s", "errors origin 50% for 4s",
      "load x3 for 3s", "crash origin for 3s", "pause cache-1 for 2s",
    ]
    let faults = draw.faults(kinds, 0, 3, before: 13)
    try TopicRegistry.scenario("caching").survives(changes, faults, seed: seed)
  }

  @Test func leasesLeaveNoStaleReads() throws {
    let load = ["writes": "20%", "keys": "50", "duration": "20s", "coalesce": "on"]
    let racing = try run(load).measurement("stale_reads")?.value ?? 0
    let leased = try run(load.merging(["lease": "on"]) { $1 }).measurement("stale_reads")?.value
    #expect(racing > 0)
    #expect(leased == 0)
  }
}
