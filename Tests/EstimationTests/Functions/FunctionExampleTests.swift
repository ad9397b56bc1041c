import Testing

@testable import Estimation

/// An example of a function in base units, as the language hands it over.
struct Worked {
  let name: String
  let arguments: [Double]
  /// What one unit of the example's result text is in base units.
  var unit = 1.0
  /// Whether the example shows 1 less the result.
  var isComplement = false
}

private let day = 86_400.0
private let terabyte = 8e12

let workedExamples: [Worked] = [
  Worked(name: "peak", arguments: [9.3e6, 1.4], unit: 1e6),
  Worked(name: "average_from_peak", arguments: [13e6, 1.4], unit: 1e6),
  Worked(name: "growth", arguments: [10 * terabyte, 0.4, 3], unit: terabyte),
  Worked(name: "doubling_periods", arguments: [0.4]),
  Worked(
    name: "accumulated", arguments: [terabyte / day, 0.4, 365 * day, 3 * 365 * day],
    unit: terabyte),
  Worked(
    name: "fill_time", arguments: [1_892 * terabyte, terabyte / day, 0.4, 365 * day], unit: day),
  Worked(name: "retained", arguments: [terabyte / day, 30 * day], unit: terabyte),
  Worked(name: "replicated", arguments: [5 * terabyte, 3], unit: terabyte),
  Worked(name: "erasure_coded", arguments: [5 * terabyte, 6, 3], unit: terabyte),
  Worked(name: "compressed", arguments: [9 * terabyte, 3], unit: terabyte),
  Worked(name: "write_amplified", arguments: [8e7, 3], unit: 8e6),
  Worked(name: "read_amplified", arguments: [2_000, 5], unit: 1e3),
  Worked(name: "headroom", arguments: [7 * terabyte, 0.7], unit: terabyte),
  Worked(name: "little", arguments: [12_000, 0.02]),
  Worked(name: "utilisation", arguments: [12_000, 0.02, 300], unit: 0.01),
  Worked(name: "mm1_wait", arguments: [80, 0.01], unit: 1e-3),
  Worked(name: "mm1_response", arguments: [80, 0.01], unit: 1e-3),
  Worked(name: "mm1_percentile", arguments: [80, 0.01, 0.99], unit: 1e-3),
  Worked(name: "mg1_wait", arguments: [80, 0.01, 2], unit: 1e-3),
  Worked(name: "erlang_b", arguments: [400, 0.02, 10], unit: 0.01),
  Worked(name: "erlang_c", arguments: [12_000, 0.02, 268], unit: 0.01),
  Worked(name: "mmc_wait", arguments: [400, 0.02, 10], unit: 1e-3),
  Worked(name: "mmc_response", arguments: [400, 0.02, 10], unit: 1e-3),
  Worked(name: "mmc_wait_percentile", arguments: [400, 0.02, 10, 0.99], unit: 1e-3),
  Worked(name: "mmc_response_percentile", arguments: [400, 0.02, 10, 0.99], unit: 1e-3),
  Worked(name: "servers_for_waiting", arguments: [12_000, 0.02, 0.05]),
  Worked(name: "servers_for_wait", arguments: [12_000, 0.02, 0.005, 0.99]),
  Worked(name: "servers_for_response", arguments: [12_000, 0.02, 0.1, 0.99]),
  Worked(name: "usl", arguments: [64, 0.05, 0.001]),
  Worked(name: "usl_peak", arguments: [0.05, 0.001]),
  Worked(name: "amdahl", arguments: [16, 0.1]),
  Worked(name: "series", arguments: [0.999, 0.999, 0.999], unit: 0.01, isComplement: true),
  Worked(name: "parallel", arguments: [0.999, 0.999], unit: 0.01, isComplement: true),
  Worked(name: "k_of_n", arguments: [2, 3, 0.99], unit: 0.01, isComplement: true),
  Worked(name: "availability", arguments: [30 * day, 3_600], unit: 0.01, isComplement: true),
  Worked(name: "nines", arguments: [0.9999]),
  Worked(name: "downtime", arguments: [0.9999, 365.25 * day], unit: 60),
  Worked(name: "error_budget", arguments: [0.999, 5e6], unit: 1e3),
  Worked(name: "burn_rate", arguments: [0.0144, 0.999]),
  Worked(name: "budget_lasts", arguments: [0.0144, 0.999, 30 * day], unit: 3_600),
  Worked(name: "fanout_slow", arguments: [0.01, 100], unit: 0.01),
  Worked(name: "fanout_part", arguments: [0.99, 100], unit: 0.01, isComplement: true),
  Worked(name: "bloom_size", arguments: [1e9, 0.01], unit: 8e9),
  Worked(name: "bloom_bits_per_key", arguments: [0.01]),
  Worked(name: "bloom_hashes", arguments: [0.01]),
  Worked(name: "bloom_false_positives", arguments: [1e9, 9.6e9, 7], unit: 0.01),
  Worked(name: "collision_probability", arguments: [1e6, 3_521_614_606_208], unit: 0.01),
  Worked(name: "collisions_expected", arguments: [12e9, 3_521_614_606_208]),
  Worked(name: "ids_for_collision", arguments: [3_521_614_606_208, 0.5], unit: 1e6),
  Worked(name: "zipf_hit_ratio", arguments: [1e6, 1e5, 1], unit: 0.01),
  Worked(name: "zipf_cache_size", arguments: [1e6, 0.8, 1]),
  Worked(name: "ring_deviation", arguments: [10, 128], unit: 0.01),
  Worked(name: "ring_largest", arguments: [10, 1]),
]

/// Computes a function by name.
func compute(_ name: String, _ arguments: [Double]) throws -> Double {
  let function = try #require(EstimateFunctions.all.first { $0.name == name })
  return try arguments.withUnsafeBufferPointer { try function.compute($0) }
}

@Suite("Examples of the functions")
struct FunctionExampleTests {
  @Test("every function has its example worked here")
  func allAreWorked() {
    #expect(workedExamples.map(\.name) == EstimateFunctions.all.map(\.name))
  }

  @Test(
    "the number in the result is what the formula yields", arguments: workedExamples.map(\.name))
  func examplesAreRight(name: String) throws {
    let example = try #require(workedExamples.first { $0.name == name })
    let function = try #require(EstimateFunctions.all.first { $0.name == name })
    let signature = try #require(SignatureGrammar(function.signature))
    let isVariadic = signature.parameters.last?.isVariadic == true
    #expect(isVariadic || signature.parameters.count == example.arguments.count)
    let digits = function.example.result.prefix { $0.isNumber || $0 == "." || $0 == "e" }
    let shown = try #require(Double(digits))
    let result = try compute(name, example.arguments)
    let value = (example.isComplement ? 1 - result : result) / example.unit
    #expect(abs(value / shown - 1) < 0.001, "\(value)")
  }
}
