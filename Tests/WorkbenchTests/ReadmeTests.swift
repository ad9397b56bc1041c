import Curriculum
import Drills
import Estimation
import Foundation
import Testing
import Workbench

/// What the README says of the program is generated: `RECORD=1` writes it anew.
@Suite("The README") struct ReadmeTests {
  private static let path = Transcript.root + "/README.md"

  /// The generated parts by their names.
  private static func parts() throws -> [(name: String, text: String)] {
    let library = try Library(root: Transcript.root)
    let drills = library.drillIDs.count
    let cards = try library.topics.map { try library.cards(of: $0).count }.reduce(0, +)
    let steps = try library.topics.map { try library.lesson($0).steps.count }.reduce(0, +)
    let presets = TopicRegistry.topics.flatMap(\.presets).count
    let shelf = library.estimates
    let constants = try shelf.reference.content().constants.count
    let counts =
      "\(library.topics.count) topics with \(steps) steps, \(drills) drills, \(cards) cards and "
      + "\(presets) presets of real tools; \(shelf.problemIDs.count) kinds of estimation problems, "
      + "\(try shelf.flaws().count) flawed estimates, \(constants) numbers with their sources and "
      + "\(FunctionPages.all.count) functions so far; every one proven by `drillhall check` or a test."
    let session = try String(
      contentsOfFile: Transcript.folder + "/Transcripts/readme.txt", encoding: .utf8)
    let shown = session.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces).isEmpty ? "" : String($0) }
    return [
      ("counts", counts), ("commands", CommandTable.markdown),
      ("transcript", "```\n" + shown.joined(separator: "\n") + "\n```"),
    ]
  }

  @Test func isGenerated() throws {
    var readme = try String(contentsOfFile: Self.path, encoding: .utf8)
    for part in try Self.parts() {
      let begin = "<!-- \(part.name) -->\n"
      let end = "\n<!-- end of \(part.name) -->"
      let first = try #require(readme.range(of: begin), "no \(begin)")
      let last = try #require(readme.range(of: end), "no \(end)")
      if ProcessInfo.processInfo.environment["RECORD"] == nil {
        #expect(String(readme[first.upperBound..<last.lowerBound]) == part.text)
      }
      readme.replaceSubrange(first.upperBound..<last.lowerBound, with: part.text)
    }
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try readme.write(toFile: Self.path, atomically: true, encoding: .utf8)
    }
  }
}
