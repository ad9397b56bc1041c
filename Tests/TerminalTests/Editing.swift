import PtySupport
import Testing

/// Lines as a person edits them, on a terminal.
@Suite(.serialized, .timeLimit(.minutes(1))) struct Editing {
  private func start(
    _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) throws -> PtySession {
    let session = try PtySession("EchoPrompt", arguments, environment: environment)
    #expect(session.expect("echo> "))
    return session
  }

  @Test func aLineIsAnswered() throws {
    let session = try start()
    session.enter("hello wörld 日本")
    #expect(session.expect("you said [hello wörld 日本]"))
    #expect(session.expect("echo> "))
    session.enter("quit")
    #expect(session.waitForExit() == 0)
    #expect(session.isInNormalMode)
  }

  @Test func tabCompletesAWord() throws {
    let session = try start()
    session.send("wi\t")
    #expect(session.expect("width "))
    session.send("\u{15}set vn\t")  // Ctrl-U wipes the line.
    #expect(session.expect("set vnodes="))
    session.enter("8")
    #expect(session.expect("you said [set vnodes=8]"))
  }

  @Test func tabShowsWhatAWordCouldBe() throws {
    let session = try start()
    session.send("set pl\t")
    #expect(session.expect("set placement="))
    session.send("\t")
    #expect(session.expect("placement=modulo"))
    #expect(session.expect("placement=ring"))
    session.send("ri\t\r")
    #expect(session.expect("you said [set placement=ring ]"))
  }

  @Test func tabNeverOffersFiles() throws {
    let session = try start()
    session.send("zz /et\t")
    session.enter("!")
    #expect(session.expect("you said [zz /et!]"))
  }

  @Test func tabBeforeTheEndCompletesTheWordAtTheCursor() throws {
    let session = try start()
    session.send(" rest\u{1}wid\t\u{5}!\r")  // Ctrl-A, the word, Ctrl-E.
    #expect(session.expect("you said [width rest!]"))
  }

  @Test func controlCGivesTheLineUp() throws {
    let session = try start()
    session.send("never to be run")
    #expect(session.expect("never to be run"))
    session.send("\u{3}")
    #expect(session.expect("^C"))
    #expect(session.expect("echo> "))
    session.enter("next")
    #expect(session.expect("you said [next]"))
    #expect(!session.transcript.contains("[never"))
  }

  @Test func controlCLeavesASearchAndALongLine() throws {
    let session = try start()
    session.enter("first")
    #expect(session.expect("you said [first]"))
    #expect(session.expect("echo> "))
    session.send("\u{12}fir")  // Ctrl-R.
    #expect(session.expect("reverse-i-search"))
    session.send("\u{3}")
    #expect(session.expect("^C"))
    #expect(session.expect("echo> "))
    session.send(String(repeating: "long ", count: 60) + "\u{1}")
    session.send("\u{3}")
    #expect(session.expect("^C"))
    #expect(session.expect("echo> "))
    session.enter("second")
    #expect(session.expect("you said [second]"))
  }

  @Test func controlCInEditedHistoryLeavesTheHistoryAlone() throws {
    let session = try start()
    session.enter("original")
    #expect(session.expect("you said [original]"))
    #expect(session.expect("echo> "))
    session.send("\u{1B}[A changed\u{3}")
    #expect(session.expect("^C"))
    #expect(session.expect("echo> "))
    session.send("\u{1B}[A\r")
    #expect(session.expect("you said [original]"))
  }

  @Test func controlDLeavesOnAnEmptyLineOnly() throws {
    let session = try start()
    session.send("ab\u{2}\u{2}\u{4}\r")  // Twice to the left; Ctrl-D deletes there.
    #expect(session.expect("you said [b]"))
    #expect(session.expect("echo> "))
    session.send("\u{4}")
    #expect(session.expect("bye"))
    #expect(session.waitForExit() == 0)
    #expect(session.isInNormalMode)
  }

  @Test func aPasteRunsOnlyAfterEnter() throws {
    let session = try start()
    session.send("\u{1B}[200~one\ntwo\n\u{1B}[31mthree\u{1B}[201~")
    #expect(!session.sees("you said"))
    session.send("\r")
    #expect(session.expect("you said [one]"))
    #expect(session.expect("echo> two"))
    #expect(session.expect("you said [two]"))
    #expect(session.expect("you said [^[[31mthree]"))
  }

  @Test func theWindowMayChangeWhileALineIsEdited() throws {
    let session = try start()
    session.enter("width")
    #expect(session.expect("width is 80"))
    #expect(session.expect("echo> "))
    session.send("wid")
    #expect(session.expect("wid"))
    session.resize(columns: 40, rows: 20)
    session.send("th\r")
    #expect(session.expect("width is 40"))
  }

  @Test func aSignalThatEndsTheProgramLeavesTheTerminalAsItWas() throws {
    let session = try start()
    #expect(!session.isInNormalMode)
    session.send("half a li")
    #expect(session.expect("half a li"))
    session.signal(15)
    #expect(session.waitForExit() == 143)
    #expect(session.isInNormalMode)
  }
}
