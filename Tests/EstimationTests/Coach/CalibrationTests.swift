import Kernel
import Testing

@testable import Estimation

@Suite("Calibration")
struct CalibrationTests {
  /// A range, the figure, and the score: the width in powers of ten, and 20 times the miss.
  private struct Scored {
    let low: Double
    let high: Double
    let value: Double
    let score: Double

    init(_ low: Double, _ high: Double, _ value: Double, _ score: Double) {
      self.low = low
      self.high = high
      self.value = value
      self.score = score
    }
  }

  @Test("interval scores are those worked out by hand")
  func intervalScores() throws {
    let scored: [Scored] = [
      Scored(10, 1_000, 100, 2), Scored(10, 100, 1_000, 21), Scored(10, 100, 1, 21),
      Scored(10, 100, 10, 1), Scored(10, 100, 100, 1), Scored(1, 1, 1, 0), Scored(1, 1, 10, 20),
      Scored(2e9, 2e12, 1e13, 3 + 20 * 0.698_970_004_336), Scored(0.001, 0.01, 0.1, 21),
    ]
    for one in scored {
      let found = try IntervalScore.onLogScale(low: one.low, high: one.high, value: one.value)
      #expect(abs(found - one.score) < 1e-9)
    }
  }

  @Test("what has no logarithm is refused, and so is a range upside down")
  func intervalRefusals() {
    let refused: [Scored] = [
      Scored(0, 10, 5, 0), Scored(-1, 10, 5, 0), Scored(1, 10, 0, 0), Scored(1, .infinity, 5, 0),
      Scored(.nan, 10, 5, 0), Scored(10, 1, 5, 0),
    ]
    for one in refused {
      #expect(throws: Diagnostic.self, "\(one)") {
        try IntervalScore.onLogScale(low: one.low, high: one.high, value: one.value)
      }
    }
  }

  @Test("no range beats the one that the forecaster believes in")
  func scoreIsProper() throws {
    // A lognormal belief with a deviation of half a power of ten, on a grid of its quantiles.
    let values = (1..<400).map {
      PortableMath.power(10, 0.5 * PortableMath.normalQuantile(Double($0) / 400))
    }
    func mean(_ low: Double, _ high: Double) throws -> Double {
      try values.reduce(0) {
        $0 + (try IntervalScore.onLogScale(low: low, high: high, value: $1))
      } / Double(values.count)
    }
    let edge = PortableMath.power(10, 0.5 * InputShape.ninetyPercent)
    let honest = try mean(1 / edge, edge)
    for factor in [0.3, 0.5, 0.8, 1.25, 2, 4] {
      #expect(try mean(1 / edge * factor, edge) > honest)
      #expect(try mean(1 / edge, edge * factor) > honest)
    }
  }

  @Test("16 or fewer of 20 hold by chance in 13 of 100 rounds")
  func binomial() {
    // 1 - (0.190120 + 0.285180 + 0.270170 + 0.121577)
    #expect(abs(Binomial.atMost(16, of: 20, probability: 0.9) - 0.132_953) < 1e-6)
    #expect(abs(Binomial.atLeast(20, of: 20, probability: 0.9) - 0.121_577) < 1e-6)
    #expect(Binomial.atMost(20, of: 20, probability: 0.9) == 1)
    #expect(Binomial.atMost(-1, of: 20, probability: 0.9) == 0)
    for count in 0..<20 {
      let sum =
        Binomial.atMost(count, of: 20, probability: 0.3)
        + Binomial.atLeast(count + 1, of: 20, probability: 0.3)
      #expect(abs(sum - 1) < 1e-12)
    }
    #expect(CalibrationResult.unluckyCount(of: 20) == 16)
  }

  /// Ranges about figures that miss by a lognormal error of `deviation`, where 1 is what the range
  /// claims.
  private func outcomes(_ seed: UInt64, deviation: Double) -> [CalibrationResult.Outcome] {
    var stream = RandomStream(seed: seed, name: "outcomes")
    return (0..<20).map { _ in
      let half = 0.2 + stream.unit()
      let error =
        deviation * half / InputShape.ninetyPercent
        * PortableMath.normalQuantile((stream.unit() * 999 + 0.5) / 1_000)
      let middle = PortableMath.exp(stream.unit() * 20)
      return .init(
        low: middle * PortableMath.exp(-half), high: middle * PortableMath.exp(half),
        value: middle * PortableMath.exp(error))
    }
  }

  @Test("the curve is that of ranges which are really widened", arguments: 0..<20)
  func curveAgainstBruteForce(seed: UInt64) throws {
    let outcomes = outcomes(seed, deviation: 2)
    let result = try CalibrationResult(outcomes)
    func held(_ widening: Double) -> Int {
      outcomes.count { outcome in
        let middle = (outcome.low * outcome.high).squareRoot()
        let half = PortableMath.power(outcome.high / middle, widening)
        return middle / half <= outcome.value && outcome.value <= middle * half
      }
    }
    #expect(result.curve.map(\.widening) == [0.5, 1, 1.5, 2, 3, 4])
    for point in result.curve { #expect(point.share == Double(held(point.widening)) / 20) }
    #expect(result.heldCount == held(1))
    #expect(held(result.sufficientWidening * 1.000_001) >= 18)
    #expect(held(result.sufficientWidening * 0.999_999) < 18)
    let scores = try outcomes.map {
      try IntervalScore.onLogScale(low: $0.low, high: $0.high, value: $0.value)
    }
    #expect(abs(result.meanIntervalScore - scores.reduce(0, +) / 20) < 1e-9)
  }

  @Test("a verdict is seldom wrong about the calibrated and mostly right about the others")
  func verdicts() throws {
    func counts(_ deviation: Double) throws -> [CalibrationResult.Verdict: Int] {
      var counts: [CalibrationResult.Verdict: Int] = [:]
      for seed: UInt64 in 0..<300 {
        counts[try CalibrationResult(outcomes(seed, deviation: deviation)).verdict, default: 0] += 1
      }
      return counts
    }
    #expect(try counts(1)[.calibrated, default: 0] > 260)
    #expect(try counts(2.5)[.overconfident, default: 0] > 270)
    #expect(try counts(0.3)[.underconfident, default: 0] > 270)
  }

  @Test("the words say what happened and how little twenty answers say")
  func words() throws {
    func result(_ held: Int) throws -> CalibrationResult {
      try CalibrationResult(
        (0..<20).map { .init(low: 10, high: 40, value: $0 < held ? 35 : 80) })
    }
    let narrow = try result(12)
    #expect(narrow.verdict == .overconfident && narrow.heldCount == 12)
    let text = narrow.sentences.joined(separator: " ")
    #expect(text.contains("12 of your 20 ranges held the figure"))
    #expect(text.contains("18 hold on average"))
    #expect(text.contains("overconfident"))
    #expect(text.contains("needed to be 2 times as wide"))
    #expect(text.contains("instead of 10 to 40, say 5 to 80"))
    #expect(text.contains("sees 16 or fewer held in 13% of such rounds"))
    let unlucky = try result(16)
    #expect(unlucky.verdict == .calibrated)
    #expect(unlucky.sentences.joined(separator: " ").contains("it can be bad luck"))
    #expect(try result(19).sentences.joined(separator: " ").contains("That fits"))
    let wide = try CalibrationResult((0..<20).map { _ in .init(low: 1, high: 400, value: 21) })
    #expect(wide.verdict == .underconfident)
    // Sixteen dead in the middle and four missed: chance, and no reason to narrow anything.
    let mixed = try CalibrationResult(
      (0..<20).map { .init(low: 10, high: 40, value: $0 < 16 ? 20 : 80) })
    #expect(mixed.verdict == .calibrated)
    #expect(text.contains("fewer than 1 in 1,000 see so few"))
  }

  // MARK: Rounds

  private static let kinds = EstimateConstant.Kind.allCases

  /// 40 constants of all kinds, of which every fifth carries no question.
  private static let content = EstimateReference.Content(
    constants: (0..<50).map { number in
      EstimateConstant(
        id: "c\(number)", kind: kinds[number % kinds.count], value: "\(number + 1) GB/s",
        label: "", summary: "", source: "", address: "", date: "",
        question: number % 5 == 4 ? nil : "How much is \(number)?")
    }, tariffs: [])

  private var reference: EstimateReference { EstimateReference(Self.content) }

  @Test("a round asks twenty different questions of all kinds, the same for the same seed")
  func rounds() throws {
    for seed: UInt64 in 0..<20 {
      let round = try CalibrationRound(seed: seed, reference: reference)
      #expect(round.questions.count == 20)
      let ids = round.questions.map(\.constant.id)
      #expect(Set(ids).count == 20)
      #expect(round.questions.allSatisfy { $0.constant.question == $0.text })
      let counts = Self.kinds.map { kind in
        round.questions.count { $0.constant.kind == kind }
      }
      #expect((counts.min() ?? 0) >= 2 && (counts.max() ?? 9) <= 3, "\(counts)")
      let again = try CalibrationRound(seed: seed, reference: reference)
      #expect(again.questions == round.questions)
      let other = try CalibrationRound(seed: seed + 1, reference: reference)
      #expect(other.questions.map(\.constant.id) != ids)
    }
  }

  @Test("answers are ranges, and a single number is asked for again")
  func answers() throws {
    let round = try CalibrationRound(seed: 1, reference: reference)
    let answers = try round.questions.map { try $0.answer("1 to 100 GB/s") }
    #expect(try round.result(answers).heldCount == 20)
    let complaint = #expect(throws: Diagnostic.self) { try round.questions[0].answer("5 GB/s") }
    let text = complaint?.description ?? ""
    #expect(text.contains("LOW to HIGH, such as 3 to 8 GB/s"), "\(text)")
  }

  @Test("a constant that cannot be asked about is refused by name")
  func refusals() throws {
    func reference(_ value: String, question: String?) -> EstimateReference {
      EstimateReference(
        .init(
          constants: [
            EstimateConstant(
              id: "odd", kind: .ratio, value: value, label: "", summary: "", source: "",
              address: "", date: "", question: question)
          ], tariffs: []))
    }
    for (value, question, says) in [
      ("0", "?", "the constant 'odd'"), ("5 GBs", "?", "the constant 'odd'"),
      ("5", nil, "nothing to ask"),
    ] {
      let complaint = #expect(throws: Diagnostic.self) {
        try CalibrationRound(seed: 1, reference: reference(value, question: question))
      }
      let text = complaint?.description ?? ""
      #expect(text.contains(says), "\(text)")
    }
  }
}
