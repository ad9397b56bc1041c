import Foundation
import Kernel
import Presentation
import Testing
import Workbench

/// The views into a run, on drills of three topics, as somebody at a terminal of 80 columns sees
/// them.
@Suite struct InspectionTests {
  private static let views = ["dashboard", "metrics", "logs", "traces", "traces 1", "alerts"]

  @Test(arguments: [
    "observability/nothing-up", "retry/three-layers", "sharding/grow-under-load",
  ])
  func nothingIsWiderThanTheScreen(drill: String) throws {
    let session = try Transcript.session()
    _ = try? session.handle("drill run \(drill)")
    for view in Self.views {
      guard let reply = try? session.handle(view) else { continue }
      let text = AnsiRenderer(width: 80, isColoured: false).render(reply.document)
      #expect(!text.isEmpty)
      for line in text.split(separator: "\n") where line.count > 80 {
        Issue.record("\(view) of \(drill): \(line)")
      }
      #expect(!PlainRenderer().render(reply.document).contains("█"), "\(view) of \(drill)")
    }
  }

  /// What a trace draws is read aloud name by name: no blank before a colon, no run of blanks.
  @Test func aTraceReadsAloud() throws {
    let session = try Transcript.session()
    _ = try session.handle("drill run circuit-breaker/never-trips")
    let text = PlainRenderer().render(try session.handle("traces 1").document)
    let bars = text.split(separator: "\n").filter { $0.contains(": from ") }
    #expect(bars.count == 4)
    for bar in bars {
      #expect(!bar.contains(" :") && !bar.drop { $0 == " " }.contains("  "), "\(bar)")
    }
  }

  /// In the list of a trace no time goes back, and every event but the first names its cause.
  @Test(arguments: ["observability/nothing-up", "sharding/grow-under-load"])
  func timesOfATraceNeverGoBack(drill: String) throws {
    let session = try Transcript.session()
    _ = try session.handle("drill run \(drill)")
    let document = try session.handle("traces 1").document
    let moments = try #require(
      document.blocks.lazy.compactMap { block in
        if case .timeline(let moments) = block { moments } else { nil }
      }.first)
    #expect(moments.count > 1)
    let spans = moments.dropFirst().compactMap { TimeSpan(text: String($0.time.dropFirst())) }
    #expect(spans.count == moments.count - 1)
    #expect(zip(spans, spans.dropFirst()).allSatisfy { $0 <= $1 })
    for (number, moment) in moments.enumerated().dropFirst() {
      #expect("\(moment.text)".contains("(after ") && moment.text != moments[number - 1].text)
    }
  }
}
