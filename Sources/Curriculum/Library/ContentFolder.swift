import Foundation
import Kernel

/// Finds the content: lessons and cases are files, looked up when the program starts, so that an
/// edited lesson needs no rebuild.
public enum ContentFolder {
  /// The folder that holds `lessons/`, tried in this order: the given path, the environment variable
  /// `DRILLHALL_CONTENT`, `../share/drillhall` beside the executable, the folders above it.
  public static func locate(
    given: String?, environment: [String: String], executable: String?
  ) throws(Diagnostic) -> String {
    if let given { return try checked(given, named: "--content") }
    if let path = environment["DRILLHALL_CONTENT"], !path.isEmpty {
      return try checked(path, named: "DRILLHALL_CONTENT")
    }
    var tried: [String] = []
    if let executable {
      var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
        .deletingLastPathComponent()
      let share = folder.deletingLastPathComponent().appendingPathComponent("share/drillhall").path
      if holdsLessons(share) { return share }
      tried.append(share)
      for _ in 0..<6 {
        if holdsLessons(folder.path) { return folder.path }
        tried.append(folder.path)
        folder.deleteLastPathComponent()
      }
    }
    throw Diagnostic(
      "The lessons cannot be found. Tried: \(tried.joined(separator: ", ")).",
      expected: "a folder with 'lessons', named by --content or DRILLHALL_CONTENT")
  }

  private static func checked(_ path: String, named name: String) throws(Diagnostic) -> String {
    guard holdsLessons(path) else {
      throw Diagnostic(
        "\(name) names '\(path)', which holds no lessons.", found: path,
        expected: "a folder with 'lessons' and in it 'roadmap.yaml'")
    }
    return path
  }

  private static func holdsLessons(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/lessons/roadmap.yaml")
  }
}
