import Kernel
import Patterns
import Testing

@Suite struct LogStoreTests {
  /// Both stores find what a search through all lines finds, whatever is asked.
  @Test(arguments: UInt64(1)...20) func bothFindWhatIsThere(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "logs")
    let words = ["timeout", "card", "user-7", "retry", "OK", "refused", "db", "slow"]
    var lines: [LogLine] = []
    var byWord = WordIndexedLog()
    var byLabel = LabelIndexedLog()
    for number in 0..<300 {
      let labels = MetricLabels([
        ("service", ["api", "pay"][random.below(2)]),
        ("level", ["info", "error"][random.below(2)]),
      ])
      let text = (0..<(1 + random.below(5))).map { _ in words[random.below(words.count)] }
      let line = LogLine(
        at: Int64(number), labels: labels, text: text.joined(separator: ", "))
      lines.append(line)
      byWord.append(line)
      #expect(byLabel.append(line) == nil)
    }
    for _ in 0..<40 {
      let asked = (0..<random.below(3)).map { _ in words[random.below(words.count)] }
      let labels = random.chance(0.5) ? [("service", "pay")] : []
      let query = LogQuery(labels: MetricLabels(labels), words: asked)
      let expected = lines.filter(query.fits)
      #expect(byWord.search(query).lines == expected)
      #expect(byLabel.search(query).lines == expected)
    }
    #expect(byLabel.streamCount == 4)
    #expect(byWord.indexBytes > byWord.entryCount * 8)
  }

  @Test func streamsAreBounded() {
    var log = LabelIndexedLog()
    for user in 0..<6_000 {
      _ = log.append(
        LogLine(at: 0, labels: MetricLabels([("user", "\(user)")]), text: "hello"))
    }
    #expect(log.streamCount == 5_000)
    #expect(log.refusedCount == 1_000)
    let long = String(repeating: "x", count: 262_145)
    #expect(
      log.append(LogLine(at: 0, labels: MetricLabels([("user", "1")]), text: long)) == .tooLong)
  }

  /// A question to the one reads text, to the other entries.
  @Test func costsAreElsewhere() {
    var byWord = WordIndexedLog()
    var byLabel = LabelIndexedLog()
    for number in 0..<1_000 {
      let line = LogLine(
        at: 0, labels: MetricLabels([("service", "api")]), text: "request \(number) took 12 ms")
      byWord.append(line)
      _ = byLabel.append(line)
    }
    let query = LogQuery(words: ["777"])
    #expect(byWord.search(query).bytesRead == 0)
    #expect(byWord.search(query).entriesRead == 1)
    #expect(byLabel.search(query).bytesRead == byLabel.textBytes)
    #expect(byWord.indexBytes > 10 * byLabel.indexBytes)
  }
}
