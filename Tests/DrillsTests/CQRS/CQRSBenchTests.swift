import Kernel
import Patterns
import Testing

@testable import Drills

@Suite("The bench of CQRS") struct CQRSBenchTests {
  static func facts(
    _ script: String, as preset: CQRSPreset = .plain
  ) throws -> [String: Double] {
    var session = BenchSession(CQRSBench(preset: preset))
    _ = try session.run(script: script)
    var facts: [String: Double] = [:]
    for fact in session.bench.facts { facts[fact.name] = fact.value }
    return facts
  }

  @Test("Every example works on a fresh bench, under every preset")
  func examples() throws {
    for preset in CQRSPreset.allCases {
      for command in CQRSBench(preset: preset).commands {
        var session = BenchSession(CQRSBench(preset: preset))
        if command.name != "die" || preset != .marten {
          _ = try session.run(script: command.example)
        }
      }
    }
  }

  @Test("Each preset holds its knobs and sources, and makes a bench")
  func presets() throws {
    for preset in CQRSPreset.allCases where preset != .plain {
      #expect(preset.tool.knobs.allSatisfy { $0.source != "ours" }, "\(preset)")
      #expect(try Self.facts("deposit a 10; project 9", as: preset)["row_balance"] == 10)
    }
    #expect(try Self.facts("show", as: .axon)["segments"] == 16)
  }

  @Test("A refused line changes nothing")
  func refusals() throws {
    var session = BenchSession(CQRSBench())
    _ = try session.run(script: "deposit a 5")
    for line in ["deposit a -1", "finish h9", "read zz", "build", "rebuild sideways"] {
      #expect(throws: Diagnostic.self) { try session.run(line) }
    }
    #expect(session.bench.facts.first?.value == 2)
  }
}
