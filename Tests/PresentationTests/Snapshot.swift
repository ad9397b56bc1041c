import Foundation
import Testing

/// Compares text with a file beside the tests; `RECORD=1` writes the file anew.
enum Snapshot {
  /// Records an issue when `text` is not what `name` holds.
  ///
  /// A file that is missing is written, and the test fails that once, so that nobody takes a new
  /// snapshot for a checked one.
  static func expect(
    _ text: String, matches name: String, at location: SourceLocation = #_sourceLocation
  ) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Snapshots")
    let file = folder.appendingPathComponent(name)
    let known = try? String(contentsOf: file, encoding: .utf8)
    let records = ProcessInfo.processInfo.environment["RECORD"] == "1"
    if records || known == nil { try text.write(to: file, atomically: true, encoding: .utf8) }
    if known == nil {
      Issue.record("there was no \(name); it is written now, look at it", sourceLocation: location)
    } else if !records {
      #expect(known == text, "\(name) differs", sourceLocation: location)
    }
  }
}
