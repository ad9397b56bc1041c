import Foundation
import Patterns
import Recordings
import Testing

/// Random queries over random series, as the engine of a real Prometheus answered them.
///
/// `Promtool/record.py` made the recording with promtool 2.42.0 of Debian 12; the file says how.
@Suite struct PromtoolTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Promtool/queries.json")

  /// What Go's library of mathematics rounds otherwise in the last digits.
  private static let rounded = [
    "sin", "cos", "tan", "exp", "ln", "log", "^", "deg", "rad", "holt_winters",
  ]

  @Test func everyAnswerIsTheSame() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let recording = try JSONReader.read(text)
    var count = 0
    for group in try #require(recording["groups"]?.items) {
      let replay = PromReplay(
        configuration: try #require(recording["configuration"]),
        steps: try #require(group["steps"]), observed: try #require(group["observed"]))
      for answer in try replay.answers() {
        count += 1
        guard !answer.isError, !answer.isOurError else {
          #expect(
            answer.isError == answer.isOurError,
            "\(answer.query) at \(answer.at): \(answer.ours), recorded \(answer.recorded)")
          continue
        }
        let isNear = Self.rounded.contains(where: answer.query.contains)
        #expect(
          answer.ours == answer.recorded || isNear && Self.isNear(answer.ours, answer.recorded),
          "\(answer.query) at \(answer.at)\nours     \(answer.ours)\nrecorded \(answer.recorded)")
      }
    }
    #expect(count == 240)
  }

  /// The same labels, and numbers that differ by no more than some units in the last place.
  private static func isNear(_ ours: String, _ recorded: String) -> Bool {
    let (one, other) = (parts(ours), parts(recorded))
    guard one.count == other.count else { return false }
    return zip(one, other).allSatisfy { mine, theirs in
      if mine == theirs { return true }
      guard let left = Double(mine), let right = Double(theirs) else { return false }
      return abs(left - right) <= 1e-13 * max(abs(left), abs(right))
    }
  }

  private static func parts(_ text: String) -> [Substring] {
    text.split { $0 == " " || $0 == "," }
  }
}
