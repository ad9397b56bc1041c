import Estimation
import Kernel
import Testing

@Suite("Problems")
struct ProblemTests {
  @Test("the same seed draws the same problem, as recorded")
  func isReproducible() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    #expect(
      problem.story == "A network has 90 million users; each posts 2 photos/user/day, of 0.4 "
        + "MB/photo each. At the peak 2.5 times as many come, 3 copies are kept, and 40 are read "
        + "for one that is written.")
    #expect(
      problem.answers.map(\.text) == [
        "2,083 photos/s", "5,208 photos/s", "666.7 Gbit/s", "102.5 PB", "10,417 servers",
      ])
    let again = try SampleFamilies.chain.problem(seed: 7)
    #expect(again.story == problem.story && again.answers == problem.answers)
    let others = try (8..<16).map { try SampleFamilies.chain.problem(seed: $0).story }
    #expect(Set(others).count > 4)
  }

  @Test("a draw keeps its ends and one digit, and is log-uniform")
  func drawsAreLogUniform() throws {
    let family = SampleFamilies.chain(givens: replacing(.draw("2 MB/photo to 500 MB/photo")))
    var logs: [Double] = []
    for seed: UInt64 in 0..<2_000 {
      let size = try family.problem(seed: seed).value("size") / 8e6
      #expect(size >= 2 - 1e-9 && size <= 500 + 1e-9)
      let mantissa =
        size / PortableMath.power(10, PortableMath.log10(size * 1.0000001).rounded(.down))
      #expect(abs(mantissa - mantissa.rounded()) < 1e-6)
      logs.append(PortableMath.log10(size))
    }
    // log10 runs from 0.301 to 2.699: mean 1.5, standard deviation 0.692, so that the mean of 2,000
    // draws has an error of 0.015.
    let mean = logs.reduce(0, +) / Double(logs.count)
    #expect(abs(mean - 1.5) < 0.05)
    let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count)
    #expect(abs(variance.squareRoot() - 0.692) < 0.03)
  }

  @Test(
    "rounding does not leave the ends of a draw",
    arguments: [
      ("12 MB/photo to 20 MB/photo", 20.0), ("84 MB/photo to 97 MB/photo", 90),
      ("2 MB/photo to 2.9 MB/photo", 2),
    ])
  func roundingStaysInside(draw: String, only: Double) throws {
    let family = SampleFamilies.chain(givens: replacing(.draw(draw)))
    for seed: UInt64 in 0..<50 {
      let size = try family.problem(seed: seed).value("size") / 8e6
      #expect(abs(size - only) < 1e-6)
    }
  }

  @Test("turning one given leaves the draws of the others alone")
  func drawsAreIndependent() throws {
    let other = SampleFamilies.chain(givens: replacing(.value("7 MB/photo")))
    for seed: UInt64 in 0..<20 {
      let (first, second) = (
        try SampleFamilies.chain.problem(seed: seed), try other.problem(seed: seed)
      )
      #expect(first.givens[0] == second.givens[0] && first.givens[1] == second.givens[1])
    }
  }

  private func replacing(_ choice: ProblemFamily.Choice) -> [ProblemFamily.Given] {
    SampleFamilies.chain.givens.map {
      $0.name == "size" ? .init("size", choice, role: .size) : $0
    }
  }

  // MARK: Refusals

  @Test("a sound family passes its check at all extremes")
  func soundFamiliesPass() throws {
    try SampleFamilies.chain.check()
    try SampleFamilies.plain.check()
  }

  struct Broken: Sendable, CustomStringConvertible {
    let family: ProblemFamily
    let says: [String]
    var description: String { says.joined(separator: ", ") }
  }

  static let broken: [Broken] = [
    Broken(
      family: with(given: .init("users", .draw("50M to 800M userz"))),
      says: ["In the given 'users'", "no unit called 'userz'", "Did you mean 'user"]),
    Broken(
      family: with(given: .init("users", .draw("50M users"))),
      says: ["In the given 'users'", "LOW to HIGH"]),
    Broken(
      family: with(given: .init("users", .draw("12M to 18M users"))),
      says: ["In the given 'users'", "one significant digit"]),
    Broken(
      family: with(given: .init("users", .oneOf([]))),
      says: ["In the given 'users'", "nothing to choose from"]),
    Broken(
      family: with(given: .init("users", .value("0 users"))),
      says: ["In the given 'users'", "not above 0"]),
    Broken(
      family: with(given: .init("users", .value("5 users; x = 3"))),
      says: ["In the given 'users'", "more than one line"]),
    Broken(
      family: with(given: .init("GB", .value("5 users"))),
      says: ["In the given 'GB'", "'GB' is a unit"]),
    Broken(
      family: with(given: .init("rate", .value("5 users"))),
      says: ["In the given 'rate'", "taken already"]),
    Broken(
      family: with(step: .init(name: "average", ask: "?", formula: "users * rate -> GB/s")),
      says: ["In the step 'average'", "photo / time"]),
    Broken(
      family: with(step: .init(name: "average", ask: "?", formula: "users - users")),
      says: ["In the step 'average'", "no amount above 0"]),
    Broken(
      family: with(step: .init(name: "average", ask: "?", formula: "users * ? -> GB/s")),
      says: ["In the step 'average'", "comes to no value"]),
    Broken(
      family: with(
        step: .init(
          name: "average", ask: "?", formula: "users * rate -> photos/s",
          forgot: [.init(factor: 1, says: "Nothing.")])),
      says: ["In the step 'average'", "no factor above 1"]),
    Broken(
      family: SampleFamilies.chain(story: "There are {user}."),
      says: ["In the story", "no given called 'user'", "Did you mean 'users'"]),
    Broken(
      family: SampleFamilies.chain(story: "There are {users."),
      says: ["In the story", "not closed"]
    ),
    Broken(
      family: SampleFamilies.chain(units: ["photo"]), says: ["In the unit 'photo'", "already"]),
    Broken(family: SampleFamilies.chain(steps: []), says: ["asks nothing"]),
  ]

  static func with(given: ProblemFamily.Given) -> ProblemFamily {
    SampleFamilies.chain(givens: [given] + SampleFamilies.chain.givens.dropFirst())
  }

  static func with(step: ProblemFamily.Step) -> ProblemFamily {
    SampleFamilies.chain(steps: [step] + SampleFamilies.chain.steps.dropFirst())
  }

  @Test("what does not hang together is refused with its place", arguments: broken)
  func refusalsNameThePlace(broken: Broken) throws {
    let drawn = #expect(throws: Diagnostic.self) { try broken.family.problem(seed: 1) }
    let checked = #expect(throws: Diagnostic.self) { try broken.family.check() }
    for text in [drawn?.description ?? "", checked?.description ?? ""] {
      for part in broken.says { #expect(text.contains(part), "\(text)") }
    }
  }

  @Test("the check finds what only one of the choices breaks")
  func checkTriesEveryChoice() throws {
    let family = Self.with(given: .init("users", .oneOf(["5M users", "6M users", "7M servers"])))
    let complaint = #expect(throws: Diagnostic.self) { try family.check() }
    let text = complaint?.description ?? ""
    #expect(text.contains("In the step 'average'"), "\(text)")
  }
}
