import Kernel
import Presentation
import Testing

@testable import Workbench

/// A wrong word gets a way on: the nearest right one, or the command that lists them.
@Suite("Missteps") struct MisstepTests {
  @Test(arguments: [
    (["lesson", "xyzzy"], "'roadmap' lists"), (["open", "xyzzy"], "'roadmap' lists"),
    (["drill", "show", "xyzzy"], "'drill list' lists"),
    (["drill", "show", "retry/xyzzy"], "'drill list retry' lists"),
    (["glossary", "xyzzy"], "'glossary' lists"), (["notes", "xyzzy"], "'roadmap' lists"),
    (["estimate", "practice", "xyzzy"], "'estimate problems' lists"),
    (["try", "xyzzy", "--run", "show"], "'roadmap' lists"), (["cite", "xyzzy"], "'roadmap' lists"),
    (["xyzzy"], "'drillhall help' lists"), (["case", "show", "netflx"], "'netflix'"),
    (["drill", "lst"], "'drill list'"), (["drill", "shardign"], "'drill sharding'"),
    (["drill", "sharding", "now"], "Expected 'drill sharding'"),
    (["roadmap", "--json=1"], "no value"),
    (["try", "sharding", "--json"], "--run"),
  ]) func aWrongWordGetsAWayOn(_ words: [String], _ way: String) throws {
    let session = try Transcript.session()
    let complaint = #expect(throws: Diagnostic.self) {
      _ = try session.handle(words.joined(separator: " "))
    }
    guard words != ["xyzzy"] else {
      let called = #expect(throws: Diagnostic.self) { _ = try session.call(words) }
      #expect(called.map { "\($0)".contains(way) } == true)
      return
    }
    #expect(complaint.map { "\($0)".contains(way) } == true, "\(complaint as Any)")
    #expect(session.promptName == "drillhall")
  }

  @Test func whatIsAskedForIsNamedOnce() throws {
    let session = try Transcript.session()
    let complaint = #expect(throws: Diagnostic.self) { _ = try session.handle("xyzzy") }
    #expect(complaint?.expected?.hasSuffix("roadmap, or 'help'") == true)
  }

  @Test func aLessonOpensAtAStep() throws {
    let session = try Transcript.session()
    #expect(throws: Diagnostic.self) { _ = try session.handle("open sharding 99") }
    #expect(session.promptName == "drillhall")
    #expect(text(try session.handle("open sharding 2")).contains("2/11"))
    #expect(throws: Diagnostic.self) { _ = try session.handle("open retry/budget 2") }
    #expect(session.promptName == "sharding")
  }

  /// A figure without its unit, and what was meant as a pattern, typed at the question of a drill.
  @Test func whatIsNoAnswerIsToldWhatOneIs() throws {
    let session = try Transcript.session()
    _ = try session.handle("open sharding/grow-under-load")
    let bare = #expect(throws: Diagnostic.self) { _ = try session.handle("500") }
    #expect(bare.map { "\($0)".contains("'500' is no prediction") } == true)
    #expect(bare.map { "\($0)".contains("20 ms or 4 min") } == true)
    let pattern = #expect(throws: Diagnostic.self) { _ = try session.handle("LOW to HIGH UNIT") }
    #expect(pattern?.message.contains("stand for your own") == true)
    #expect(text(try session.handle("200 to 500 ms")).contains("Noted"))
  }

  @Test func undoIsOfferedWhereThereIsSomethingToUndo() throws {
    let session = try Transcript.session()
    for line in ["open sharding/grow-under-load", "skip", "skip"] { _ = try session.handle(line) }
    func offersUndo(_ line: String) throws -> Bool {
      guard case .actions(let actions) = try session.handle(line).document.blocks.last else {
        return false
      }
      return actions.contains { $0.command == "undo" }
    }
    #expect(try !offersUndo("run"))
    #expect(try offersUndo("set vnodes=64"))
    #expect(try !offersUndo("undo"))
  }

  @Test(arguments: [
    ("knobs sharding/grow-under-load", "copy.batch"), ("knobs sharding vnodes", "Takes"),
    ("drill show sharding/grow-under-load", "'knobs sharding/grow-under-load' lists"),
  ]) func knobsAreThereForEverybody(_ line: String, _ part: String) throws {
    let session = try Transcript.session()
    let words = line.split(separator: " ").map(String.init)
    #expect(text(try session.call(words)).contains(part), "\(line)")
  }

  @Test(arguments: [
    ("lesson", "'roadmap' lists them"), ("drill run", "'drill list' lists them"),
    ("case show", "'case list' lists them"), ("drill run retry", "'drill list retry'"),
    ("help drill lst", "Did you mean 'drill list'"), ("try sharding --run ;", "no line to run"),
    ("knobs zzz", "'drill list' lists"), ("restart all", "Expected lesson."),
    ("interview netflix --minutes 18446744073709551615", "5 to 180"),
  ]) func theWayOnIsNamed(_ line: String, _ way: String) throws {
    let session = try Transcript.session()
    let complaint = #expect(throws: Diagnostic.self) { _ = try session.handle(line) }
    #expect(complaint.map { "\($0)".contains(way) } == true, "\(complaint as Any)")
  }

  @Test func helpOfTheFirstWordListsTheSecond() throws {
    let session = try Transcript.session()
    #expect(text(try session.handle("help drill")).contains("drill replay"))
    #expect(text(try session.handle("help case")).contains("case ablate"))
  }

  @Test func aSourceIsFoundFromAnywhere() throws {
    let session = try Transcript.session()
    #expect(text(try session.handle("cite little61")).contains("L = lambda W"))
  }

  /// Options tell why they are right, also where the question has no explanation of its own.
  @Test func theReasonOfARightOptionIsTheWhy() throws {
    let session = try Transcript.session()
    _ = try session.handle("open hedging who-stops-the-loser")
    _ = try session.handle("b")
    #expect(text(try session.handle("why")).contains("taken out before it costs anything"))
  }

  @Test func undoInADrillTellsWhatChanged() throws {
    let session = try Transcript.session()
    _ = try session.handle("open sharding/grow-under-load")
    _ = try session.handle("set placement=ring")
    #expect(text(try session.handle("undo")).contains("placement: ring -> modulo"))
    for _ in 0..<2 { _ = try session.handle("skip") }
    _ = try session.handle("run")
    for place in 1...3 { #expect(text(try session.handle("hint")).contains("\(place) of 3")) }
    let last = text(try session.handle("hint"))
    #expect(last.contains("last hint") && last.contains(", solution"))
  }

  /// Nobody is told that nobody suffered while one request in twenty-five fails.
  @Test func failedRequestsAreHarm() throws {
    let session = try Transcript.session()
    let run = text(
      try session.handle(
        "case simulate url-shortener --fault \"at 20s crash us-a\" --set people.guard.attempts=1 "
          + "--set guard.redirector.stay_in_zone=off"))
    #expect(run.contains("requests failed") && !run.contains("Nobody suffered"))
    #expect(run.contains("fewer than one request in a hundred fails"))
  }

  /// Figures at the ends of what a machine can hold are refused like any other that does not fit.
  @Test func noFigureIsTooLarge() throws {
    let session = try Transcript.session()
    let least = "\(Int.min)"
    let most = UInt64.max
    for lines in [
      ["open sharding", "goto \(least)"],
      ["open circuit-breaker say-it-in-an-interview", "\(least) 1 2 3"],
      ["estimate flaw", least], ["try failover", "phi 9223372036s 1400ms"],
      ["drill sweep retry/budget --seeds 1..2 --shard \(most)/\(most)"],
    ] {
      for line in lines.dropLast() { _ = try session.handle(line) }
      #expect(throws: Diagnostic.self, "\(lines)") { _ = try session.handle(lines.last ?? "") }
    }
    let none = try session.handle("drill sweep retry/budget --seeds \(most)..\(most) --shard 3/4")
    #expect(text(none).contains("0 of 0 runs"))
  }

  private func text(_ reply: Reply) -> String { PlainRenderer(width: 400).render(reply.document) }
}
