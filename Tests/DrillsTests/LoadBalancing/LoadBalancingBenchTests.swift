import Drills
import Kernel
import Presentation
import Testing

@Suite struct LoadBalancingBenchTests {
  private func session(_ preset: String? = nil) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("load-balancing").bench(as: preset))
  }

  private func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("load-balancing")
    let presets: [String?] = [nil] + topic.presets.map(\.id)
    for preset in presets {
      for command in try session(preset).bench.commands {
        var session = try session(preset)
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
      }
    }
  }

  /// nginx 1.22.1 as recorded: the dead peer is tried once, is out, and is looked at again.
  @Test func nginxLooksAgain() throws {
    var nginx = try session("nginx")
    _ = try nginx.run(script: "kill b; send 9")
    #expect(fact(nginx, "last_tries") == 10)
    #expect(fact(nginx, "last_failed") == 0)
    _ = try nginx.run(script: "tick 11s; send 9")
    #expect(fact(nginx, "to_b") == 1)
    // Its credit is still low from the failure: the turns are even from the second round on.
    _ = try nginx.run(script: "mend b; tick 11s; send 9")
    #expect(fact(nginx, "to_b") == 2)
    _ = try nginx.run("send 9")
    #expect(fact(nginx, "to_b") == 3)
  }

  @Test func haproxyNeedsThreeChecks() throws {
    var haproxy = try session("haproxy")
    _ = try haproxy.run(script: "tick 2s; kill c; tick 5s")
    #expect(fact(haproxy, "usable") == 3)
    _ = try haproxy.run(script: "tick 1s")
    #expect(fact(haproxy, "usable") == 2)
    _ = try haproxy.run(script: "mend c; tick 4s")
    #expect(fact(haproxy, "usable") == 3)
  }

  @Test func affinityLastsAsLongAsItSays() throws {
    var service = try session("kube-proxy")
    _ = try service.run(script: "set sessionAffinity=ClientIP timeoutSeconds=60; send 20 alice")
    #expect(fact(service, "longest_run") == 20)
    let first = ["a", "b", "c"].first { fact(service, "to_\($0)") == 20 }
    _ = try service.run("kill \(try #require(first))")
    _ = try service.run(script: "probe 3; send 20 alice")
    #expect(fact(service, "longest_run") == 20)
    #expect(fact(service, "last_failed") == 0)
  }

  /// What a learner sees.
  @Test func transcript() throws {
    var session = try session()
    var text = ""
    for line in ["set algorithm=weighted-round-robin", "weights 5 1 1", "send 7", "hold 2", "show"]
    {
      text += "> \(line)\n" + PlainRenderer().render(try session.run(line)) + "\n"
    }
    let expected = """
      > set algorithm=weighted-round-robin
      The balancer begins anew, with algorithm=weighted-round-robin.

      > weights 5 1 1
      host  weight  balancer  under way  tries  in truth
      a          5  in                0      0  answers
      b          1  in                0      0  answers
      c          1  in                0      0  answers

      It is 0 s.

      > send 7
      a a b a c a a

      > hold 2
      a a

      > show
      host  weight  balancer  under way  tries  in truth
      a          5  in                2      7  answers
      b          1  in                0      1  answers
      c          1  in                0      1  answers

      It is 0 s.


      """
    #expect(text == expected)
  }

  @Test(
    arguments: [
      "send 0", "send x", "hold 10001", "finish", "finish q", "weights", "weights 0 1", "add a",
      "add d-1", "drain z", "latency a", "latency a soon", "tick", "tick 2h", "map 0", "nothing",
    ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = try session()
    _ = try session.run("hold 3")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
