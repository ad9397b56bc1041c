import Curriculum
import Foundation
import Kernel
import Presentation
import Progress
import Testing
import Workbench

@Suite("Mock interviews") struct InterviewTests {
  private static let script = [
    "interview url-shortener --minutes 15 --level mid",
    "a short link redirects to its address; we make links and count clicks",
    "no accounts, redirects within 50 ms, 99.99 % available", "next", "100 links/s", "next", "next",
    "people -> redirector x6 timeout 900ms retries 1 budget 20%",
    "redirector -> memory: cache x3 timeout 50ms fallback",
    "redirector -> links: key-value-store x3 shards 2 acks 2 timeout 300ms after miss",
    "next", "ranges are leased to each server, a counter without a bottleneck", "next",
    "the cache fills again behind a limit", "next", "the cache costs most", "finish", "mid",
    "report",
  ]

  private static func store() throws -> ProgressStore {
    try ProgressStore.inMemory(device: "test", clock: { 1_767_225_600_000 })
  }

  private static func session(_ store: ProgressStore) throws -> Session {
    Session(library: try Library(root: Transcript.root), store: store)
  }

  private static func play(_ lines: some Sequence<String>, _ session: Session) throws -> Document {
    var last = Document()
    for line in lines { last = try session.handle(line).document }
    return last
  }

  @Test func twoRunsGiveTheSameReport() throws {
    let first = try Self.play(Self.script, Self.session(Self.store()))
    let second = try Self.play(Self.script, Self.session(Self.store()))
    #expect(first == second)
    let text = PlainRenderer(width: 80).render(first)
    #expect(text.contains("met 'redirect'") && text.contains("in all"))
  }

  /// A kill at any line: what was typed before is there again, and the end is the same.
  @Test(arguments: [6, 14]) func aKillLosesNothing(_ cut: Int) throws {
    let whole = try Self.play(Self.script, Self.session(Self.store()))
    let store = try Self.store()
    _ = try Self.play(Self.script[..<cut], Self.session(store))
    let again = ["interview resume"] + Self.script[cut...]
    #expect(try Self.play(again, Self.session(store)) == whole)
  }

  @Test func whatWasMissedIsDue() throws {
    let store = try Self.store()
    _ = try Self.play(Self.script, Self.session(store))
    let cards = try store.schedule().map(\.item.text)
    #expect(cards.contains("card:url-shortener/permanent-vs-temporary"))
    let kept = try store.interviews()
    #expect(kept.count == 1 && kept[0].lines.count == Self.script.count - 1)
  }

  @Test func aRefusedLineChangesNothing() throws {
    let store = try Self.store()
    let session = try Self.session(store)
    _ = try Self.play(Self.script[..<5], session)
    let before = session.promptName
    #expect(throws: Diagnostic.self) { try session.handle("nxet") }
    #expect(throws: Diagnostic.self) { try session.handle("100 TB/day") }
    #expect(session.promptName == before)
    #expect(try store.interviews()[0].lines.count == 4)
    _ = try session.handle("undo")
    #expect(try store.interviews()[0].lines.count == 3)
  }

  @Test func theTranscriptIsExported() throws {
    let session = try Self.session(Self.store())
    _ = try Self.play(Self.script, session)
    let text = try #require(try session.handle("export interview").json)
    #expect(text.hasPrefix("# Interview:"))
    #expect(text.contains("people -> redirector x6") && text.contains("Point by point"))
  }

  @Test func stagesFillTheTime() {
    for minutes in [5, 15, 30, 45, 60, 90] {
      let plan = InterviewPlan(topic: "netflix", minutes: minutes, level: .senior)
      let sum = InterviewStage.allCases.reduce(0) { $0 + plan.box($1) }
      #expect(sum == plan.seconds)
    }
  }

  @Test func wordsAreFound() throws {
    func isFound(_ phrase: String, _ line: String) throws -> Bool {
      try #require(Phrase(phrase)).isFound(in: line)
    }
    #expect(try isFound("cache", "we are caching it"))
    #expect(try isFound("pre-position", "Files are pre-positioned"))
    #expect(try isFound("retry", "two retries"))
    #expect(try isFound("< # ms", "below < 50 ms"))
    #expect(try isFound("99.9", "99.99 %"))
    #expect(try !isFound("cache", "there is no cache"))
    #expect(try isFound("no live", "no live events"))
    #expect(try !isFound("301", "3012 requests"))
    #expect(try !isFound("ads", "adsorb"))
  }
}
