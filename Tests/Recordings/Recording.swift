import Foundation
import Testing

/// One recorded experiment on a real server: what was set up, done and seen.
package struct Recording: Sendable, CustomTestStringConvertible {
  package let name: String
  package let configuration: JSONText
  package let steps: JSONText
  package let observed: JSONText
  package let bounds: JSONText

  package var testDescription: String { name }

  /// Every recording whose file name begins with `family`; more may be there than were seen.
  package static func family(_ family: String) -> [Recording] { Self.family(family, in: folder) }

  /// Every recording of `folder` whose file name begins with `family`.
  package static func family(_ family: String, in folder: URL) -> [Recording] {
    let all =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)) ?? []
    return all.filter {
      $0.lastPathComponent.hasPrefix(family) && $0.pathExtension == "json"
    }.sorted { $0.path < $1.path }.map(Recording.init)
  }

  /// Whether there are recordings at all; without them conformance tests are skipped.
  package static let areThere = !family("etcd-").isEmpty

  /// The folder is named by `DRILLHALL_DATA`, or is `../shared/data` beside the repository.
  private static let folder: URL = {
    let root =
      ProcessInfo.processInfo.environment["DRILLHALL_DATA"].map { URL(fileURLWithPath: $0) }
      ?? (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
      }.appendingPathComponent("../shared/data").standardized
    return root.appendingPathComponent("conformance")
  }()

  /// A file that cannot be read has no steps, and its test says so.
  private init(_ file: URL) {
    name = file.deletingPathExtension().lastPathComponent
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let json = (try? JSONReader.read(text)) ?? .null
    configuration = json["configuration"] ?? .null
    steps = json["steps"] ?? .null
    observed = json["observed"] ?? .null
    bounds = json["bounds"] ?? .null
  }

  /// All of the configuration as one line of text, for what is written there as prose.
  package var setting: String {
    configuration.members.compactMap { member in
      member.value.string.map { "\(member.name): \($0)" }
    }.joined(separator: "; ")
  }
}
