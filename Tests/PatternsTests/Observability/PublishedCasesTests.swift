import Kernel
import Patterns
import Testing

/// Cases that Prometheus publishes (promql/promqltest/testdata, docs) and some of W3C.
///
/// The windows of Prometheus 2.42 include both ends; cases written for later versions, whose
/// windows leave out the beginning, are chosen so that the result is the same or moved to fit.
@Suite struct PublishedCasesTests {
  private func ask(
    _ query: String, at minutes: Int64, _ series: [(String, String)], interval: Int64 = 5
  ) throws -> [PromSample] {
    var store = SeriesStore()
    for (name, values) in series {
      try store.load(name, values, interval: interval * 60_000)
    }
    let expression = try PromParser.expression(query)
    return try PromEngine(store).samples(expression, at: minutes * 60_000)
  }

  private func one(
    _ query: String, at minutes: Int64, _ series: [(String, String)], interval: Int64 = 5
  ) throws -> Double {
    try #require(try ask(query, at: minutes, series, interval: interval).first).value
  }

  @Test(arguments: [
    ("increase(m[50m])", "0+10x10", 100.0), ("increase(m[100m])", "0+10x10", 100),
    ("increase(m[50m])", "0+18x5 0+18x4", 162), ("increase(m[50m])", "10+10x10", 100),
    ("increase(m[100m])", "10+10x10", 110), ("rate(m[50m])", "0+27x4 0+27x5", 0.081),
    ("increase(m[100m])", "1+10x10", 101),
    ("resets(m[50m])", "_ 1 2 3 0 1 0 0 1 2 0", 3), ("changes(m[50m])", "_ 1 2 3 0 1 0 0 1 2 0", 8),
  ])
  func counters(query: String, values: String, expected: Double) throws {
    let value = try one(query, at: 50, [("m", values)])
    #expect(abs(value - expected) < 1e-9, "\(query) of \(values): \(value)")
  }

  @Test func increaseOverAReset() throws {
    let value = try one("increase(m[30m])", at: 30, [("m", "0 1 2 3 2 3 4")])
    #expect(value == 7)
  }

  @Test(arguments: [
    (0.0, 0.0), (0.2, 0.048), (0.5, 0.15), (0.8, 0.72), (1, 1), (1.01, .infinity),
    (-0.1, -.infinity), (.nan, .nan),
  ])
  func positiveBuckets(q: Double, expected: Double) {
    let buckets = [(0.1, 50.0), (0.2, 70), (1, 110), (.infinity, 120)].map {
      HistogramQuantile.Bucket(upTo: $0.0, count: $0.1)
    }
    let value = HistogramQuantile.value(q, buckets)
    #expect(value == expected || abs(value - expected) < 1e-12 || value.isNaN && expected.isNaN)
  }

  @Test(arguments: [(0.0, -0.2), (0.2, -0.2), (0.5, -0.15), (0.8, 0.3), (1, 0.3)])
  func negativeBuckets(q: Double, expected: Double) {
    let buckets = [(-0.2, 10.0), (-0.1, 20), (0.3, 20), (.infinity, 30)].map {
      HistogramQuantile.Bucket(upTo: $0.0, count: $0.1)
    }
    #expect(abs(HistogramQuantile.value(q, buckets) - expected) < 1e-12)
  }

  @Test(arguments: [
    ("a + b", "{} 3E+00"), ("2 ^ 3 ^ 2", "{} 5.12E+02"), ("-2 ^ 2", "{} -4E+00"),
    ("1 - 2 - 3", "{} -4E+00"), ("10 % 4 * 3", "{} 6E+00"),
    ("a > 5 or b", "{__name__=\"b\"} 2E+00"),
    ("a == bool 1", "{} 1E+00"), ("3 > bool 2", "{} 1E+00"), ("5 > a", "{__name__=\"a\"} 1E+00"),
    (
      "label_replace(a, \"x\", \"$1-y\", \"__name__\", \"(.*)\")",
      "{__name__=\"a\", x=\"a-y\"} 1E+00"
    ),
    ("count_values(\"v\", {__name__=~\"a|b\"})", "{v=\"1\"} 1E+00, {v=\"2\"} 1E+00"),
    ("quantile(0.25, {__name__=~\"a|b\"})", "{} 1.25E+00"),
    ("clamp(b, 3, 4)", "{} 3E+00"), ("clamp(b, 4, 3)", ""), ("round(b / 3, 0.5)", "{} 5E-01"),
    ("max_over_time((a * 2)[4m:1m])", "{} 2E+00"), ("scalar(a) + 1", "{} 2E+00"),
    ("a offset -1m", "{__name__=\"a\"} 1E+00"), ("sum without () (a)", "{} 1E+00"),
    ("a @ 0", "{__name__=\"a\"} 1E+00"), ("vector(1) unless a", ""),
    ("absent({job=\"x\",job=\"y\",i=\"1\"})", "{i=\"1\"} 1E+00"),
  ])
  func language(query: String, expected: String) throws {
    let samples = try ask(query, at: 1, [("a", "1 1"), ("b", "2 2")], interval: 1)
    #expect(samples.map(\.testText).joined(separator: ", ") == expected)
  }

  @Test(arguments: [
    ("rate(m)", "expected type range vector in call to function \"rate\", got instant vector"),
    ("m[5m]) ", "unexpected )"), ("foo(m)", "unknown function with name \"foo\""),
    ("1 > 2", "comparisons between scalars must use BOOL modifier"),
    ("{}", "at least one non-empty"),
    ("m and 1", "set operator \"and\" not allowed in binary scalar expression"),
    ("sum(m", "unexpected end of input"), ("m{a=~\"(\"}", "error parsing regexp"),
    ("m + bool m", "bool modifier can only be used on comparison operators"),
    ("rate(m[5m])[5m]", "ranges only allowed for vector selectors"), ("\"a", "unterminated"),
    ("topk(m)", "wrong number of arguments for aggregate expression"), ("5x", "bad number"),
  ])
  func complaints(query: String, part: String) throws {
    do {
      _ = try PromParser.expression(query)
      Issue.record("\(query) was read")
    } catch {
      #expect(error.message.contains(part), "\(error.message)")
    }
  }

  @Test func keepFiringFor() throws {
    var store = SeriesStore()
    try store.load("m", "0 1 1 0 0 0 1 0", interval: 60_000)
    var group = RuleGroup([
      try .alert("A", "m > 0", for: 60_000, keepFiringFor: 120_000)
    ])
    var states: [String] = []
    for minute in Int64(0)...6 {
      _ = group.evaluate(&store, at: minute * 60_000)
      states.append(group.active.first?.state.rawValue ?? "-")
    }
    #expect(states == ["-", "pending", "firing", "firing", "firing", "-", "pending"])
  }

  @Test func burnRatesOfTheWorkbook() {
    let windows = [(0.02, 1.0), (0.05, 6), (0.1, 24), (0.1, 72)]
    let factors = windows.map { $0.0 * 720 / $0.1 }
    #expect(zip(factors, [14.4, 6, 3, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
