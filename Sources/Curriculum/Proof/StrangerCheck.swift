import Foundation
import Kernel

/// Finds files in a lesson folder that nothing reads.
enum StrangerCheck {
  static func complaints(_ folder: LessonFolder) -> [Diagnostic] {
    let files = FileManager.default.subpaths(atPath: folder.path) ?? []
    return files.sorted().compactMap { file in
      let isKnown =
        ["lesson.md", "cards.yaml", "drills"].contains(file)
        || (file.hasPrefix("drills/") && file.hasSuffix(".yaml") && file.count { $0 == "/" } == 1)
      guard !isKnown else { return nil }
      return Diagnostic(
        "Nothing reads this file.", file: "\(folder.path)/\(file)", line: 1, found: file,
        expected: "lesson.md, cards.yaml or drills/NAME.yaml")
    }
  }
}
