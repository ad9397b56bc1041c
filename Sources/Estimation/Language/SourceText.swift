/// A text to be read, with where it comes from, so that complaints can name the place.
public struct SourceText: Sendable, Hashable {
  /// The text.
  public let text: String
  /// The file, for messages; nil for text typed at the prompt.
  public let file: String?
  /// The number of its first line; nil when a line number would say nothing.
  public let firstLine: Int?
  /// The text as bytes.
  let bytes: [UInt8]

  /// A text.
  public init(_ text: String, file: String? = nil, firstLine: Int? = nil) {
    self.text = text
    self.file = file
    self.firstLine = firstLine
    bytes = Array(text.utf8)
  }

  /// The words of a part.
  func text(_ range: SourceRange) -> String {
    String(decoding: bytes[range.start..<range.end], as: UTF8.self)
  }

  /// The line (from 1, within this text) and column (from 1, in characters) of an offset.
  func position(of offset: Int) -> (line: Int, column: Int) {
    let before = bytes[..<min(offset, bytes.count)]
    let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    let line = before.count { $0 == 10 } + 1
    return (line, String(decoding: before[start...], as: UTF8.self).count + 1)
  }

  /// The whole line that an offset stands in.
  func line(at offset: Int) -> String {
    let place = min(offset, bytes.count)
    let start = bytes[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let end = bytes[place...].firstIndex(of: 10) ?? bytes.count
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
