import Kernel
import Patterns
import Testing

@Suite struct SearchIndexTests {
  private func line(_ text: String, at time: Int64 = 0) -> LogLine {
    LogLine(at: time, labels: MetricLabels([("service", "pay")]), text: text)
  }

  @Test func aLineIsFoundAfterTheNextRefresh() {
    var index = SearchIndex()
    index.append(line("card refused", at: 1_400), at: 1_400)
    index.advance(to: 1_999)
    #expect(index.search(MetricLabels(), ["refused"]).lines.isEmpty && index.waiting == 1)
    index.advance(to: 2_000)
    #expect(index.search(MetricLabels(), ["refused"]).lines.count == 1 && index.refreshes == 1)
    #expect(index.diskBytes == 2 * (index.textBytes + index.indexBytes))
  }

  /// The analyzers split as Elasticsearch's documentation shows it.
  @Test(arguments: [
    (LogAnalyzer.standard, "The 2 QUICK Brown-Foxes", ["the", "2", "quick", "brown", "foxes"]),
    (.whitespace, "The 2 QUICK Brown-Foxes", ["The", "2", "QUICK", "Brown-Foxes"]),
    (.keyword, "New York", ["New York"]), (.words, "User-7 a_b", ["user-7", "a_b"]),
  ])
  func analyzers(analyzer: LogAnalyzer, text: String, words: [String]) {
    #expect(analyzer.terms(text) == words)
  }

  /// Only what was acknowledged since the last sync is ever lost, and only with `async`.
  @Test(arguments: UInt64(1)...30) func whatIsAcknowledgedIsKept(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "index")
    var options = SearchIndex.Options()
    options.durability = random.chance(0.5) ? .async : .request
    options.refreshInterval = random.chance(0.2) ? nil : Int64(500 + random.below(5_000))
    options.maxAge = Int64(5_000 + random.below(20_000))
    var index = SearchIndex(options)
    var time: Int64 = 0
    var sinceSync = 0
    for number in 0..<400 {
      let before = time
      time += Int64(random.below(900))
      if time / options.syncInterval > before / options.syncInterval { sinceSync = 0 }
      if random.chance(0.02) {
        index.advance(to: time)
        let gone = index.losePower()
        #expect(options.durability == .request ? gone == 0 : gone == sinceSync)
        sinceSync = 0
      } else {
        index.append(line("line \(number)", at: time), at: time)
        sinceSync += 1
      }
      #expect(index.fault == nil)
    }
    index.refresh()
    #expect(index.search(MetricLabels(), []).lines.count == index.acknowledged - index.lost)
    #expect(index.indexCount > 1)
  }

  @Test func withoutReplicasANodeTakesEverythingWithIt() {
    var options = SearchIndex.Options()
    options.replicas = 0
    var index = SearchIndex(options)
    index.append(line("a"), at: 0)
    #expect(index.loseNode() == 1 && index.searchable + index.waiting == 0)
    var safe = SearchIndex()
    safe.append(line("a"), at: 0)
    #expect(safe.loseNode() == 0 && safe.fault == nil)
  }

  @Test func theBugIsSeen() {
    var index = SearchIndex(SearchIndex.Options(), acknowledgesEarly: true)
    index.append(line("a", at: 10), at: 10)
    #expect(index.losePower() == 1 && index.fault != nil)
  }
}
