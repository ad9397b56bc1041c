import Foundation
import PtySupport
import Terminal
import Testing

/// Lines that are remembered from one session to the next.
@Suite(.serialized, .timeLimit(.minutes(1))) struct History {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("history-\(UUID().uuidString)")

  private func inFolder(_ work: (String) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try work(folder.appendingPathComponent("deep/lines").path)
  }

  @Test func arrowUpBringsLinesOfEarlierSessionsBack() throws {
    try inFolder { path in
      let first = try PtySession("EchoPrompt", [path])
      for line in ["alpha", "beta", "beta", " secret", "alpha"] {
        #expect(first.expect("echo> "))
        first.enter(line)
      }
      #expect(first.expect("echo> "))
      first.send("\u{4}")
      #expect(first.waitForExit() == 0)
      let second = try PtySession("EchoPrompt", [path])
      #expect(second.expect("echo> "))
      second.send("\u{1B}[A\r")
      #expect(second.expect("you said [alpha]"))
      #expect(second.expect("echo> "))
      second.send("\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A\r")
      #expect(second.expect("you said [beta]"))
    }
  }

  @Test func theFileIsTheUsersOwnAndBounded() throws {
    try inFolder { path in
      var history = LineHistory(path: path, limit: 10)
      for number in 0..<50 { history.add("line \(number)") }
      #expect(history.lines == (40..<50).map { "line \($0)" })
      let files = FileManager.default
      let file = try files.attributesOfItem(atPath: path)
      #expect(file[.posixPermissions] as? Int == 0o600)
      let parent = try files.attributesOfItem(atPath: folder.path)
      #expect(parent[.posixPermissions] as? Int == 0o700)
      let again = LineHistory(path: path, limit: 10)
      #expect(again.lines == history.lines)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.split(separator: "\n").count == 10)
    }
  }

  @Test func twoSessionsKeepEachOthersLines() throws {
    try inFolder { path in
      var one = LineHistory(path: path)
      var other = LineHistory(path: path)
      one.add("from one")
      other.add("from the other")
      #expect(LineHistory(path: path).lines == ["from one", "from the other"])
    }
  }

  @Test func whatIsNoTextOrNoFileDoesNoHarm() throws {
    try inFolder { path in
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      var history = LineHistory(path: path)
      history.add("kept for this session")
      #expect(history.lines == ["kept for this session"])
      let file = path + "/binary"
      try Data([0xFF, 0xFE, 0x0A, 0x61, 0x0A, 0x1B, 0x5B, 0x32, 0x4A]).write(
        to: URL(fileURLWithPath: file))
      #expect(LineHistory(path: file).lines == ["\u{FFFD}\u{FFFD}", "a", "^[[2J"])
      history = LineHistory(path: file + "/no/folder")
      history.add("also kept")
      #expect(history.lines == ["also kept"])
      history = LineHistory(path: "/dev/full")
      history.add("a device is no history")
    }
  }
}
