import Drills
import Kernel
import Testing

@Suite struct MeshBenchTests {
  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("service-mesh")
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        var session = BenchSession(try topic.bench(as: preset))
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
        #expect(session.bench.checkInvariants() == nil)
      }
    }
  }

  @Test(arguments: [
    "call nobody", "call orders 0", "bad stock-z1 10%", "bad stock-a1 2", "tick soon",
    "mode lax", "allow", "allow everyone", "split x", "root forget",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("service-mesh").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
