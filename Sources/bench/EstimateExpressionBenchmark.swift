import Estimation
import Kernel

/// Expressions read, checked, evaluated, converted and written out again.
///
/// Each expression is another one, so that nothing can be remembered; the text of every result
/// must be what plain arithmetic gives.
struct EstimateExpressionBenchmark: Benchmark {
  let name = "estimate-expressions"

  private static let expressions = 200_000
  private static let rounds = 5

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let texts = (1...Self.expressions).map { "\($0).5 GiB/hour -> MB/s" }
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      var wrong = 0
      for (place, text) in texts.enumerated() {
        guard let figure = Self.result(of: text) else {
          throw BenchmarkFailure(message: "'\(text)' was refused")
        }
        let exact = (Double(place + 1) + 0.5) * 1_073_741_824 / 3_600 / 1e6
        if abs(figure.middleInUnit / exact - 1) > 1e-12 || figure.text.isEmpty { wrong += 1 }
      }
      try BenchmarkFailure.require(wrong == 0, "\(wrong) results are wrong")
    }
    return [
      Figure(name: name, value: Double(Self.expressions) / seconds, unit: "expressions/s")
    ]
  }

  private static func result(of text: String) -> EstimateFigure? {
    var model = EstimateModel()
    guard (try? model.add(SourceText(text))) != nil else { return nil }
    return try? Estimator(model).outcome(at: 0).figure
  }
}
