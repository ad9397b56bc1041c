import Kernel
import Testing

@testable import Estimation

@Suite("The same seed draws the same") struct DeterminismTests {
  private static let program = """
    users = 50M to 80M users
    size = uniform(2 kB, 4 kB)
    share = beta(3, 7)
    extra = mix(1 GB, 30%, 5 GB, 70%)
    total = users * share * size / user + extra
    """

  private static func draws(_ program: String, seed: UInt64) throws -> [[Double]] {
    var model = EstimateModel()
    try model.add(SourceText(program))
    let run = EstimateRun(
      model, options: EstimateOptions(seed: seed, samples: 500), reference: .empty)
    for place in model.names.indices { _ = try run.value(at: place) }
    return try (0..<4).map { run.column(of: $0).plain }
      + [run.arithmetic.column(run.value(at: 4).magnitude).plain]
  }

  @Test("twice is the same, another seed is another")
  func same() throws {
    let first = try Self.draws(Self.program, seed: 1)
    #expect(try Self.draws(Self.program, seed: 1) == first)
    #expect(try Self.draws(Self.program, seed: 2) != first)
  }

  @Test("changing one input leaves the draws of the others alone")
  func common() throws {
    let before = try Self.draws(Self.program, seed: 1)
    let changed = Self.program.replacing("beta(3, 7)", with: "uniform(10%, 90%)")
    let after = try Self.draws(changed, seed: 1)
    #expect(before[0] == after[0] && before[1] == after[1] && before[3] == after[3])
    #expect(before[2] != after[2])
  }

  /// Changes only when the story of every seed changes; say why in the commit.
  @Test("the draws are those that were committed")
  func digest() throws {
    var digest = Digest()
    for column in try Self.draws(Self.program, seed: 1) {
      for draw in column { digest.fold(draw.bitPattern) }
    }
    #expect(digest.text == "b8d5eb0760c39e64")
  }
}
