import Blueprints
import Kernel
import Patterns
import Simulation
import Testing

/// Health checks are runs of probes: what they see, and when their callers know it.
@Suite struct ProbingTests {
  private func pair(fall: Int = 3, rise: Int = 2, every: TimeSpan = .seconds(2)) throws -> Blueprint
  {
    var design = try SmallDesigns.pool(
      rate: 200, servers: 100, work: .constant(.milliseconds(1)), seconds: 60)
    design.components[1].replicas = 2
    design.components[1].check.fall = fall
    design.components[1].check.rise = rise
    design.components[1].check.interval = every
    return design
  }

  private func failed(_ design: Blueprint, _ faults: String) throws -> Double {
    let plan = try FaultPlan.parse(faults, roster: BlueprintRun.roster(design))
    return Double(BlueprintRun(design, faults: plan).failed)
  }

  @Test func halfOfTheCallsAreLostUntilTheThirdFailedProbe() throws {
    // Down at 11 s, probes at 12, 14 and 16 s: 5 s of half the load.
    #expect(abs(try failed(pair(), "at 11s crash pool-1 for 30s") - 500) < 60)
    // Probes of which one failure is enough, the next one 4 s later: 4 s of it.
    let quick = try pair(fall: 1, every: .seconds(5))
    #expect(abs(try failed(quick, "at 11s crash pool-1 for 30s") - 400) < 60)
  }

  @Test func aFlutterTakesNothingOut() throws {
    // Down over two probes, up over the third, twice: never three in a row, 8 s of half the load.
    let flutter = "at 11s crash pool-1 for 4s\nat 17s crash pool-1 for 4s"
    #expect(abs(try failed(pair(), flutter) - 800) < 80)
    // One failure is enough for this one, and it needs five good ones to come back: 1 s of it.
    let wary = try pair(fall: 1, rise: 5)
    #expect(abs(try failed(wary, flutter) - 100) < 40)
  }

  @Test func whatStandsStillOrAlwaysErrsFailsItsProbe() throws {
    #expect(abs(try failed(pair(), "at 11s errors pool-1 100% for 30s") - 500) < 60)
    // Half of the calls to it go wrong, and its health page answers: it stays.
    #expect(abs(try failed(pair(), "at 11s errors pool-1 50% for 30s") - 1500) < 150)
    var paused = try pair()
    paused.calls[0].timeout = .milliseconds(100)
    #expect(abs(try failed(paused, "at 11s pause pool-1 for 30s") - 500) < 60)
  }

  @Test func nobodyTriesACallAgainForWhichNobodyWaits() throws {
    var design = try pair()
    design.calls[0].isAsync = true
    try design.validate()
    design.calls[0].retry.maxAttempts = 2
    #expect(throws: Diagnostic.self) { try design.validate() }
    design.calls[0].retry.maxAttempts = 1
    design.calls[0].hedgeAfter = .milliseconds(5)
    #expect(throws: Diagnostic.self) { try design.validate() }
  }
}
