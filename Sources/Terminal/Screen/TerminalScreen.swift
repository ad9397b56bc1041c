import Foundation
import Glibc
import Presentation

/// Where documents are shown: results on standard output, complaints on standard error.
public final class TerminalScreen {
  private let isPlain: Bool
  private let environment: [String: String]
  private var output: Output
  private var errors: Output

  /// A screen on the two outputs; `isPlain` is the flag `--plain`.
  public init(
    isPlain: Bool = false, output: Int32 = STDOUT_FILENO, errors: Int32 = STDERR_FILENO,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.isPlain = isPlain
    self.environment = environment
    self.output = Output(descriptor: output)
    self.errors = Output(descriptor: errors)
  }

  /// How results look now; the width follows the window.
  public var style: ScreenStyle { style(of: output.descriptor) }

  /// Whether nobody reads the results any more, so that a session may as well end.
  public var isLost: Bool { output.isLost }

  /// Whether results could not be written although somebody wants them: the disk is full.
  public var hasFailed: Bool { output.hasFailed }

  /// Whether a person sits at the screen: both standard input and the results are a terminal.
  public var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(output.descriptor) == 1 }

  /// Shows a result, through the user's pager when it is longer than the screen.
  ///
  /// Set `pages` to false for what should stay above the next prompt in any case.
  public func show(_ document: Document, pages: Bool = true) {
    let text = style.renderer.render(document)
    if pages, isInteractive, let rows = Self.window(output.descriptor)?.rows,
      text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= rows,
      Pager(environment: environment)?.show(text) == true
    {
      return
    }
    output.write(text)
  }

  /// Writes text as it is, such as one JSON document.
  public func write(_ text: String) { output.write(text) }

  /// Shows a complaint on standard error.
  public func complain(_ document: Document) {
    errors.write(style(of: errors.descriptor).renderer.render(document))
  }

  /// Shows a complaint of one paragraph on standard error.
  public func complain(_ sentence: String) { complain(Document([.text(sentence)])) }

  private func style(of descriptor: Int32) -> ScreenStyle {
    ScreenStyle(
      isPlain: isPlain, isTerminal: isatty(descriptor) == 1,
      reportedWidth: Self.window(descriptor)?.columns, environment: environment)
  }

  private static func window(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
      return nil
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
