import Drills
import Kernel
import Presentation
import Testing

@Suite struct SharedLimitBenchTests {
  private func facts(_ script: String) throws -> [String: Double] {
    var session = BenchSession(try TopicRegistry.topic("rate-limiting").bench(as: "gateways"))
    _ = try session.run(script: script)
    #expect(session.bench.checkInvariants() == nil)
    let known = session.bench.facts.map { ($0.name, $0.value ?? -1) }
    return Dictionary(uniqueKeysWithValues: known)
  }

  /// What one client gets through 4 gateways with a limit of 100 in 10 s.
  @Test(arguments: [
    ("set share=own; spread 600", 400.0), ("set share=split; spread 600", 100),
    ("set share=split; send g1 60", 25), ("set share=central; spread 600", 100),
    ("set share=leased; spread 600", 100), ("set share=leased; send g2 100", 100),
    ("set share=synced; spread 600", 400),
    ("set share=synced; send g1 60; tick 1s; send g2 60", 120),
    ("set share=synced; send g1 60; tick 2s; send g1 60", 100),
  ]) func admits(script: String, count: Double) throws {
    #expect(try facts(script)["admitted"] == count)
  }

  @Test(arguments: [("open", 200.0), ("closed", 0), ("local", 100)])
  func aSilentStore(fallback: String, count: Double) throws {
    let script = "set share=central fallback=\(fallback); silence; spread 200"
    #expect(try facts(script)["waiting"] == 200)
    let after = try facts(script + "; tick 50ms")
    #expect(after["waiting"] == 0 && after["admitted"] == count && after["fallbacks"] == 200)
  }

  /// What a learner sees.
  @Test func transcript() throws {
    var session = BenchSession(try TopicRegistry.topic("rate-limiting").bench(as: "gateways"))
    var text = ""
    for line in ["set share=leased lease.batch=20", "send g1 25", "silence", "spread 8", "show"] {
      text += "> \(line)\n" + PlainRenderer().render(try session.run(line)) + "\n"
    }
    let expected = """
      > set share=leased lease.batch=20
      The gateways begin anew, with share=leased, lease.batch=20.

      > send g1 25
      25 admitted.

      > silence
      The store is silent.

      > spread 8
      2 admitted; 6 wait for the store.

      > show
      gateway  leased, unused  waiting
      g1                   13        0
      g2                    0        2
      g3                    0        2
      g4                    0        2

      It is 0 s. The store is silent; it counts 40 of 100 and was asked 2 times.


      """
    #expect(text == expected)
  }

  @Test func anEmptyLeaseIsAskedForOnce() throws {
    let used = try facts("set share=leased; send g1 100")
    let refused = try facts("set share=leased; send g1 100; send g1 500")
    #expect(refused["questions"] == (used["questions"] ?? 0) + 1)
    #expect(try facts("set share=leased; send g1 150; tick 10s; send g1 5")["admitted"] == 105)
  }

  @Test(arguments: ["send", "send g9", "send g1 0", "spread x", "tick soon", "nothing"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("rate-limiting").bench(as: "gateways"))
    _ = try session.run("spread 30")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
