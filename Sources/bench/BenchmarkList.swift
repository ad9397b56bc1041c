/// Every benchmark, in the order in which they run: a new one is a file and a line here.
let everyBenchmark: [any Benchmark] = [
  HoldModelBenchmark(pending: 1_000),
  HoldModelBenchmark(pending: 10_000),
  ServerPoolBenchmark(name: "mm10", customers: 200_000),
  ServerPoolBenchmark(name: "mm10-long", customers: 100_000_000),
  EstimateSamplingBenchmark(),
  EstimateExpressionBenchmark(),
  RecordedHistoryBenchmark(),
  LinearizabilityBenchmark(clients: 5, operations: 1_000),
  LinearizabilityBenchmark(clients: 5, operations: 100_000),
  LinearizabilityBenchmark(clients: 20, operations: 1_000),
  LinearizabilityBenchmark(clients: 20, operations: 10_000),
  LinearizabilityBenchmark(clients: 10, operations: 3_000, lostShare: 0.01),
  SerializabilityBenchmark(transactions: 100_000),
]
