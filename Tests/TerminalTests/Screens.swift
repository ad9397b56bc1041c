import Foundation
import Presentation
import PtySupport
import Terminal
import Testing

/// How output adapts to where it goes.
@Suite(.serialized, .timeLimit(.minutes(1))) struct Screens {
  private func style(
    _ environment: [String: String], isPlain: Bool = false, isTerminal: Bool = true,
    width: Int? = nil
  ) -> ScreenStyle {
    let usual = ["TERM": "xterm", "LANG": "en_US.UTF-8"]
    return ScreenStyle(
      isPlain: isPlain, isTerminal: isTerminal, reportedWidth: width,
      environment: usual.merging(environment) { $1 })
  }

  @Test func drawingNeedsATerminalThatCanAndAUserWhoWants() {
    #expect(style([:]).isDrawn)
    #expect(style(["NO_COLOR": ""]).isDrawn)
    #expect(!style(["NO_COLOR": "1"]).isDrawn)
    #expect(!style(["TERM": "dumb"]).isDrawn)
    #expect(!style(["TERM": ""]).isDrawn)
    #expect(!style([:], isPlain: true).isDrawn)
    #expect(!style([:], isTerminal: false).isDrawn)
    #expect(!style(["LANG": "C"]).isDrawn)
  }

  @Test func localesWithoutUTF8GetASCII() {
    #expect(style(["LANG": "de_DE.ISO-8859-1"]).isAsciiOnly)
    #expect(style(["LC_ALL": "POSIX"]).isAsciiOnly)
    #expect(!style(["LC_CTYPE": "C.utf8", "LANG": "C"]).isAsciiOnly)
    #expect(!style(["LANG": ""]).isAsciiOnly)
  }

  @Test func widthComesFromTheUserThenTheTerminalThenHabit() {
    #expect(style(["COLUMNS": "50"], width: 100).width == 50)
    #expect(style([:], width: 100).width == 100)
    #expect(style(["COLUMNS": "none"], width: 0).width == 80)
    #expect(style(["COLUMNS": "3"]).width == 20)
  }

  @Test func controlCStopsWorkAndTheSecondTimeTheProgram() throws {
    let session = try PtySession("EchoPrompt")
    #expect(session.expect("echo> "))
    session.enter("work")
    #expect(session.expect("working"))
    session.send("\u{3}")
    #expect(session.expect("stopped early"))
    #expect(session.expect("echo> "))
    session.enter("stubborn")
    #expect(session.expect("working"))
    session.send("\u{3}")
    #expect(!session.sees("echo> "))
    session.send("\u{3}")
    #expect(session.waitForExit() == 130)
  }

  @Test(arguments: [("sed s/^/paged:/", true), ("/nowhere/pager", false), ("", false)])
  func longDocumentsGoThroughThePager(pager: String, isPaged: Bool) throws {
    let session = try PtySession("EchoPrompt", environment: ["PAGER": pager])
    #expect(session.expect("echo> "))
    session.enter("long")
    #expect(session.expect(isPaged ? "paged:    line 1" : "\n    line 1"))
    #expect(session.expect("line 30"))
    #expect(session.expect("echo> "))
    session.enter("short")
    #expect(session.expect("  you said [short]"))
    session.enter("quit")
    #expect(session.waitForExit() == 0)
  }

  private static let hasLess = FileManager.default.isExecutableFile(atPath: "/usr/bin/less")

  @Test(.enabled(if: hasLess, "less is not installed")) func lessIsLeftWithQ() throws {
    let session = try PtySession("EchoPrompt", environment: ["PAGER": "less"], rows: 10)
    #expect(session.expect("echo> "))
    session.enter("long")
    #expect(session.expect("line 5"))
    session.send("\u{3}")  // Ctrl-C is the pager's, which may drop a key over it.
    #expect(!session.sees("echo> "))
    for _ in 0..<20 where !session.sees("echo> ") { session.send("q") }
    #expect(session.expect("echo> "))
    session.send("\u{15}")  // Ctrl-U wipes what the pager left.
    session.enter("on")
    #expect(session.expect("you said [on]"))
  }

  @Test func pipedLinesAreReadAndAnsweredPlainly() throws {
    let run = try shell("printf 'one\\r\\n\\033[31mtwo\\nfail\\n\\nwidth\\nlast' | $PROGRAM")
    #expect(run.status == 0)
    #expect(
      run.output == "you said [one]\nyou said [^[[31mtwo]\nwidth is 80\nyou said [last]\nbye\n")
    #expect(run.errors == "That went wrong.\n")
  }

  @Test func aReaderThatLeavesIsNoFailure() throws {
    let run = try shell("yes long | $PROGRAM | head -1")
    #expect(run.output == "    line 1\n")
    #expect(run.errors == "")
  }

  private func shell(_ script: String) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.environment = PtySession.environment.merging(
      ["PROGRAM": PtySession.product("EchoPrompt")]) { $1 }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }
}
