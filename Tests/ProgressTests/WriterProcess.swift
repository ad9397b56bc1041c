import Foundation
import Glibc

/// A `ProgressWriter` in a process of its own.
final class WriterProcess {
  private let process = Process()
  private let output = Pipe()
  private let complaints = Pipe()

  /// The executable, built beside the tests.
  static let executable: URL? = {
    let arguments = CommandLine.arguments
    var places = [arguments[0]]
    if let flag = arguments.firstIndex(of: "--test-bundle-path"), flag + 1 < arguments.count {
      places.append(arguments[flag + 1])
    }
    let files = places.map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("ProgressWriter")
    }
    return files.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  init(_ arguments: [String]) throws {
    guard let executable = Self.executable else { throw CocoaError(.fileNoSuchFile) }
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = complaints
    try process.run()
  }

  /// Waits until it has acknowledged so many events or ended; returns what it said so far.
  func wait(forEvents count: Int) -> Data {
    var said = Data()
    while said.count < count * 33 {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      said += more
    }
    return said
  }

  /// Kills it without warning; returns the ids it acknowledged in all.
  func kill(having said: Data) -> [String] {
    Glibc.kill(process.processIdentifier, SIGKILL)
    return finish(having: said).ids
  }

  /// Waits for its end.
  func finish(having said: Data = Data()) -> (ids: [String], complaint: String, status: Int32) {
    let rest = (try? output.fileHandleForReading.readToEnd()) ?? nil
    let complaint = (try? complaints.fileHandleForReading.readToEnd()) ?? nil
    process.waitUntilExit()
    let lines = String(decoding: said + (rest ?? Data()), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return (
      lines.map(String.init), String(decoding: complaint ?? Data(), as: UTF8.self),
      process.terminationStatus
    )
  }
}
