import Foundation
import Kernel
import Patterns
import Testing

/// Whole conversations, as files that read like a lesson.
///
/// After `> command` stands everything that is said and done because of it. `RECORD=1 swift test`
/// writes them anew; commit that only if every changed line can be explained.
@Suite("Raft transcripts")
struct RaftTranscriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  @Test("go as written", arguments: ["election.txt", "conflict.txt"])
  func goAsWritten(name: String) throws {
    let file = Self.folder.appendingPathComponent(name)
    let text = try String(contentsOf: file, encoding: .utf8)
    var script = RaftScript()
    let replayed = try script.replay(text)
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try replayed.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(replayed == text)
    #expect(script.lab.violation == nil)
  }
}

/// Carries out the commands of a transcript.
struct RaftScript {
  struct Unknown: Error { let command: String }

  var lab = RaftLab(3)

  /// The transcript with what really happens after each command; prose is kept.
  mutating func replay(_ text: String) throws -> String {
    var lines: [String] = []
    var isProse = true
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("> ") {
        lines.append(line)
        lines += try run(String(line.dropFirst(2))).map { "  " + $0 }
        isProse = false
      } else if line.isEmpty {
        lines.append(line)
        isProse = true
      } else if isProse {
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
  }

  private mutating func run(_ command: String) throws -> [String] {
    let words = command.split(separator: " ").map(String.init)
    let node = words.count > 1 ? Int(words[1]) ?? 0 : 0
    lab.log = []
    switch words.first {
    case "cluster":
      let isSimple = words.last == "simple"
      lab = RaftLab(node, options: RaftOptions(preVote: !isSimple, checkQuorum: !isSimple))
    case "campaign": lab.step(node, .campaigned)
    case "propose": lab.step(node, .proposed(Int(words.last ?? "") ?? 0))
    case "settle":
      let lost = words.count > 2 ? Int(words[2]) : nil
      lab.settle { $0.target.index == lost || $0.source.index == lost }
    case "wait": lab.run(for: .milliseconds(Int64(node)))
    case "crash": lab.crash(node)
    case "restart": lab.restart(node)
    case "logs":
      lab.log = lab.nodes.indices.map { place in
        let entries = lab.nodes[place]?.log.entries.map(\.description) ?? ["down"]
        return "#\(place): \(entries.joined(separator: ", "))"
      }
    default: throw Unknown(command: command)
    }
    return lab.log
  }
}
