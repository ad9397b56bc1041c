import Foundation
import Testing

@Suite("The house rules") struct ArchitectureTests {
  @Test func importsFollowTheTable() throws {
    let table = try Project.importTable()
    for file in Project.files(in: "Sources", [".swift"]) {
      let target = String(file.split(separator: "/")[1])
      let allowed = try #require(table[target], "Sources/README.md does not know \(target)")
      for module in try Project.imports(file) {
        #expect(allowed.contains(module), "\(file) imports \(module)")
      }
    }
  }

  @Test func theTableHasNoCycles() throws {
    let table = try Project.importTable()
    func reaches(_ from: String, _ to: String, _ seen: Set<String>) -> Bool {
      (table[from] ?? []).contains { next in
        next == to || (!seen.contains(next) && reaches(next, to, seen.union([next])))
      }
    }
    for target in table.keys { #expect(!reaches(target, target, []), "\(target) imports itself") }
  }

  @Test func deterministicTargetsKnowNothingOutside() throws {
    let banned = [
      "import Foundation", "import Glibc", "Date(", "UUID(", "SystemRandomNumberGenerator",
      ".random(in:", ".randomElement(", ".shuffled()", "Task.sleep", "ContinuousClock",
      "String(format:", "print(", "Hasher()", ".hashValue",
    ]
    for target in Project.deterministic {
      for file in Project.files(in: "Sources/\(target)", [".swift"]) {
        for (number, line) in try Project.lines(file).enumerated() {
          let code = line.components(separatedBy: "//")[0]
          for word in banned {
            #expect(!begins(word, in: code), "\(file):\(number + 1) has '\(word)'")
          }
        }
      }
    }
  }

  /// Whether `word` stands in `code` other than as the end of a longer name.
  private func begins(_ word: String, in code: String) -> Bool {
    code.ranges(of: word).contains { range in
      range.lowerBound == code.startIndex || word.first?.isLetter != true
        || !code[code.index(before: range.lowerBound)].isLetter
    }
  }

  @Test func nothingTrapsWithoutAReason() throws {
    let banned = ["try!", "as! ", "fatalError()", "FIXME", "TODO", "XXX"]
    for file in Project.files(in: "Sources", [".swift", ".c", ".h"]) {
      for (number, line) in try Project.lines(file).enumerated() {
        for word in banned {
          #expect(!line.contains(word), "\(file):\(number + 1) has '\(word)'")
        }
      }
    }
  }

  @Test func filesHaveOneSubject() throws {
    for file in Project.files(in: "Sources", [".swift"]) {
      let count = try Project.lines(file).count
      #expect(count <= 310, "\(file) has \(count) lines")
    }
  }

  /// Every file belongs to something: a target of the manifest, a lesson folder, the top level.
  @Test func everyFileIsReached() throws {
    let manifest = try Project.text("Package.swift")
    for top in ["Sources", "Tests"] {
      let folders = try FileManager.default.contentsOfDirectory(
        atPath: Project.root + "/" + top)
      for folder in folders.sorted() where folder != "README.md" && !folder.hasPrefix(".") {
        #expect(manifest.contains("\"\(folder)\""), "\(top)/\(folder) is in no target")
      }
    }
    let known = [
      ".ci", ".gitignore", ".swift-format", "Makefile", "Package.swift", "README.md", "Sources",
      "Tests", "cases", "lessons",
    ]
    let top = try FileManager.default.contentsOfDirectory(atPath: Project.root)
    for file in top where !file.hasPrefix(".build") && file != ".git" {
      #expect(known.contains(file) || file == "Package.resolved", "\(file) at the top level")
    }
  }

  @Test func noMachineIsNamed() throws {
    let banned = ["/work/", "/root/", "/opt/", "/home/"]
    let files =
      Project.files(in: "Sources", [".swift", ".c", ".h", ".md"])
      + Project.files(in: "lessons", [".md", ".yaml"])
      + ["README.md", "Makefile", "Package.swift"]
    for file in files where FileManager.default.fileExists(atPath: Project.root + "/" + file) {
      let text = try Project.text(file)
      for word in banned { #expect(!text.contains(word), "\(file) has '\(word)'") }
    }
  }
}
