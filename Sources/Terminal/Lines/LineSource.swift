import Presentation

/// What came of asking for a line.
public enum LineEntry: Sendable, Hashable {
  /// A line was entered; it holds no line feed and no control character.
  case line(String)
  /// The line was given up with Ctrl-C.
  case cancelled
  /// There will be no more lines: Ctrl-D, or the end of the input.
  case ended
}

/// Where the lines of a session come from: a person, a pipe, or a test.
public protocol LineSource: AnyObject {
  /// Asks with `prompt` and waits for the next line.
  func next(prompt: Text) -> LineEntry
}

/// Lines that are known beforehand, for tests and scripts.
public final class ScriptedLines: LineSource {
  private var entries: [LineEntry]

  /// The lines of `script`, one after the other, and then the end.
  public convenience init(_ script: String) {
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    self.init(lines.map { .line(SafeText.line(String($0))) })
  }

  /// The entries one after the other, and then the end.
  public init(_ entries: [LineEntry]) { self.entries = entries.reversed() }

  /// The next entry; the prompt is not shown.
  public func next(prompt: Text) -> LineEntry { entries.popLast() ?? .ended }
}
