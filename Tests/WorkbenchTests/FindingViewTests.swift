import Drills
import Kernel
import Presentation
import Progress
import Simulation
import Testing

@testable import Workbench

/// A scenario that measures nothing and comes to the findings it was given.
private struct FoundScenario: Scenario {
  let findings: [Finding]
  let id = "found"
  let title = "Findings as given"
  let version = 1
  let knobs: [Knob] = []
  let metrics: [Metric] = []
  let invariants: [Invariant] = []
  let fidelity = Fidelity(models: [], leavesOut: [], sources: [])

  func roster(_ settings: Settings) -> Roster { Roster(["n1"]) }

  func run(_ request: ScenarioRequest) -> Outcome {
    Outcome(
      measurements: [], series: [], verdicts: [], findings: findings, trace: Trace(),
      duration: .seconds(1))
  }

  var drillRun: DrillRun {
    let request = ScenarioRequest(settings: Settings(knobs), faults: FaultPlan(), seed: 1)
    return DrillRun(nil, of: self, request)
  }
}

@Suite("Findings on the screen") struct FindingViewTests {
  private let broken = FoundScenario(findings: [
    Finding("nothing is lost", .holds),
    Finding(
      "no stale read", .violated(witness: ["a wrote 2 at 1 s.", "b read 1 at 2 s."]),
      pictures: [.code("a |--2--|", language: nil)]),
    Finding("linearizable", .unknown("the budget of 10 steps is spent")),
  ])
  private let held = FoundScenario(findings: [
    Finding("nothing is lost", .holds), Finding("no stale read", .holds),
  ])

  private func plain(_ document: Document) -> String { PlainRenderer().render(document) }

  @Test("a run says of each guarantee whether it held, and shows the witness of a broken one")
  func runShowsThem() {
    let text = plain(RunView.document(broken.drillRun, title: "run"))
    for part in [
      "held", "broken", "unknown: the budget of 10 steps is spent", "no stale read is broken:",
      "a wrote 2 at 1 s.", "b read 1 at 2 s.", "a |--2--|",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  @Test("why tells the witness, and does not say that nothing went wrong")
  func whyTellsThem() {
    let text = plain(WhyView.whole(broken.drillRun.outcome))
    #expect(text.contains("b read 1 at 2 s."))
    #expect(!text.contains("Nothing went wrong"))
    #expect(plain(WhyView.whole(held.drillRun.outcome)).contains("Nothing went wrong"))
  }

  @Test("a comparison sets the guarantees of the runs side by side")
  func comparisonHasThem() {
    let runs = [(label: "one", run: broken.drillRun), (label: "two", run: held.drillRun)]
    let text = plain(ComparisonView.document(runs, title: "both"))
    #expect(text.contains("broken") && text.contains("not looked at"))
    #expect(text.contains("the same in all  nothing is lost held"))
  }

  @Test("JSON gives verdict and witness, and has no key for scenarios without checkers")
  func jsonHasThem() {
    let text = JSONView.run(broken.drillRun).compact
    #expect(text.contains(#""verdict":"violated","witness":["a wrote 2 at 1 s.""#))
    #expect(text.contains(#""reason":"the budget of 10 steps is spent""#))
    let none = JSONView.run(FoundScenario(findings: []).drillRun).compact
    #expect(!none.contains("findings"))
  }
}
