/// Slow answers of many parts at once.
enum LatencyFunctions {
  static let all = [fanoutSlow, fanoutPart]

  private static let tail = """
    Dean and Barroso, "The Tail at Scale", Communications of the ACM 56(2), February 2013, \
    https://doi.org/10.1145/2408776.2408794
    """

  private static let fanoutSlow = EstimateFunction(
    name: "fanout_slow", group: .latency, signature: "(slow: 1, parts: A) -> share",
    summary: "The share of requests that meet at least one slow part.",
    formula: "share = 1 - (1 - slow)^parts",
    assumptions: """
      The request waits for all parts, and they are slow independently of each other. Where one \
      cause slows many parts at once, fewer requests are slow than this says.
      """,
    example: .init(call: "fanout_slow(1%, 100 servers)", result: "63.4%"), source: tail,
    compute: { (arguments) throws(FormulaRefusal) in
      FanOut.slowShare(slow: try arguments.share(0), parts: try arguments.atLeast0(1))
    })

  private static let fanoutPart = EstimateFunction(
    name: "fanout_part", group: .latency, signature: "(in_time: 1, parts: A) -> share",
    summary: "The percentile that each part must meet so that the whole is in time.",
    formula: "part = in_time^(1 / parts)",
    assumptions: """
      The request waits for all parts, and they are slow independently of each other. For 100 \
      parts the whole's p99 is each part's p99.99: percentiles do not add.
      """,
    example: .init(call: "1 - fanout_part(99%, 100 servers)", result: "0.01005%"), source: tail,
    compute: { (arguments) throws(FormulaRefusal) in
      FanOut.partShare(inTime: try arguments.share(0), parts: try arguments.above0(1))
    })
}
