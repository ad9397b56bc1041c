import Foundation
import Kernel

/// Finds files in a lesson folder that nothing reads.
enum StrangerCheck {
  static func complaints(_ folder: LessonFolder) -> [Diagnostic] {
    let files = FileManager.default.subpaths(atPath: folder.path) ?? []
    return files.sorted().compactMap { file in
      let own =
        folder.isCase
        ? ["case.md", "estimate.est", "rubric.yaml", "cards.yaml", "drills", InterviewSample.name]
        : ["lesson.md", "cards.yaml", "drills"]
      let isKnown =
        own.contains(file) || isDesign(file, folder)
        || (file.hasPrefix("drills/") && file.hasSuffix(".yaml") && file.count { $0 == "/" } == 1)
      guard !isKnown else { return nil }
      return Diagnostic(
        "Nothing reads this file.", file: "\(folder.path)/\(file)", line: 1, found: file,
        expected: "\(own[0]), cards.yaml or drills/NAME.yaml")
    }
  }

  /// Whether the file is a design of a case.
  private static func isDesign(_ file: String, _ folder: LessonFolder) -> Bool {
    folder.isCase && file.hasSuffix(".yaml") && !file.contains("/")
  }
}
