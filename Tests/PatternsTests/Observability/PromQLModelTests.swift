import Kernel
import Patterns
import Testing

/// The engine against a naive account, and against nonsense.
@Suite struct PromQLModelTests {
  /// A counter that restarts now and then, sampled at uneven times.
  private func samples(_ random: inout RandomStream) -> [(at: Int64, value: Double)] {
    var samples: [(at: Int64, value: Double)] = []
    var time: Int64 = 0
    var value = 0.0
    for _ in 0..<40 {
      time += Int64(5_000 + random.below(20_000))
      value = random.chance(0.1) ? Double(random.below(5)) : value + Double(random.below(30))
      samples.append((time, value))
    }
    return samples
  }

  /// Where a window begins and ends at samples nothing is stretched: `increase` is the sum of what
  /// was added, with each fall counted from 0.
  @Test(arguments: UInt64(1)...30) func increaseIsWhatWasAdded(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "counter")
    let all = samples(&random)
    var store = SeriesStore()
    for sample in all { store.append(MetricLabels("m"), sample.value, at: sample.at) }
    for _ in 0..<20 {
      let first = random.below(30)
      let last = first + 1 + random.below(all.count - first - 1)
      let part = all[first...last]
      let added = zip(part, part.dropFirst()).reduce(0.0) { sum, pair in
        sum + (pair.1.value < pair.0.value ? pair.1.value : pair.1.value - pair.0.value)
      }
      let range = PromDuration.text(all[last].at - all[first].at)
      let query = try PromParser.expression("increase(m[\(range)])")
      let value = try #require(try PromEngine(store).samples(query, at: all[last].at).first).value
      #expect(abs(value - added) < 1e-6, "\(range) at \(all[last].at)")
      let resets = try PromParser.expression("resets(m[\(range)])")
      let falls = zip(part, part.dropFirst()).count { $1.value < $0.value }
      #expect(try PromEngine(store).samples(resets, at: all[last].at)[0].value == Double(falls))
    }
  }

  /// Sums by a label agree with sums taken by hand, and add up to the sum of all.
  @Test(arguments: UInt64(1)...20) func sumsByLabel(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "sums")
    var store = SeriesStore()
    var byCode: [String: Double] = [:]
    for number in 0..<30 {
      let code = ["200", "404", "500"][random.below(3)]
      let value = Double(random.below(1_000))
      store.append(MetricLabels("m", ["code": code, "i": "\(number)"]), value, at: 0)
      byCode[code, default: 0] += value
    }
    let engine = PromEngine(store)
    let sums = try engine.samples(try PromParser.expression("sum by (code) (m)"), at: 0)
    #expect(sums.count == byCode.count)
    for sum in sums { #expect(byCode[sum.labels["code"]] == sum.value) }
    let all = try engine.samples(
      try PromParser.expression("sum(m) - sum(sum without (i) (m))"), at: 0)
    #expect(all[0].value == 0)
  }

  /// Whatever is typed is read or refused, and what is read can be evaluated or is refused.
  @Test(arguments: UInt64(1)...60) func nonsenseIsRefused(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "nonsense")
    let words = [
      "sum", "rate", "(", ")", "m", "[5m]", "{", "}", "a", "=", "\"x\"", "by", "on", "+", "-", "^",
      ",", "and", "bool", "offset", "1h", "9e99", "0x1f", "[9y:1ms]", "@", "start()", "~", "'",
      "\\",
      "topk", "2", "group_left", "histogram_quantile", "[292y]", "292y", ">=", "NaN", ":", "é",
    ]
    var store = SeriesStore()
    try store.load("m{a=\"x\"}", "1 2 3", interval: 60_000)
    for _ in 0..<200 {
      let text = (0..<(1 + random.below(9))).map { _ in words[random.below(words.count)] }
        .joined(separator: random.chance(0.5) ? " " : "")
      guard let expression = try? PromParser.expression(text) else { continue }
      _ = try? PromEngine(store).evaluate(expression, at: 120_000)
    }
    let deep = String(repeating: "(", count: 5_000) + "m" + String(repeating: ")", count: 5_000)
    #expect(throws: Diagnostic.self) { try PromParser.expression(deep) }
  }

  /// What a registry exposes reads back as what a scrape takes.
  @Test func theTextReadsBack() throws {
    var registry = MetricRegistry()
    registry.declare("a_total", .counter, help: "Things.")
    registry.add(3, to: "a_total", MetricLabels([("path", "C:\\x \"y\"\n")]))
    registry.declare("b_seconds", .histogram, help: "Times.", bounds: [0.1, 1])
    for value in [0.05, 0.5, 5, 0.1] { registry.observe(value, in: "b_seconds") }
    let families = try ExpositionParser.families(registry.text)
    let read = families.flatMap(\.samples)
    #expect(read.count == registry.samples.count)
    for (sample, own) in zip(read, registry.samples) {
      #expect(sample.labels == own.labels && sample.value == own.value)
    }
    #expect(ExpositionReport(checking: registry.text).exit == 0)
    #expect(registry.histogramFault == nil)
  }
}
