import Foundation
import Presentation
import Terminal

/// What long work is at, on one line of standard error that the next overwrites.
///
/// Nothing is shown where standard error is no terminal.
enum ProgressLine {
  static func show(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    var output = Output(descriptor: STDERR_FILENO)
    output.write("\r\u{1B}[K\(SafeText.line(text).prefix(78))")
  }
}
