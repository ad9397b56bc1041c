import Foundation
import Testing

/// Tab in the shell, through the scripts that the program writes for it.
@Suite("Tab in the shell") struct ShellCompletionTests {
  /// What a bash that has read the script offers for the last of `words`.
  private func offers(_ words: [String]) throws -> [String] {
    try Program.withFolder { folder in
      let script = try Program.run(
        ["--generate-completion-script", "bash"], store: folder + "/p.sqlite")
      #expect(script.status == 0 && script.errors == "")
      let file = folder + "/completion.bash"
      // The calls of the script go to the program under test, with its content.
      let call = "command '\(Program.path)'"
      try (script.output + "\ndrillhall() { \(call) \"$@\"; }\n")
        .write(toFile: file, atomically: true, encoding: .utf8)
      let line = (["drillhall"] + words).joined(separator: " ")
      let typed = (["drillhall"] + words).map { "'\($0)'" }.joined(separator: " ")
      let bash = """
        source '\(file)'
        COMP_WORDS=(\(typed)); COMP_CWORD=\(words.count)
        COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}
        _drillhall drillhall '\(words.last ?? "")' ''
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["--norc", "-c", bash]
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["DRILLHALL_CONTENT": Program.root], uniquingKeysWith: { $1 })
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  @Test(
    arguments: [
      (["roa"], ["roadmap"]), (["drill", "sho"], ["show"]),
      (["lesson", "shard"], ["sharding", "sharding/"]), (["open", "shard"], []),
      (["drill", "run", "sharding/grow-"], ["sharding/grow-under-load"]),
      (["drill", "run", "retry"], nil), (["--plain", "try", "sharding", "--as", "kaf"], ["kafka"]),
      (["drill", "run", "sharding/grow-under-load", "--se"], ["--seed", "--set"]),
      (["lesson", "zzz"], []), (["answ"], []), (["interview", "netf"], ["netflix"]),
    ] as [([String], [String]?)]) func bashKnows(_ words: [String], _ wanted: [String]?) throws
  {
    let offers = try offers(words)
    if let wanted {
      #expect(offers.sorted() == wanted)
    } else {
      #expect(offers.count == 5 && offers.allSatisfy { $0.hasPrefix("retry/") })
    }
  }

  /// The other shells' scripts ask the program in the same way.
  @Test(arguments: ["zsh", "fish"]) func otherShellsAskTheProgram(_ shell: String) throws {
    try Program.withFolder { folder in
      let script = try Program.run(
        ["--generate-completion-script", shell], store: folder + "/p.sqlite")
      #expect(script.status == 0)
      #expect(script.output.contains("---completion -- positional@0"), "\(shell)")
      for option in ["store", "content", "plain", "version"] {
        #expect(script.output.contains(option), "\(shell): \(option)")
      }
    }
  }
}
