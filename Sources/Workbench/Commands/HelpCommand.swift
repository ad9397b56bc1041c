import Drills
import Kernel
import Presentation

/// `help`: the commands, one command, or the commands of the open bench.
struct HelpCommand: Command {
  let spec = CommandSpec(
    "help", aliases: ["?"], .tending,
    arguments: [.init("COMMAND", isOptional: true, isRest: true, completion: .commands)],
    examples: [("help drill run", "one command"), ("help bench", "the open bench's commands")],
    "Lists the commands, or explains one.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let words = call.text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard !words.isEmpty else { return Reply(all()) }
    if words == ["bench"] {
      guard let bench = session.desk.openBench else {
        throw session.desk.refusal("No bench is open here. 'try TOPIC' opens one.")
      }
      return Reply(Document([BenchView.commands(bench)]))
    }
    guard let (command, count) = CommandRegistry.find(words) else {
      if let own = session.desk.help(of: words[0]) { return Reply(own) }
      if words.count == 1, !CommandRegistry.continuations(of: words[0]).isEmpty {
        return Reply(Document([Self.table(beginning: words[0])]))
      }
      throw Diagnostic.unknown(
        "command", words.joined(separator: " "), known: CommandRegistry.words
      ).listed(by: "help")
    }
    // `help drill lst` is about a command that there is not.
    if count == 1, words.count > 1, let wrong = CommandRegistry.incomplete(words) { throw wrong }
    return help(of: command)
  }

  /// One command: usage, options, examples.
  func help(of command: any Command) -> Reply {
    let spec = command.spec
    var document = Document([.text(spec.usage), .text(spec.summary)])
    if !spec.options.isEmpty {
      document.add(
        .table(
          Table(
            [.init("option"), .init("what it does")],
            spec.options.map { option in
              [
                .code([option.name, option.value ?? ""].joined(separator: " ")),
                Text(option.summary),
              ]
            })))
    }
    for example in spec.examples {
      document.add(
        .paragraph(Text([.code(example.line), .toned("  \(example.effect)", .quiet)])))
    }
    if !spec.aliases.isEmpty {
      document.add(.text("Also: \(spec.aliases.joined(separator: ", "))."))
    }
    if !CommandRegistry.continuations(of: spec.name).isEmpty {
      document.add(Self.table(beginning: spec.name))
    }
    return Reply(document)
  }

  /// The commands of two words that begin with `first`.
  private static func table(beginning first: String) -> Block {
    let commands = CommandRegistry.commands.map(\.spec).filter { $0.name.hasPrefix(first + " ") }
    return .table(
      Table([.init(""), .init("")], commands.map { [.code($0.name), Text($0.summary)] }))
  }

  /// What the shell knows beside the commands.
  private static let shellCalls: [(call: String, effect: String)] = [
    ("drillhall COMMAND", "The same commands, but for those that need a prompt."),
    ("--plain", "No colour and no drawing; so do pipes and NO_COLOR."),
    ("--store PATH", "Keeps the progress in this file."),
    ("--content PATH", "Takes lessons and cases from this folder."),
    ("--version", "Says the version."),
    (
      "--generate-completion-script SHELL",
      "Prints what makes Tab complete commands, topics and drills in bash, zsh or fish."
    ),
  ]

  private func all() -> Document {
    var document = Document()
    for group in CommandSpec.Group.allCases {
      let commands = CommandRegistry.commands.filter { $0.spec.group == group }
      document.add(.heading(2, Text(group.rawValue)))
      document.add(
        .table(
          Table(
            [.init(""), .init("")],
            commands.map { [.code($0.spec.name), Text($0.spec.summary)] })))
    }
    document.add(.heading(2, "From the shell"))
    document.add(
      .table(
        Table(
          [.init(""), .init("")], Self.shellCalls.map { [.code($0.call), Text($0.effect)] })))
    document.add(.text("'help COMMAND' explains one; Tab completes; Ctrl-D leaves."))
    return document
  }
}
