import Kernel
import Simulation
import Testing

/// Printing a plan and reading it back gives the same plan, whatever the plan.
@Suite struct FaultPlanRoundTrip {
  static let roster = Roster(["shard-1", "a", "rest", "x20", "payments-api", "n_6"])

  @Test(arguments: 0..<200) func printsAndReadsBack(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "plans")
    let plan = FaultPlan((0..<12).map { _ in RandomFaults.fault(&random, roster: Self.roster) })
    let text = plan.text(Self.roster)
    #expect(try FaultPlan.parse(text, roster: Self.roster) == plan, "\(text)")
  }

  @Test func everyExampleInTheHelpIsRead() throws {
    let roster = Roster(["shard-2", "a", "b", "c", "n1", "n2", "payments"])
    for verb in FaultVerb.allCases {
      let fault = try TimedFault.parse(verb.example, roster: roster)
      #expect(fault.fault.verb == verb)
      #expect(fault.text(roster) == verb.example)
    }
  }

  @Test func namesTheLineOfTheComplaint() {
    let text = "# first\n\nat 1s heal\nat 2s crash nobody\n"
    let complaint = #expect(throws: Diagnostic.self) {
      try FaultPlan.parse(text, roster: Self.roster)
    }
    #expect(complaint?.line == 4)
    #expect(complaint?.column == 13)
  }

  @Test func timeMayBeLeftOutAtAPrompt() throws {
    let now = Instant(nanoseconds: 7)
    let fault = try TimedFault.parse("crash a", roster: Self.roster, now: now)
    #expect(fault == TimedFault(at: now, .crash(NodeID(1))))
  }

  @Test func sameInstantKeepsTheWrittenOrder() throws {
    let plan = try FaultPlan.parse(
      "at 2s heal\nat 1s crash a\nat 1s restart a", roster: Self.roster)
    #expect(plan.byTime.map(\.fault.verb) == [.crash, .restart, .heal])
  }
}
