/// The commands as a Markdown table, for the README.
public enum CommandTable {
  /// One row a command, in the order of help.
  public static var markdown: String {
    var lines = ["| command | what it does |", "|---|---|"]
    for command in CommandRegistry.commands {
      let spec = command.spec
      let usage = spec.usage.replacing("|", with: "\\|")
      lines.append("| `\(usage)` | \(spec.summary.replacing("|", with: "\\|")) |")
    }
    return lines.joined(separator: "\n")
  }
}
