import Drills
import Kernel
import Testing

@Suite struct GatewayBenchTests {
  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("api-gateway")
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        var session = BenchSession(try topic.bench(as: preset))
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
        #expect(session.bench.checkInvariants() == nil)
      }
    }
  }

  @Test(arguments: [
    "get nobody /catalog", "get acme catalog", "get acme /catalog 0", "forge luck", "match x",
    "rotate back", "tick soon", "renew", "keyed x /", "revoke x", "spoof crow x", "split 3",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
