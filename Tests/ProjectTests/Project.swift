import Foundation

/// The project's own files, for the tests that hold its rules.
enum Project {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Targets in which nothing may know the world outside a run.
  static let deterministic = [
    "Kernel", "Patterns", "Simulation", "Verification", "Recall", "Presentation", "Drills",
  ]

  /// The files below `folder` with one of these endings, as paths from the root.
  static func files(in folder: String, _ endings: [String]) -> [String] {
    let all = FileManager.default.subpaths(atPath: root + "/" + folder) ?? []
    return all.filter { file in endings.contains { file.hasSuffix($0) } }
      .map { "\(folder)/\($0)" }.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: root + "/" + path, encoding: .utf8)
  }

  static func lines(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The modules that a file imports.
  static func imports(_ path: String) throws -> [String] {
    try lines(path).compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
      else { return nil }
      return String(words[place + 1])
    }
  }

  /// The table of `Sources/README.md`: target to the modules it may import.
  static func importTable() throws -> [String: [String]] {
    var table: [String: [String]] = [:]
    for line in try lines("Sources/README.md") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      let modules = cells[3].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      table[cells[1].replacingOccurrences(of: "`", with: "")] = modules
    }
    return table
  }
}
