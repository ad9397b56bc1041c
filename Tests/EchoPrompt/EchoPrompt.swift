import Glibc
import Presentation
import Terminal

/// A prompt that answers with what it was told, to try a terminal on.
@main struct EchoPrompt {
  private static let words = [
    "chart", "long", "quit", "rest", "set", "show", "shout", "stubborn", "width", "work",
  ]
  private static let knobs = ["placement=modulo", "placement=ring", "vnodes="]

  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    let isPlain = arguments.first == "--plain"
    if isPlain { arguments = arguments.dropFirst() }
    let screen = TerminalScreen(isPlain: isPlain)
    let lines: any LineSource =
      isatty(0) == 1
      ? LineEditor(
        history: LineHistory(path: arguments.first), isColoured: screen.style.isDrawn,
        complete: complete) : PipedLines()
    while !screen.isLost {
      switch lines.next(prompt: .strong("echo") + "> ") {
      case .ended: return screen.show(Document([.text("bye")]))
      case .cancelled: continue
      case .line("quit"): return
      case .line(let line): answer(line, on: screen)
      }
    }
  }

  private static func complete(_ line: String, _ cursor: Int) -> [String] {
    let before = line.prefix(cursor)
    return before.contains(" ") ? (before.hasPrefix("set ") ? knobs : []) : words
  }

  private static func answer(_ line: String, on screen: TerminalScreen) {
    switch line {
    case "": break
    case "width": screen.show(Document([.text("width is \(screen.style.width)")]))
    case "long": screen.show(Document((1...30).map { .code("line \($0)", language: nil) }))
    case "fail": screen.complain("That went wrong.")
    case "rest":
      screen.write("resting\n")
      usleep(400_000)
      screen.write("rested\n")
    case "work", "stubborn":
      Interruption.watching {
        screen.write("working\n")
        for _ in 0..<1_000 where line == "stubborn" || !Interruption.isRequested { usleep(10_000) }
      }
      screen.write(Interruption.isRequested ? "stopped early\n" : "done\n")
    default: screen.show(Document([.text("you said [\(line)]")]))
    }
  }
}
