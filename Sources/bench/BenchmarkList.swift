/// Every benchmark, in the order in which they run: a new one is a file and a line here.
let everyBenchmark: [any Benchmark] = [
  HoldModelBenchmark(pending: 1_000),
  HoldModelBenchmark(pending: 10_000),
  ServerPoolBenchmark(name: "mm10", customers: 200_000),
  ServerPoolBenchmark(name: "mm10-long", customers: 100_000_000),
  EstimateSamplingBenchmark(),
  EstimateExpressionBenchmark(),
]
