import Foundation
import Kernel
import Testing

@testable import Estimation

/// Wrong programs with what is said of them: `Wrong/NAME.est` and `Wrong/NAME.txt`.
///
/// `RECORD=1` writes the messages anew; read them as a tired learner would before you commit them.
@Suite("Wrong programs are refused at the right word") struct WrongProgramsTests {
  static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Wrong")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".est") }.map { String($0.dropLast(4)) }.sorted()
  }()

  static func program(_ name: String) throws -> SourceText {
    let file = folder.appendingPathComponent(name + ".est")
    return SourceText(try String(contentsOf: file, encoding: .utf8), firstLine: 1)
  }

  @Test("There are at least 70 of them") func thereAreMany() { #expect(Self.names.count >= 70) }

  @Test("Each is refused in the words beside it", arguments: names)
  func isRefused(_ name: String) throws {
    let complaints = Programs.complaints(of: try Self.program(name))
    let text = complaints.map(Self.shown).joined(separator: "\n")
    #expect(!complaints.isEmpty, "nobody complained")
    for complaint in complaints {
      let diagnostic = complaint.diagnostic
      #expect(diagnostic.line != nil && diagnostic.column != nil, "\(diagnostic) has no place")
      let excerpt = try #require(diagnostic.excerpt)
      #expect(excerpt.column + excerpt.length - 1 <= max(excerpt.line.count, excerpt.column))
    }
    let file = Self.folder.appendingPathComponent(name + ".txt")
    let known = try? String(contentsOf: file, encoding: .utf8)
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(known == text)
    }
  }

  /// The reasons that no file can reach: they need a formula with named parameters, a broken
  /// reference, or more lines than anybody reads.
  static let beyondFiles: Set<String> = [
    "missingArgument", "argumentTwice", "reference", "longChain",
  ]

  @Test("Every reason to complain is met by some program") func everyReasonIsMet() throws {
    var met: Set<String> = []
    for name in Self.names {
      for complaint in Programs.complaints(of: try Self.program(name)) {
        met.insert("\(complaint.reason)".prefix { $0 != "(" }.description)
      }
    }
    #expect(try Self.reasons().subtracting(met).sorted() == Self.beyondFiles.sorted())
  }

  /// The cases of `EstimateComplaint.Reason`, as the source lists them.
  static func reasons() throws -> Set<String> {
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Sources/Estimation/Complaints/EstimateComplaint.swift")
    let text = try String(contentsOf: file, encoding: .utf8)
    let lines = text.components(separatedBy: "enum Reason")[1].components(separatedBy: "\n  }")[0]
    var names: Set<String> = []
    for line in lines.split(separator: "\n").map({ $0.drop { $0 == " " } })
    where line.hasPrefix("case ") {
      let list = line.dropFirst(5)
      let isPlain = !list.contains("(")
      for name in isPlain ? list.split(separator: ",") : [list.prefix { $0 != "(" }] {
        names.insert(name.filter { $0 != " " })
      }
    }
    return names
  }

  /// The complaint as the screen shows it: the paragraph, the line, and a mark below it.
  private static func shown(_ complaint: EstimateComplaint) -> String {
    let diagnostic = complaint.diagnostic
    guard let excerpt = diagnostic.excerpt else { return diagnostic.description + "\n" }
    let mark =
      String(repeating: " ", count: excerpt.column - 1)
      + String(repeating: "^", count: excerpt.length)
    return "\(diagnostic.description)\n  \(excerpt.line)\n  \(mark)\n"
  }
}
