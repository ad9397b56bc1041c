/// Something whose speed is watched.
///
/// A benchmark checks that what it did was right before it tells how fast it was: a wrong answer
/// can always be had quicker.
protocol Benchmark: Sendable {
  /// The name that `--only` takes.
  var name: String { get }

  /// Runs, checks, and returns the figures, the most important one first.
  func figures() throws(BenchmarkFailure) -> [Figure]
}

/// One figure that a benchmark yields.
struct Figure {
  let name: String
  let value: Double
  let unit: String
}

/// A benchmark that did its work wrongly, so that its speed means nothing.
struct BenchmarkFailure: Error {
  let message: String

  /// Throws unless `isRight`.
  static func require(
    _ isRight: Bool, _ message: @autoclosure () -> String
  ) throws(BenchmarkFailure) {
    guard isRight else { throw BenchmarkFailure(message: message()) }
  }
}
