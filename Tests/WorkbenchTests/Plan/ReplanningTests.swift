import Curriculum
import Kernel
import Presentation
import Progress
import Synchronization
import Testing

@testable import Workbench

/// Days go by, with and without work, and the plan follows.
@Suite("Replanning") struct ReplanningTests {
  /// A clock that stands until it is moved.
  private final class Calendar: Sendable {
    private let now = Mutex(1_767_225_600_000)
    func pass(days: Int) { now.withLock { $0 += days * 86_400_000 } }
    var milliseconds: Int { now.withLock { $0 } }
  }

  @Test func missedDaysAreSpreadAndEachChoiceSaysWhy() throws {
    let calendar = Calendar()
    let store = try ProgressStore.inMemory(device: "test") { calendar.milliseconds }
    let session = Session(library: try Library(root: Transcript.root), store: store)
    let first = try plan(session, "--date 2026-03-01 --minutes 40")
    #expect(first.contains("59 days until Sun 2026-03-01"))
    #expect(first.contains("load-balancing, steps 1 to") && first.contains("needs it"))
    #expect(!first.contains("passed without work"))

    calendar.pass(days: 3)
    let later = try plan(session, "")
    #expect(later.contains("56 days until"))
    #expect(later.contains("3 of 3 days passed without work"))
    #expect(later.contains("Sun 2026-01-04") && !later.contains("2026-01-01"))

    // A day of work: a drill that fails and a question that is answered wrongly are weak spots.
    for line in [
      "drill retry", "skip", "run", "open sharding", "skip", "c", "skip", "open estimation",
    ] {
      _ = try session.handle(line)
    }
    calendar.pass(days: 1)
    let weak = try plan(session, "")
    #expect(weak.contains("3 of 4 days passed without work"))
    #expect(weak.contains("failed once") && weak.contains("a wrong answer"))
    #expect(weak.contains("step 1 again"))
    let json = try #require(try session.handle("plan --json").json)
    #expect(json.contains("\"open sharding 1\""))
  }

  private func plan(_ session: Session, _ options: String) throws -> String {
    PlainRenderer(width: 120).render(try session.handle("plan \(options)").document)
  }
}
