import Kernel

/// Every command; a new one is a file and a line here.
public enum CommandRegistry {
  /// The commands, in the order that help shows them.
  public static let commands: [any Command] = [
    RoadmapCommand(), OpenCommand(), LessonCommand(), NextCommand(), BackCommand(), GotoCommand(),
    HereCommand(), RestartCommand(),
    AnswerCommand(), PredictCommand(), HintCommand(), SkipCommand(), WhyCommand(),
    SolutionCommand(), CiteCommand(), FidelityCommand(),
    TryCommand(), PlayCommand(), SetCommand(), KnobsCommand(), UndoCommand(),
    DrillListCommand(), DrillShowCommand(), DrillRunCommand(), DrillCompareCommand(),
    DrillSweepCommand(), DrillReplayCommand(), RunCommand(), FaultCommand(), CompareCommand(),
    ReviewCommand(), ProgressCommand(), HistoryCommand(), NoteCommand(), NotesCommand(),
    SearchCommand(), ExportCommand(), ImportCommand(),
    CheckCommand(), DoctorCommand(), HelpCommand(), QuitCommand(),
  ]

  /// The command whose name begins `words`, and how many words its name takes.
  public static func find(_ words: [String]) -> (command: any Command, count: Int)? {
    for count in [2, 1] where words.count >= count {
      let name = words.prefix(count).joined(separator: " ")
      if let command = commands.first(where: {
        $0.spec.name == name || $0.spec.aliases.contains(name)
      }) {
        return (command, count)
      }
    }
    return nil
  }

  /// Every word that can begin a command.
  public static var words: [String] {
    commands.flatMap { [$0.spec.name] + $0.spec.aliases }
  }
}
