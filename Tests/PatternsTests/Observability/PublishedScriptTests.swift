import Foundation
import Testing

/// Prometheus' own tests, all of those of version 2.42 that need no native histograms.
///
/// The files in `Published` are Prometheus' (Apache License 2.0; each says so) and unchanged.
/// `native_histograms.test` is left out: native histograms are not built here.
@Suite struct PublishedScriptTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Published")

  @Test(arguments: [
    ("aggregators", 83), ("at_modifier", 33), ("collision", 2), ("functions", 207),
    ("histograms", 38), ("literals", 20), ("operators", 94), ("selectors", 31), ("staleness", 14),
    ("subquery", 25), ("trig_functions", 19),
  ])
  func everyCaseHolds(name: String, count: Int) throws {
    let file = Self.folder.appendingPathComponent("\(name).test")
    let script = try PromTestScript(try String(contentsOf: file, encoding: .utf8))
    #expect(script.questions.count == count)
    #expect(try script.differences() == [])
  }

  /// A wrong value, a missing sample, a wrong order and an error that does not come are seen.
  @Test(arguments: [
    "eval instant at 1m m\n m{a=\"1\"} 3\n m{a=\"2\"} 1", "eval instant at 1m m\n m{a=\"1\"} 2",
    "eval_ordered instant at 1m sort(m)\n m{a=\"1\"} 2\n m{a=\"2\"} 1",
    "eval_fail instant at 1m m", "eval instant at 1m 1 + 1\n 3",
  ])
  func aDifferenceIsSeen(text: String) throws {
    let script = try PromTestScript("load 1m\n m{a=\"1\"} 1 2\n m{a=\"2\"} 1 1\n\n\(text)\n")
    #expect(try script.differences().count == 1)
  }
}
