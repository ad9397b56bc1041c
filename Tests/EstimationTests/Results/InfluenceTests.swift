import Estimation
import Testing

@Suite("Which input matters") struct InfluenceTests {
  private static let sixFactors = """
    a = 100M to 300M; b = 5 to 20; c = 1k to 10k; g = 0.5 to 3; e = 2 to 4; f = 0.8 to 1.4
    product = a * b * c * g * e * f
    """

  /// The shares that the reference gives for these six factors, worked out apart from this program.
  @Test("the shares of six lognormal factors are the golden ones")
  func shares() throws {
    let sheet = try Sheet(Self.sixFactors)
    let influences = try sheet.estimator.influences(at: sheet.place("product"))
    #expect(influences.map(\.label) == ["c", "g", "b", "a", "e", "f"])
    let golden = [0.426, 0.258, 0.155, 0.097, 0.039, 0.025]
    for (influence, share) in zip(influences, golden) {
      #expect(influence.measure == .share)
      #expect(abs(influence.strength - share) < 0.0006, "\(influence.label)")
    }
  }

  @Test("drawn instead of worked out, the order is the same")
  func ranks() throws {
    let sheet = try Sheet(Self.sixFactors, always: true)
    let influences = try sheet.estimator.influences(at: sheet.place("product"))
    #expect(influences.map(\.label) == ["c", "g", "b", "a", "e", "f"])
    #expect(influences.allSatisfy { $0.measure == .rankCorrelation })
    // Spearman's correlation of two normals with correlation r is 6/pi asin(r/2): for c,
    // r = sqrt(0.426).
    #expect(abs(influences[0].strength - 0.635) < 0.02)
  }

  @Test("with correlated inputs the shares still add up to one")
  func correlated() throws {
    let sheet = try Sheet(
      "a = 1 to 10; b = 2 to 5; correlate a, b = 0.6; p = a * b; q = a / b")
    for name in ["p", "q"] {
      let influences = try sheet.estimator.influences(at: sheet.place(name))
      #expect(abs(influences.reduce(0) { $0 + $1.strength } - 1) < 1e-12)
    }
    // Dividing what goes together makes the spread smaller than dividing what does not.
    let apart = try Sheet("a = 1 to 10; b = 2 to 5; q = a / b")
    let together = try #require(try sheet.estimator.outcome(of: "q")?.figure?.spread)
    let free = try #require(try apart.estimator.outcome(of: "q")?.figure?.spread)
    #expect(together.p95 / together.p5 < free.p95 / free.p5)
  }

  @Test("only what a value rests on counts")
  func others() throws {
    let sheet = try Sheet("a = 1 to 10; b = 2 to 5; c = 3 to 4; sum = a + b")
    let influences = try sheet.estimator.influences(at: sheet.place("sum"))
    #expect(influences.map(\.label) == ["a", "b"])
    let exact = try Sheet("a = 5; b = a * 2")
    #expect(try exact.estimator.influences(at: 1).isEmpty)
  }
}
