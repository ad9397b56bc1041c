import Foundation

/// The recorded behaviour of real servers, where there is a folder with it.
enum ShardingRecordings {
  /// The folder: `DRILLHALL_DATA`, else `shared/data` beside the repository.
  static let folder: URL = {
    if let named = ProcessInfo.processInfo.environment["DRILLHALL_DATA"] {
      return URL(fileURLWithPath: named).appendingPathComponent("conformance")
    }
    var root = URL(fileURLWithPath: #filePath)
    // Tests/PatternsTests/Sharding/Recordings.swift
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.deletingLastPathComponent().appendingPathComponent("shared/data/conformance")
  }()

  /// The files of a family, such as `redis-cluster-keyslot`, by name; none where there is no folder.
  static func files(_ family: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasPrefix(family) && $0.hasSuffix(".json") }.sorted()
  }

  /// The files of a family among those that lie beside this one, with the script that made them.
  static func own(_ family: String) -> [String] {
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Recordings")
    let all = (try? FileManager.default.contentsOfDirectory(atPath: beside.path)) ?? []
    return all.filter { $0.hasPrefix(family) && $0.hasSuffix(".json") }.sorted().map {
      beside.appendingPathComponent($0).path
    }
  }

  /// One recording, read.
  static func read(_ file: String) throws -> [String: Any] {
    let url =
      file.hasPrefix("/") ? URL(fileURLWithPath: file) : folder.appendingPathComponent(file)
    let data = try Data(contentsOf: url)
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw Unreadable("\(file) holds no object")
    }
    return object
  }

  /// A recording that says something this test cannot act on: never skipped, always a failure.
  struct Unreadable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }
}
