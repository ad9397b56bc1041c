import Foundation
import Patterns
import Recordings
import Testing

/// Random queries and rules over random series, as the engine of a real Prometheus answered them.
///
/// The scripts in `Promtool` made the recordings with promtool 2.42.0 of Debian 12; they say how.
@Suite struct PromtoolTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Promtool")

  private static func read(_ file: String) throws -> JSONText {
    try JSONReader.read(
      String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
  }

  @Test(arguments: [("queries.json", 240), ("anchored.json", 100), ("rules.json", 305)])
  func everyAnswerIsTheSame(file: String, expected: Int) throws {
    let recording = try Self.read(file)
    var count = 0
    for group in try #require(recording["groups"]?.items) {
      let replay = PromReplay(
        configuration: try #require(group["configuration"] ?? recording["configuration"]),
        steps: try #require(group["steps"]), observed: try #require(group["observed"]))
      for answer in try replay.answers() {
        count += 1
        #expect(
          answer.isSame,
          "\(answer.query) at \(answer.at)\nours     \(answer.ours)\nrecorded \(answer.recorded)")
      }
    }
    #expect(count == expected)
  }

  @Test func everyExpositionIsJudgedTheSame() throws {
    let cases = try #require(try Self.read("expositions.json")["observed"]?.items)
    #expect(cases.count == 150)
    for item in cases {
      let input = try #require(item["input"]?.string)
      let report = ExpositionReport(checking: input)
      #expect(report.exit == item["exit"]?.integer, "\(input)")
      #expect(report.messages == item["messages"]?.items?.compactMap(\.string), "\(input)")
    }
  }
}
