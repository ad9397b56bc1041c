import CReadline
import Glibc
import Presentation

/// Lines that a person types: editing, history, completion, by GNU readline.
///
/// Ctrl-C gives the line up, Ctrl-D on an empty line ends. While no line is edited, Ctrl-C sets
/// `Interruption.isRequested`, until the next line. What is pasted is never run before
/// Enter; a paste of several lines is several lines. There is one editor a process, used from
/// one thread, because readline keeps its state in globals.
public final class LineEditor: LineSource {
  /// Finds what a word could become: given the line and the cursor's place in it, in characters,
  /// whole words that the one before the cursor begins.
  ///
  /// Words are parted by spaces and semicolons. A completion that ends in `=` or `/` gets no
  /// space behind it.
  public typealias Completer = (_ line: String, _ cursor: Int) -> [String]

  private let complete: Completer
  private let isColoured: Bool
  private let output: Int32
  private var history: LineHistory
  /// Lines of a paste that are still to be handed out.
  private var pasted: [String] = []

  /// An editor on the terminal of standard input.
  ///
  /// The prompt goes to standard output, or to standard error when the output is redirected.
  public init(history: LineHistory, isColoured: Bool, complete: @escaping Completer) {
    self.history = history
    self.isColoured = isColoured
    self.complete = complete
    output = isatty(STDOUT_FILENO) == 1 ? STDOUT_FILENO : STDERR_FILENO
    Locale.adopt()
    // Between two lines Ctrl-C is a wish too, or one that comes a moment late would end a session.
    cinterruption_begin()
    let context = Unmanaged.passUnretained(self).toOpaque()
    creadline_open(
      "drillhall", output,
      { context, line, start, cursor in
        guard let context, let line else { return }
        let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
        editor.offer(String(cString: line), from: Int(start), to: Int(cursor))
      }, context)
  }

  deinit { creadline_close() }

  /// Shows the prompt and waits for a line.
  public func next(prompt: Text) -> LineEntry {
    if let line = pasted.popLast() {
      write(AnsiRenderer.line(prompt, isColoured: isColoured) + line + "\n")
      return accept(line)
    }
    creadline_clear_history()
    for line in history.lines { creadline_add_history(line) }
    var text: UnsafeMutablePointer<CChar>?
    switch creadline_read(marked(prompt), &text) {
    case CREADLINE_LINE:
      guard let text else { return .ended }
      defer { free(text) }
      var lines = SafeText.lines(String(cString: text), widensTabs: false).map { SafeText.line($0) }
      while lines.count > 1, lines.last == "" { lines.removeLast() }
      pasted = lines.reversed()
      return accept(pasted.popLast() ?? "")
    case CREADLINE_CANCELLED:
      return .cancelled
    default:
      write("\n")
      return .ended
    }
  }

  private func accept(_ line: String) -> LineEntry {
    history.add(line)
    return .line(line)
  }

  private func write(_ text: String) {
    var output = Output(descriptor: self.output)
    output.write(text)
  }

  /// The prompt with its escape sequences marked as taking no columns.
  private func marked(_ prompt: Text) -> String {
    var marked = String.UnicodeScalarView()
    var isEscape = false
    for scalar in AnsiRenderer.line(prompt, isColoured: isColoured).unicodeScalars {
      if scalar == "\u{1B}" {
        marked.append("\u{1}")
        isEscape = true
      }
      marked.append(scalar)
      if isEscape, scalar == "m" {
        marked.append("\u{2}")
        isEscape = false
      }
    }
    return String(marked)
  }

  /// Answers readline's question for completions; places are in bytes.
  private func offer(_ line: String, from start: Int, to cursor: Int) {
    let bytes = line.utf8
    let before = String(decoding: bytes.prefix(cursor), as: UTF8.self)
    let word = String(decoding: bytes.prefix(cursor).dropFirst(start), as: UTF8.self)
    for candidate in complete(line, before.count)
    where candidate.hasPrefix(word) && SafeText.line(candidate) == candidate {
      creadline_offer(candidate)
    }
  }
}
