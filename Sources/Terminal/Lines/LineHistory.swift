import Glibc
import Presentation

/// The lines that were entered before, kept in a file of the user's own.
///
/// A line is remembered once, at its latest place. The file is only ever appended to while a
/// session runs, so that two sessions do not wipe out each other's lines; it is shortened when it
/// is read. A file that cannot be read or written costs the memory of earlier sessions, nothing
/// else.
public struct LineHistory {
  /// The lines from the oldest to the latest.
  public private(set) var lines: [String] = []

  private let path: String?
  private let limit: Int

  /// How much of the end of the file is read, in bytes.
  private static let longestFile = 1 << 20

  /// The history in the file at `path`, or one that is forgotten at the end when nil.
  public init(path: String?, limit: Int = 1_000) {
    self.path = path
    self.limit = max(1, limit)
    guard let path, let text = Self.read(path) else { return }
    let all = text.split(separator: "\n")
    for line in all { remember(SafeText.line(String(line))) }
    if all.count > 2 * self.limit { rewrite(path) }
  }

  /// Adds a line at the end, unless it is blank or begins with a space.
  public mutating func add(_ line: String) {
    guard let first = line.first, !first.isWhitespace else { return }
    let isNews = lines.last != line
    remember(line)
    if isNews, let path { Self.append(line + "\n", to: path) }
  }

  private mutating func remember(_ line: String) {
    if let earlier = lines.lastIndex(of: line) { lines.remove(at: earlier) }
    lines.append(line)
    if lines.count > limit { lines.removeFirst() }
  }

  private static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard isRegular(file) else { return nil }
    let size = lseek(file, 0, SEEK_END)
    let start = max(0, Int(size) - longestFile)
    lseek(file, start, SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: Int(size) - start)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    let text = bytes[..<count]
    // The first line may have lost its beginning.
    let whole = start == 0 ? text : text.drop { $0 != UInt8(ascii: "\n") }
    return String(decoding: whole, as: UTF8.self)
  }

  private static func append(_ text: String, to path: String) {
    createFolder(of: path)
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
    let file = open(path, flags, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    guard isRegular(file) else { return }
    fchmod(file, 0o600)
    write(text, to: file)
  }

  /// Writes the shortened history beside the file and puts it in its place.
  private func rewrite(_ path: String) {
    let draft = "\(path).\(getpid())"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let isWritten = Self.write(lines.map { $0 + "\n" }.joined(), to: file)
    close(file)
    if !isWritten || rename(draft, path) != 0 { unlink(draft) }
  }

  @discardableResult
  private static func write(_ text: String, to file: Int32) -> Bool {
    let bytes = Array(text.utf8)
    return Glibc.write(file, bytes, bytes.count) == bytes.count
  }

  private static func isRegular(_ file: Int32) -> Bool {
    var status = stat()
    return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func createFolder(of path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    var folder = ""
    for part in parts {
      folder += part + "/"
      if !part.isEmpty { mkdir(folder, 0o700) }
    }
  }
}
