import Kernel
import Presentation
import Testing

@testable import Drills

@Suite("The service-discovery bench")
struct DiscoveryBenchTests {
  static func figure(_ name: String, _ session: BenchSession) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test("A dead instance stays in Eureka for minutes; undo brings it back")
  func theWalk() throws {
    var session = BenchSession(DiscoveryBench())
    #expect(Self.figure("seen", session) == 10)
    _ = try session.run("crash app-3")
    #expect(Self.figure("running", session) == 9)
    #expect(Self.figure("registered", session) == 10)
    _ = try session.run("tick 90s")
    #expect(Self.figure("registered", session) == 10)
    _ = try session.run("tick 4m")
    #expect(Self.figure("registered", session) == 9)
    #expect(Self.figure("seen", session) == 9)
    _ = try session.run("undo")
    _ = try session.run("undo")
    _ = try session.run("undo")
    #expect(Self.figure("running", session) == 10)
    #expect(Self.figure("time", session) == 60)
  }

  @Test(
    "Every command's example works on a fresh bench, in every registry",
    arguments: ["eureka", "consul", "etcd", "kubernetes-dns"])
  func examples(preset: String) throws {
    for command in DiscoveryBench(preset: preset).commands {
      if preset == "kubernetes-dns", command.name == "heartbeat" { continue }
      var session = BenchSession(DiscoveryBench(preset: preset))
      _ = try session.run(command.example)
      #expect(session.bench.checkInvariants() == nil)
    }
  }

  @Test("Calls go to what the caller sees, dead or alive")
  func calls() throws {
    var session = BenchSession(DiscoveryBench())
    _ = try session.run("call caller-1 20")
    #expect(Self.figure("calls", session) == 20)
    #expect(Self.figure("failed_calls", session) == 0)
    _ = try session.run(script: "crash app-1; crash app-2; crash app-3; call caller-1 40")
    #expect((Self.figure("stale_calls", session) ?? 0) > 0)
    #expect(Self.figure("stale_calls", session) == Self.figure("failed_calls", session))
  }

  @Test("A refused line changes nothing")
  func refuses() throws {
    var session = BenchSession(DiscoveryBench())
    for line in ["tick", "tick soon", "crash app-99", "call app-1", "register caller-1", "fly"] {
      #expect(throws: Diagnostic.self) { try session.run(line) }
    }
    #expect(Self.figure("time", session) == 60)
    #expect(!session.canUndo)
  }

  @Test("Deregistering takes an instance out at once, its process goes on")
  func deregister() throws {
    for preset in ["consul", "etcd", "kubernetes-dns"] {
      var session = BenchSession(DiscoveryBench(preset: preset))
      _ = try session.run(script: "deregister app-2; tick 5s")
      #expect(Self.figure("seen", session) == 9, "\(preset)")
    }
  }
}
