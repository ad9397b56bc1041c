import ArgumentParser
import Foundation
import Workbench

/// The program: reads the options that hold for every command and hands the rest on.
@main struct Drillhall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drillhall",
    abstract: "A workbench for system-design interviews: mechanisms to poke, break and measure.",
    discussion: "Without a command the prompt opens. 'drillhall help' lists the commands.",
    version: "drillhall \(ProgramVersion.text)",
    helpNames: [])

  @Option(
    help: "The progress store; by default in the user's data folder.", completion: .file())
  var store: String?

  @Option(help: "The folder that holds the lessons.", completion: .directory)
  var content: String?

  @Flag(help: "No colour and no drawing: for pipes and screen readers.")
  var plain = false

  @Argument(
    parsing: .allUnrecognized, help: "The command and what it takes.",
    completion: .custom(Self.offers))
  var words: [String] = []

  /// Parses the options and runs; a call that cannot be read has the status of wrong input, 2.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let isWrong = exitCode(for: error) != .success
      FileHandle(fileDescriptor: isWrong ? STDERR_FILENO : STDOUT_FILENO)
        .write(Data((fullMessage(for: error) + "\n").utf8))
      Foundation.exit(isWrong ? 2 : 0)
    }
  }

  /// What the shell's Tab offers: the same words as Tab at the prompt.
  private static func offers(_ words: [String], _ index: Int, _ start: String) -> [String] {
    Launch.opening(store: nil, content: nil).completions(of: words, at: index, start)
  }

  func run() throws {
    let launch = Launch(store: store, content: content, isPlain: plain, words: words)
    Foundation.exit(launch.run())
  }
}
