import Glibc
import Presentation

/// Lines from an input that is no terminal: a pipe or a file.
public final class PipedLines: LineSource {
  private let descriptor: Int32
  private let echo: ((Text, String) -> Void)?
  private var buffer: [UInt8] = []
  private var hasEnded = false

  /// The longest line in bytes; the rest of a longer one is dropped.
  public static let longestLine = 1 << 20

  /// Lines read from `descriptor`, standard input unless told otherwise.
  ///
  /// `echo` is called with each prompt and line, for sessions whose output is to read like a
  /// transcript.
  public init(descriptor: Int32 = 0, echo: ((Text, String) -> Void)? = nil) {
    self.descriptor = descriptor
    self.echo = echo
  }

  /// The next line without its end, repaired where it is not UTF-8.
  public func next(prompt: Text) -> LineEntry {
    guard let bytes = nextLine() else { return .ended }
    let line = SafeText.line(String(decoding: bytes, as: UTF8.self))
    echo?(prompt, line)
    return .line(line)
  }

  private func nextLine() -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        line += buffer[..<end]
        buffer.removeSubrange(...end)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return Array(line.prefix(Self.longestLine))
      }
      line += buffer
      if line.count > Self.longestLine { line.removeSubrange(Self.longestLine...) }
      buffer = []
      if hasEnded { return line.isEmpty ? nil : line }
      fill()
    }
  }

  private func fill() {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      buffer += chunk[..<count]
    } else if count == 0 || errno != EINTR {
      hasEnded = true
    }
  }
}
