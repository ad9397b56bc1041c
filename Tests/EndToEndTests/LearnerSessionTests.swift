import Foundation
import PtySupport
import Testing

/// A learner's whole session at a terminal, and the same as a script.
@Suite("A whole session", .serialized) struct LearnerSessionTests {
  private func start(_ store: String) throws -> PtySession {
    try PtySession(Program.path, ["--store", store, "--content", Program.root])
  }

  @Test func throughATerminal() throws {
    try Program.withFolder { folder in
      let store = folder + "/progress.sqlite"
      let first = try start(store)
      #expect(first.expect("drillhall>"))
      first.send("op\t")
      first.enter("shard\t")
      #expect(first.expect("A key finds its shard"))
      #expect(first.expect("sharding>"))

      // Do something on the bench, then answer wrongly, then rightly.
      first.enter("put user:10001")
      #expect(first.expect("That is it"))
      first.enter("b")
      #expect(first.expect("Try again"))
      first.enter("a")
      #expect(first.expect("next  Why modulo hurts"))
      first.enter("next")
      #expect(first.expect("What share of the 10,000 keys moves"))

      // Ctrl-C gives a line up and nothing else.
      #expect(first.expect("sharding>"))
      first.send("rubbish\u{3}")
      #expect(first.expect("sharding>"))
      first.enter("20 to 30 %")
      #expect(first.expect("Noted"))
      first.enter("add shard-5")
      #expect(first.expect("outside"))
      first.enter("note modulo moves n/(n+1) of the keys")
      #expect(first.expect("Noted"))

      // Killed in the middle: everything acknowledged is there again.
      first.signal(SIGKILL)
      #expect(first.waitForExit() == 128 + SIGKILL)
      let second = try start(store)
      #expect(second.expect("next: Database sharding"))
      #expect(second.expect("drillhall>"))
      second.enter("next")
      #expect(second.expect("Why modulo hurts"))
      #expect(second.expect("sharding>"))
      second.enter("open sharding/grow-under-load")
      #expect(second.expect("Wanted"))
      #expect(second.expect("grow-under-load>"))
      try drill(second)

      second.enter("back")
      #expect(second.expect("sharding>"))
      second.enter("review")
      #expect(second.expect("Review 1 of"))
      second.enter("next")
      #expect(second.expect("good"))
      second.enter("3")
      #expect(second.expect("good; again in"))
      for what in ["notes", "progress", "cards"] {
        second.enter("export \(what) --output \(folder)/\(what).out")
        #expect(second.expect("Wrote"))
      }
      #expect(second.expect("review>"))
      second.send("\u{4}")
      #expect(second.waitForExit() == 0)
      #expect(second.isInNormalMode)

      let notes = try String(contentsOfFile: folder + "/notes.out", encoding: .utf8)
      #expect(notes.contains("modulo moves n/(n+1)"))
      let cards = try String(contentsOfFile: folder + "/cards.out", encoding: .utf8)
      #expect(cards.hasPrefix("#separator:tab"))
    }
  }

  /// Predicts, runs naively, reads why, takes the solution, passes.
  private func drill(_ session: PtySession) throws {
    for _ in 0..<6 {
      session.enter("skip")
      if session.expect("Now run it", within: 2) { break }
    }
    session.enter("run")
    #expect(session.expect("attempt 1", within: 30))
    #expect(session.expect("token", within: 30))
    session.enter("why")
    #expect(session.expect("Spread"))
    session.enter("solution")
    #expect(session.expect("set "))
    session.enter("set placement=ring copy.rate=400/s")
    #expect(session.expect("->"))
    session.enter("run")
    #expect(session.expect("Passed", within: 30))
  }

  @Test func estimatesAtATerminal() throws {
    try Program.withFolder { folder in
      let session = try start(folder + "/progress.sqlite")
      #expect(session.expect("drillhall>"))
      session.enter("estimate")
      #expect(session.expect("A sheet for an estimate"))
      session.enter("users = 50M to 80M users")
      #expect(session.expect("median 63 million"))
      // Tab completes a function within a formula.
      session.send("busy = servers_for_waiti\t")
      session.enter("12k requests/s, 20 ms, 5%)")
      #expect(session.expect("busy = 268"))
      session.enter("rate = users * 40 messages/user/day -> messages/s")
      #expect(session.expect("23,000 to 37,000 messages/s"))
      session.enter("explain")
      #expect(session.expect("1 day = 86,400 s"))
      session.enter("rate + 3 GB")
      #expect(session.expect("These cannot be added"))
      #expect(session.expect("^^^^"))
      session.enter("users = 100M users")
      #expect(session.expect("follows"))
      session.enter("estimate practice link-in-bytes --seed 3")
      #expect(session.expect("How many bytes a second"))
      session.enter("3 users")
      #expect(session.expect("of another kind"))
      session.enter("skip")
      #expect(session.expect("Passed over"))
      #expect(session.expect("practice>"))
      session.send("\u{4}")
      #expect(session.waitForExit() == 0)
    }
  }

  @Test func throughAPipe() throws {
    try Program.withFolder { folder in
      let store = folder + "/progress.sqlite"
      let script = """
        open sharding
        put user:10001
        b
        a
        next
        20 to 30 %
        add shard-5
        note piped
        progress
        quit
        """
      let ended = try Program.run([], input: script + "\n", store: store)
      #expect(ended.status == 0)
      #expect(ended.errors == "")
      for part in ["That is it", "Try again", "Noted", "outside", "Saved. Until next time."] {
        #expect(ended.output.contains(part), "\(part)")
      }
      #expect(!ended.output.contains("\u{1B}"), "no escape sequences in a pipe")
      let notes = try Program.run(["notes"], store: store)
      #expect(notes.output.contains("piped"))
    }
  }
}
