import Foundation
import Kernel
import Presentation
import Terminal
import Workbench

/// One start of the program: a command from the command line, or the prompt.
struct Launch {
  let store: String?
  let content: String?
  let isPlain: Bool
  let words: [String]

  /// Exit statuses: done, what was asked about falls short, the call or its input is wrong.
  private enum Status {
    static let done: Int32 = 0
    static let fallsShort: Int32 = 1
    static let wrong: Int32 = 2
  }

  func run() -> Int32 {
    let screen = TerminalScreen(isPlain: isPlain)
    let status = run(on: screen)
    guard screen.hasFailed else { return status }
    screen.complain("The results could not be written to standard output; is the disk full?")
    return Status.wrong
  }

  private func run(on screen: TerminalScreen) -> Int32 {
    let opening = Self.opening(store: store, content: content)
    do {
      let surroundings = Surroundings.system(
        isInterrupted: { Interruption.isRequested }, progress: { ProgressLine.show($0) },
        interviewClock: isatty(STDIN_FILENO) == 1 ? .real : .typing, facts: facts(of: screen))
      if let reply = try opening.quickReply(to: words, surroundings) { return show(reply, screen) }
      let (session, complaint) = try opening.session(surroundings)
      if session.opensPrompt(words) {
        return try prompt(session, screen, opening, complaint)
      }
      if let complaint {
        guard session.canDoWithoutStore(words) else { throw complaint }
        screen.complain("\(complaint)")
      }
      return try call(session, screen)
    } catch {
      screen.complain(Self.document(error))
      return Status.wrong
    }
  }

  /// Where content and progress are looked for.
  static func opening(store: String?, content: String?) -> Opening {
    Opening(
      content: content, store: store, environment: ProcessInfo.processInfo.environment,
      executable: executable)
  }

  private static func document(_ error: any Error) -> Document {
    (error as? Diagnostic).map { Document($0) } ?? Document([.text("\(error)")])
  }

  private func call(_ session: Session, _ screen: TerminalScreen) throws -> Int32 {
    show(try Interruption.watching { try session.call(words) }, screen)
  }

  private func show(_ reply: Reply, _ screen: TerminalScreen) -> Int32 {
    if let json = reply.json {
      screen.write(json.hasSuffix("\n") ? json : json + "\n")
    } else {
      screen.show(reply.document)
    }
    return reply.fallsShort ? Status.fallsShort : Status.done
  }

  private func prompt(
    _ session: Session, _ screen: TerminalScreen, _ opening: Opening, _ complaint: Diagnostic?
  ) throws -> Int32 {
    if let complaint {
      screen.complain("\(complaint)")
      screen.complain("Going on all the same; what you do now ends with the program.")
    }
    let lines = self.lines(session, screen, opening)
    if words.isEmpty {
      screen.show(try session.welcome(), pages: false)
    } else {
      screen.show(try session.handle(words.joined(separator: " ")).document, pages: false)
    }
    var status = Status.done
    while true {
      switch lines.next(prompt: Text([.strong(session.promptName), .plain("> ")])) {
      case .ended: return status
      case .cancelled: continue
      case .line(let line):
        do {
          let reply = try Interruption.watching { try session.handle(line) }
          if let json = reply.json {
            screen.write(json)
          } else {
            screen.show(reply.document, pages: false)
          }
          if reply.leaves || screen.isLost { return status }
        } catch {
          screen.complain(Self.document(error))
          if !screen.isInteractive { status = Status.wrong }
        }
      }
    }
  }

  /// Where the lines come from: a person at a terminal, else whatever standard input holds.
  private func lines(
    _ session: Session, _ screen: TerminalScreen, _ opening: Opening
  ) -> any LineSource {
    guard isatty(STDIN_FILENO) == 1 else {
      return PipedLines { prompt, line in screen.write("\(prompt.plain)\(line)\n") }
    }
    let history = LineHistory(path: opening.historyPath)
    return LineEditor(history: history, isColoured: screen.style.isDrawn) { line, cursor in
      session.completions(for: String(line.prefix(cursor)))
    }
  }

  private func facts(of screen: TerminalScreen) -> [(name: String, value: String)] {
    let style = screen.style
    return [
      ("screen", "\(style.width) columns, \(style.isDrawn ? "colour and drawing" : "plain")"),
      ("input", isatty(STDIN_FILENO) == 1 ? "a terminal" : "no terminal"),
    ]
  }

  private static var executable: String? {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? Bundle.main.executablePath
  }
}
