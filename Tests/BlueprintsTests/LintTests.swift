import Blueprints
import Kernel
import Patterns
import Testing

/// Each rule finds its fault and is silent without it.
@Suite struct LintTests {
  private func rules(_ design: Blueprint) -> Set<String> { Set(design.lints().map(\.rule)) }

  @Test func aBareDesignIsCriticised() throws {
    let design = try SmallDesigns.pool(
      rate: 200, servers: 1, work: .constant(.milliseconds(10)), seconds: 20)
    #expect(rules(design) == ["single-point", "overloaded", "no-timeout", "no-objectives"])
  }

  @Test func aSoundOneIsNot() throws {
    var design = try SmallDesigns.pool(
      rate: 50, servers: 1, work: .constant(.milliseconds(10)), seconds: 20)
    design.components[1].replicas = 2
    design.components[1].queue = 10
    design.calls[0].timeout = .milliseconds(200)
    design.objectives = ["success > 99 %"]
    #expect(rules(design) == [])
  }

  @Test func retriesOfRetriesAreFound() throws {
    var design = try SmallDesigns.empty(20)
    design.components = [
      try SmallDesigns.clients(10),
      try SmallDesigns.server("a", places: 9, .constant(.milliseconds(1))),
      try SmallDesigns.server("b", places: 9, .constant(.milliseconds(1))),
    ]
    design.calls = [Call(from: 0, to: 1), Call(from: 1, to: 2)]
    for place in design.calls.indices {
      design.calls[place].retry.maxAttempts = 3
      design.calls[place].timeout = .milliseconds(500)
    }
    let found = rules(design)
    #expect(found.contains("retries-multiply"))
    #expect(found.contains("timeout-inverted"))
    #expect(found.contains("retry-without-budget"))
    design.calls[1].passesDeadline = true
    design.calls[0].passesDeadline = true
    design.calls[1].retry.maxAttempts = 1
    #expect(!rules(design).contains("retries-multiply"))
    #expect(!rules(design).contains("timeout-inverted"))
  }

  @Test func circlesAreRefused() throws {
    var design = try SmallDesigns.empty(20)
    design.components = [
      try SmallDesigns.clients(10),
      try SmallDesigns.server("a", places: 1, .constant(.milliseconds(1))),
      try SmallDesigns.server("b", places: 1, .constant(.milliseconds(1))),
    ]
    design.calls = [Call(from: 0, to: 1), Call(from: 1, to: 2), Call(from: 2, to: 1)]
    let complaint = #expect(throws: Diagnostic.self) { try design.validate() }
    #expect(complaint?.message.contains("a -> b -> a") == true)
  }

  @Test func everyRuleIsDescribed() throws {
    let design = try ConservationTests.everything()
    let known = Lint.rules.map(\.id)
    for lint in design.lints() { #expect(known.contains(lint.rule)) }
  }
}
