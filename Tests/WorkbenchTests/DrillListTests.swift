import Curriculum
import Drills
import Foundation
import Presentation
import Testing

@testable import Workbench

/// What a learner sees of more than three hundred drills.
@Suite("The list of drills") struct DrillListTests {
  private func plain(_ line: String, _ session: Session) throws -> String {
    PlainRenderer(width: 80).render(try session.handle(line).document)
  }

  @Test func isSeenAtAGlance() throws {
    let session = try Transcript.session()
    for text in [
      try plain("drill list", session),
      AnsiRenderer(width: 80, isColoured: false).render(
        try session.handle("drill list").document),
    ] {
      let lines = text.split(separator: "\n")
      #expect(lines.count < session.library.topics.count + 10)
      for topic in session.library.topics {
        let count = session.library.drillIDs(of: topic).count
        guard count > 0 else { continue }
        let line = try #require(lines.first { $0.contains(" \(topic) ") })
        #expect(line.contains("0 of \(count)"), "\(topic)")
      }
    }
  }

  @Test func aTopicHasItsDrillsInTheOrderOfItsLesson() throws {
    let session = try Transcript.session()
    let lines = try plain("drill list sharding", session).split(separator: "\n")
    let names = session.library.drillIDs(of: "sharding").map { $0.dropFirst("sharding/".count) }
    let shown = lines.compactMap { line in names.first { line.hasPrefix("\($0) ") } }
    #expect(shown.sorted() == names.sorted())
    #expect(shown.first == "grow-under-load", "the first that the lesson opens")
    // One line each where the titles leave room, else the title goes on below.
    #expect(lines.count <= 2 * names.count + 4)
  }

  @Test func everythingIsThereForThoseWhoAsk() throws {
    let session = try Transcript.session()
    let all = try plain("drill list --all", session)
    #expect(try plain("drill list all", session) == all)
    #expect(all.split(separator: "\n").count < 2 * session.library.drillIDs.count)
    let json = try #require(try session.handle("drill list --json").json)
    for id in session.library.drillIDs {
      let name = String(id.drop { $0 != "/" }.dropFirst())
      #expect(all.contains(name) && json.contains("\"\(id)\""), "\(id)")
    }
  }

  @Test func saysHowYoursWent() throws {
    let session = try Transcript.session()
    for line in ["drill retry", "skip", "run"] { _ = try session.handle(line) }
    let name = String(session.promptName.drop { $0 != "/" }.dropFirst())
    func line(_ list: String, _ start: String) throws -> String {
      let lines = try plain(list, session).split(separator: "\n").map(String.init)
      return try #require(lines.first { $0.contains(start) })
    }
    #expect(try line("drill list", " retry ").hasSuffix("0 of 5      1"))
    #expect(try line("drill list retry", name).hasSuffix("1 try"))
    #expect(try plain("drill list", session).contains("1 tried without passing"))
    for line in ["set retry.backoff=exponential retry.base=150ms retry.attempts=4", "run"] {
      _ = try session.handle(line)
    }
    #expect(try line("drill list", " retry ").hasSuffix("1 of 5"))
    #expect(try line("drill list retry", name).hasSuffix("passed"))
  }

  @Test func aTopicWithoutDrillsNamesWhatItHas() throws {
    let session = try Transcript.session()
    #expect(try plain("drill list estimation", session).contains("'estimate practice'"))
  }
}
