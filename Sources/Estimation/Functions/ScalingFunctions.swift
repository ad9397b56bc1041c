/// How throughput grows with the number of machines.
enum ScalingFunctions {
  static let all = [usl, uslPeak, amdahl]

  private static let gunther = """
    Gunther, "Guerrilla Capacity Planning", Springer 2007, chapters 4 to 6; the formula at \
    https://highscalability.com/guerrilla-capacity-planning-and-the-law-of-universal-scalabi/
    """

  private static let usl = EstimateFunction(
    name: "usl", group: .scaling,
    signature: "(machines: A, contention: 1, coherence: 1) -> 1",
    summary: "How many times the throughput of one machine a number of machines has.",
    formula: "C(N) = N / (1 + contention * (N - 1) + coherence * N * (N - 1))",
    assumptions: """
      The universal scalability law: contention is the share of work done one after the other, \
      coherence the cost for every pair that has to agree. Fit both to 4 to 6 measured points; \
      they say nothing of a load that the measurements did not have.
      """,
    example: .init(call: "usl(64 nodes, 5%, 0.001)", result: "7.82"), source: gunther,
    compute: { (arguments) throws(FormulaRefusal) in
      ScalabilityLaw.capacity(
        machines: try arguments.atLeast1(0), contention: try arguments.share(1),
        coherence: try arguments.atLeast0(2))
    })

  private static let uslPeak = EstimateFunction(
    name: "usl_peak", group: .scaling, signature: "(contention: 1, coherence: 1) -> 1",
    summary: "The number of machines with the most throughput; more of them make it fall.",
    formula: "N* = sqrt((1 - contention) / coherence), at least 1",
    assumptions: """
      Of the universal scalability law, see usl. Without coherence cost there is no peak, and the \
      throughput nears 1 / contention.
      """,
    example: .init(call: "usl_peak(5%, 0.001)", result: "30.82"), source: gunther,
    compute: { (arguments) throws(FormulaRefusal) in
      let contention = try arguments.share(0)
      let coherence = arguments[1]
      if coherence > 0, coherence < .infinity {
        return ScalabilityLaw.peak(contention: contention, coherence: coherence)
      }
      throw FormulaRefusal(
        argument: 1, reason: "is not above 0, so that the throughput has no peak",
        expected: "a number above 0, such as 0.001")
    })

  private static let amdahl = EstimateFunction(
    name: "amdahl", group: .scaling, signature: "(machines: A, serial: 1) -> 1",
    summary: "How many times faster a job of fixed size gets on a number of machines.",
    formula: "speedup = N / (1 + serial * (N - 1)), never above 1 / serial",
    assumptions: """
      Serial is the share of the job on one machine that cannot be divided. The rest is divided \
      perfectly and coordination is free; usl adds its cost.
      """,
    example: .init(call: "amdahl(16 cores, 10%)", result: "6.4"),
    source: """
      Amdahl 1967, in the form of https://semicolony.dev/foundations/universal-scalability-law \
      without coherence; the limit 1/F at http://arc.leeds.ac.uk/glossary/amdahls-law/
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      ScalabilityLaw.capacity(
        machines: try arguments.atLeast1(0), contention: try arguments.share(1), coherence: 0)
    })
}
