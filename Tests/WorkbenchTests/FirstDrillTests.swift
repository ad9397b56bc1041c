import Curriculum
import Drills
import Kernel
import Presentation
import Testing

@testable import Workbench

/// From a fresh store to a drill that runs, by what the screen says.
@Suite("A newcomer's first drill") struct FirstDrillTests {
  static let topics = (try? Library(root: Transcript.root).topics) ?? []

  @Test func everyTopicIsTried() { #expect(Self.topics.count >= 30) }

  @Test(arguments: topics) func theLineShownLeadsToADrillThatRuns(_ topic: String) throws {
    let session = try Transcript.session()
    var screen = try session.handle("open \(topic)").document
    let line = try #require(actions(screen).first { $0.effect.contains("at once") })
    screen = try session.handle(line.command).document
    guard !session.library.drillIDs(of: topic).isEmpty else {
      // A topic of estimates has problems that are graded.
      screen = try session.handle("skip").document
      #expect(PlainRenderer(width: 80).render(screen).contains("Passed over"))
      return
    }
    while actions(screen).contains(where: { $0.command == "skip" }) {
      screen = try session.handle("skip").document
    }
    #expect(actions(screen).first?.command == "run")
    screen = try session.handle("run").document
    let run = try #require(session.inspected)
    #expect(run.title.hasSuffix("attempt 1") && !run.run.isPassed)
    #expect(PlainRenderer(width: 80).render(screen).contains("token"))
  }

  @Test func theDrillThatIsNotPassedComesNext() throws {
    let session = try Transcript.session()
    _ = try session.handle("drill retry")
    let first = session.promptName
    for line in ["skip", "run", "set retry.backoff=exponential retry.base=150ms retry.attempts=4"] {
      _ = try session.handle(line)
    }
    let passed = try session.handle("run").document
    #expect(actions(passed).map(\.command).prefix(2) == ["open retry", "drill"])
    _ = try session.handle("drill")
    #expect(session.promptName.hasPrefix("retry/") && session.promptName != first)
    _ = try session.handle("back")
    #expect(session.promptName == "drillhall")
  }

  /// Whoever has run one knows the way; the offer is gone then.
  @Test func theOfferIsForNewcomers() throws {
    let session = try Transcript.session()
    for line in ["drill retry", "skip", "run", "back"] { _ = try session.handle(line) }
    let screen = try session.handle("open retry").document
    #expect(!actions(screen).contains { $0.effect.contains("at once") })
  }

  private func actions(_ document: Document) -> [Action] {
    if case .actions(let actions) = document.blocks.last { actions } else { [] }
  }
}
