import Testing

@testable import Estimation

@Suite("What the functions refuse")
struct FunctionRefusalTests {
  private func refusal(_ name: String, _ arguments: [Double]) -> FormulaRefusal? {
    #expect(throws: FormulaRefusal.self) { try compute(name, arguments) }
  }

  @Test("an overloaded pool names its utilisation and the servers that would do")
  func overloadedPool() {
    for name in ["erlang_c", "mmc_wait", "mmc_response"] {
      let refusal = refusal(name, [12_000, 0.02, 200])
      #expect(refusal?.argument == 2)
      #expect(refusal?.reason == "is too few: the utilisation would be 120%")
      #expect(
        refusal?.expected == "241 servers or more; with fewer the queue never stops growing")
    }
    let full = refusal("mmc_wait_percentile", [12_000, 0.02, 240, 0.99])
    #expect(full?.reason == "is too few: the utilisation would be 100%")
  }

  @Test("an overloaded server names its utilisation and a pool that would do")
  func overloadedServer() {
    for arguments in [[150, 0.01], [150, 0.01, 0.99]] {
      let refusal = refusal(arguments.count == 2 ? "mm1_wait" : "mm1_percentile", arguments)
      #expect(refusal?.argument == 0)
      #expect(
        refusal?.reason == "overloads the one server: the utilisation would be 150%")
      #expect(refusal?.expected.hasSuffix("with 2 servers or more") == true)
    }
  }

  @Test("a response sooner than the service is refused with the time that is left")
  func hopelessResponse() {
    let refusal = refusal("servers_for_response", [100, 0.02, 0.05, 0.99])
    #expect(refusal?.argument == 2)
    #expect(refusal?.expected == "a time above 92.1 ms, or a shorter service")
  }

  @Test(
    "the place of what does not fit is named",
    arguments: [
      ("peak", [10, 0.5], 1), ("growth", [1, -1, 2], 1), ("doubling_periods", [0], 0),
      ("fill_time", [1e9, 1, -0.5, 1], 0), ("headroom", [1, 0], 1), ("headroom", [1, 1.2], 1),
      ("erasure_coded", [1, 0, 3], 1), ("erlang_c", [1, 1, 2.5], 2), ("erlang_c", [1, 0, 2], 1),
      ("servers_for_waiting", [1, 1, 0], 2), ("usl_peak", [0.1, 0], 1),
      ("series", [0.9, 0.9, 1.1], 2), ("parallel", [-0.1], 0), ("k_of_n", [4, 3, 0.9], 0),
      ("k_of_n", [1, 0, 0.9], 1), ("k_of_n", [1, 2e9, 0.9], 1), ("budget_lasts", [0, 0.99, 1], 0),
      ("burn_rate", [0.1, 1], 1),
      ("bloom_size", [1, 0], 1), ("ids_for_collision", [100, 1], 1), ("nines", [1], 0),
      ("zipf_hit_ratio", [0, 1, 1], 0), ("ring_deviation", [3, 0], 1),
    ])
  func places(name: String, arguments: [Double], place: Int) {
    let refusal = refusal(name, arguments)
    #expect(refusal?.argument == place)
  }

  @Test("what is not a number is refused as last argument", arguments: workedExamples.map(\.name))
  func notANumber(name: String) throws {
    // The first argument is in some formulas an amount that they only scale.
    var arguments = try #require(workedExamples.first { $0.name == name }).arguments
    let last = arguments.count - 1
    arguments[last] = .nan
    let refusal = refusal(name, arguments)
    #expect(refusal?.argument == last)
  }

  @Test("what rounding has moved off a whole number still counts as whole")
  func nearlyWhole() throws {
    let exact = try compute("erlang_c", [8, 1, 10])
    let rounded = try compute("erlang_c", [8, 1, 10.000_000_001])
    #expect(exact == rounded)
  }
}
