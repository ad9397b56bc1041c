import Curriculum
import Foundation
import Kernel
import Presentation
import Progress
import Testing
import Workbench

/// A session played line by line and compared with a file: `> line`, then what came out.
///
/// `RECORD=1` writes the files anew; commit the difference only if you can explain it.
struct Transcript: CustomTestStringConvertible, Sendable {
  let name: String
  let path: String
  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
  static let root = URL(fileURLWithPath: folder).deletingLastPathComponent()
    .deletingLastPathComponent().path

  static let all: [Transcript] = {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder + "/Transcripts")) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted().map {
      Transcript(name: String($0.dropLast(4)), path: "\(folder)/Transcripts/\($0)")
    }
  }()

  /// The lines to type: those that begin with `> `.
  static func inputs(_ text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) }
  }

  /// A session on the real content with an empty memory and a clock that stands still.
  static func session() throws -> Session {
    let store = try ProgressStore.inMemory(device: "test", clock: { 1_767_225_600_000 })
    let surroundings = Surroundings(read: { path in
      let file = "\(folder)/Histories/\(path)"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw Diagnostic("There is no such file.", file: path)
      }
      return text
    })
    return Session(library: try Library(root: root), store: store, surroundings: surroundings)
  }

  /// Plays `inputs` and writes the transcript.
  static func play(_ inputs: [String], in session: Session) -> String {
    let renderer = AnsiRenderer(width: 80, isColoured: false)
    var lines: [String] = []
    for input in inputs {
      lines.append("> \(input)")
      do {
        let reply = try session.handle(input)
        lines.append(reply.json ?? renderer.render(reply.document))
      } catch {
        lines.append("! \(error)\n")
      }
    }
    let text = lines.joined(separator: "\n")
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
      .joined(separator: "\n")
  }
}

@Suite("Sessions, line by line") struct TranscriptTests {
  @Test(arguments: Transcript.all) func plays(_ transcript: Transcript) throws {
    let text = try String(contentsOfFile: transcript.path, encoding: .utf8)
    let played = Transcript.play(Transcript.inputs(text), in: try Transcript.session())
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try played.write(toFile: transcript.path, atomically: true, encoding: .utf8)
    } else {
      #expect(played == text)
    }
    for line in played.split(separator: "\n") where !line.hasPrefix(">") {
      let isToken = line.contains(":1:") || line.contains("token")
      #expect(line.count <= 80 || line.hasPrefix("!") || isToken, "wider than 80: \(line)")
    }
  }

  @Test func thereAreTranscripts() { #expect(Transcript.all.count >= 5) }
}
