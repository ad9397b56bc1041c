import Foundation
import Kernel
import Testing
import Verification

/// One history recorded from a real system, with its known verdict.
struct RecordedFile: Sendable, CustomTestStringConvertible {
  /// The path below the folder of histories.
  let path: String
  let isLinearizable: Bool

  var testDescription: String { path }

  /// Every history that has a verdict.
  static let all: [RecordedFile] = {
    let table = try? String(
      contentsOf: folder.appendingPathComponent("verdicts.csv"), encoding: .utf8)
    return (table ?? "").split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      return RecordedFile(path: String(fields[0]), isLinearizable: fields[1] == "linearizable")
    }
  }()

  /// Whether there are recordings at all; without them their tests are skipped.
  static let areThere = !all.isEmpty

  /// The folder is named by `DRILLHALL_DATA`, or is `../shared/data` beside the repository.
  private static let folder: URL = {
    let root =
      ProcessInfo.processInfo.environment["DRILLHALL_DATA"].map { URL(fileURLWithPath: $0) }
      ?? (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
      }.appendingPathComponent("../shared/data").standardized
    return root.appendingPathComponent("histories")
  }()

  var text: String {
    get throws { try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8) }
  }

  /// Whether it was recorded from a store with keys, and not from a single register.
  var hasKeys: Bool { path.hasPrefix("key-value/") }

  /// The history of a single register.
  func registerHistory() throws -> OperationHistory<RegisterAction> {
    path.hasSuffix(".log") ? try JepsenLogReader.read(text) : try EDNHistoryReader.read(text)
  }
}
