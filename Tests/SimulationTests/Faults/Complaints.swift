import Foundation
import Kernel
import Simulation
import Testing

/// Golden complaints about fault lines: `RECORD=1` writes what the parser says today.
///
/// A file holds lines as a person might type them after `> `; beneath each stands what the parser
/// answers: the canonical line, or the complaint with a mark under the word it is about.
@Suite struct FaultComplaints {
  static let roster = Roster(["shard-1", "shard-2", "payments", "n1", "n2", "n3"])

  static let files: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }()

  @Test(arguments: files) func answersAsRecorded(_ file: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: file)
    let recorded = try String(contentsOf: url, encoding: .utf8)
    let verbs = file.hasPrefix("narrow") ? [FaultVerb.crash, .restart, .slow] : FaultVerb.allCases
    var now = ""
    for line in recorded.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("> ") {
        now += "\(line)\n" + Self.answer(to: String(line.dropFirst(2)), verbs: verbs) + "\n"
      } else if line.hasPrefix("## ") {
        now += "\(line)\n\n"
      }
    }
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try now.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(now == recorded)
  }

  private static func answer(to line: String, verbs: [FaultVerb]) -> String {
    do throws(Diagnostic) {
      return try TimedFault.parse(line, roster: roster, verbs: verbs).text(roster) + "\n"
    } catch {
      let column = error.column ?? 0
      let mark = String(repeating: " ", count: column + 1) + "^"
      return "\(mark) found \(error.found ?? "nothing")\n\(error)\n"
    }
  }
}
