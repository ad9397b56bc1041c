import Patterns
import Recordings
import Testing

/// Every recording of a real Prometheus, replayed: the same results to the last digit.
@Suite(.enabled(if: Recording.areThere)) struct PrometheusRecordingTests {
  private static let engineRecordings = Recording.family("prometheus-").filter {
    !$0.name.hasPrefix("prometheus-exposition-check")
  }

  @Test(arguments: engineRecordings) func queries(recording: Recording) throws {
    let answers = try PromReplay(recording).answers()
    #expect(!answers.isEmpty)
    for answer in answers {
      #expect(
        answer.isSame,
        "\(answer.query) at \(answer.at)\nours     \(answer.ours)\nrecorded \(answer.recorded)")
    }
  }

  @Test(arguments: Recording.family("prometheus-exposition-check"))
  func exposition(recording: Recording) throws {
    for item in try #require(recording.observed.items) {
      let report = ExpositionReport(checking: try #require(item["input"]?.string))
      let name = item["case"]?.string ?? ""
      #expect(report.exit == item["exit"]?.integer, "\(name)")
      #expect(report.messages == (item["messages"]?.items ?? []).compactMap(\.string), "\(name)")
    }
  }
}
