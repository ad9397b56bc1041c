import Curriculum
import Foundation
import Kernel
import Testing

/// Each fixture breaks good content in one way and names the complaint with its place.
///
/// `RECORD=1` writes the complaints anew; commit the difference only if you can explain it.
@Suite("Broken content is refused with its place") struct BrokenContentTests {
  struct Fixture: CustomTestStringConvertible, Sendable {
    let name: String
    let path: String
    var testDescription: String { name }

    static let all: [Fixture] = {
      let folder = ContentFixtures.folder + "/Broken"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasSuffix(".txt") }.sorted().map {
        Fixture(name: String($0.dropLast(4)), path: "\(folder)/\($0)")
      }
    }()
  }

  @Test func theBaseIsFine() throws {
    let base = try ContentFixtures.copyOfBase()
    defer { try? FileManager.default.removeItem(atPath: base) }
    let report = Prover.prove(try Library(root: base))
    #expect(report.complaints.map(\.description) == [])
    #expect(report.lessons == 1 && report.drills > 0 && report.cards == 2)
  }

  @Test func thereAreManyKinds() { #expect(Fixture.all.count >= 15) }

  @Test(arguments: Fixture.all) func isRefused(_ fixture: Fixture) throws {
    let text = try String(contentsOfFile: fixture.path, encoding: .utf8)
    let parts = text.components(separatedBy: "\n--- ")
    let file = parts[0].replacingOccurrences(of: "file: ", with: "")
    let old = parts[1].replacingOccurrences(of: "replace\n", with: "")
    let new = parts[2].dropFirst("with\n".count)
    let expected = String(parts[3].dropFirst("expect\n".count))

    let root = try ContentFixtures.copyOfBase()
    defer { try? FileManager.default.removeItem(atPath: root) }
    let path = root + "/" + file
    let good = try String(contentsOfFile: path, encoding: .utf8)
    try #require(good.contains(old), "the fixture replaces nothing")
    try good.replacingOccurrences(of: old, with: new)
      .write(toFile: path, atomically: true, encoding: .utf8)

    // Only what the file belongs to is proven again: the rest of the base is as it was.
    let isEstimate = file.contains("estimate")
    let complaints = ContentFixtures.complaints(root, paths: isEstimate ? [file] : ["lessons"])
    let found = complaints.joined(separator: "\n") + "\n"
    #expect(!complaints.isEmpty, "nobody complained")
    #expect(complaints.allSatisfy { $0.contains(":") }, "a complaint has no place")
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let head = parts[0...2].joined(separator: "\n--- ")
      try (head + "\n--- expect\n" + found)
        .write(toFile: fixture.path, atomically: true, encoding: .utf8)
    } else {
      #expect(found == expected)
    }
  }
}

/// Good content to break.
enum ContentFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

  static func copyOfBase() throws -> String {
    let root = NSTemporaryDirectory() + "content-" + UUID().uuidString
    try FileManager.default.copyItem(atPath: folder + "/Base", toPath: root)
    return root
  }

  /// What the prover says of the content at `root`, with paths as seen from there.
  static func complaints(_ root: String, paths: [String]) -> [String] {
    let complaints: [String]
    do {
      complaints = Prover.prove(try Library(root: root), paths: paths).complaints
        .map(\.description)
    } catch {
      complaints = ["\(error)"]
    }
    return complaints.map { $0.replacingOccurrences(of: root + "/", with: "") }
  }
}
