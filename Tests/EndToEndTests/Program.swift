import Foundation
import PtySupport

/// The program under test: the release build where `DRILLHALL_RELEASE` names its folder, else the
/// one that is built beside the tests.
enum Program {
  static let path: String = {
    if let folder = ProcessInfo.processInfo.environment["DRILLHALL_RELEASE"] {
      let release = folder + "/drillhall"
      if FileManager.default.isExecutableFile(atPath: release) { return release }
    }
    return PtySession.product("drillhall")
  }()

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// A folder of its own for a test, taken away afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "drillhall-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  struct Ended {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs the program with `arguments` and `input` piped in, and waits for its end.
  ///
  /// `device` takes its results instead of a file.
  static func run(
    _ arguments: [String], input: String = "", store: String, into device: String? = nil
  ) throws -> Ended {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments + ["--store", store, "--content", root]
    let folder = URL(fileURLWithPath: store).deletingLastPathComponent()
    let name = UUID().uuidString
    let files = ["in", "out", "err"].map { folder.appendingPathComponent("\(name).\($0)") }
    try Data(input.utf8).write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(
      forWritingTo: device.map { URL(fileURLWithPath: $0) } ?? files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return Ended(
      status: process.terminationStatus,
      output: try String(contentsOf: files[1], encoding: .utf8),
      errors: try String(contentsOf: files[2], encoding: .utf8))
  }
}
