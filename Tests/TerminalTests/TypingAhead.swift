import PtySupport
import Testing

/// Keys that are pressed before the prompt is there again.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TypingAhead {
  private func start(resting: Bool) throws -> PtySession {
    let session = try PtySession("EchoPrompt")
    #expect(session.expect("echo> "))
    if resting {
      session.enter("rest")
      #expect(session.expect("resting"))
    }
    return session
  }

  private func expectLeaving(_ session: PtySession) {
    #expect(session.expect("bye", within: 10))
    #expect(session.waitForExit(within: 10) == 0)
    #expect(session.isInNormalMode)
  }

  @Test func controlDRightBehindALineLeaves() throws {
    for _ in 0..<10 {
      let session = try start(resting: false)
      session.send("skip\r\u{4}")
      #expect(session.expect("you said [skip]"))
      expectLeaving(session)
    }
  }

  @Test func controlDWhileACommandRunsLeavesAfterIt() throws {
    let session = try start(resting: true)
    session.send("\u{4}")
    #expect(session.expect("rested"))
    expectLeaving(session)
  }

  @Test func linesTypedBeforeItAreCarriedOut() throws {
    let session = try start(resting: true)
    session.send("one\rtwo\r\u{4}")
    #expect(session.expect("rested"))
    #expect(session.expect("you said [one]"))
    #expect(session.expect("you said [two]"))
    expectLeaving(session)
  }

  @Test func behindHalfALineItDoesNotLeave() throws {
    let session = try start(resting: true)
    session.send("half\u{4}")
    #expect(session.expect("rested"))
    #expect(session.expect("echo> half"))
    session.enter("!")
    #expect(session.expect("you said [half!]"))
    #expect(session.expect("echo> "))
    session.send("\u{4}")
    expectLeaving(session)
  }

  /// The byte that stands for a Ctrl-D typed ahead is Ctrl-Space at a prompt, and no way out there.
  @Test func controlSpaceAtThePromptStays() throws {
    let session = try start(resting: false)
    session.send("\u{0}")
    session.enter("here")
    #expect(session.expect("you said [here]"))
  }
}
