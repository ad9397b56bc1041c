import Kernel

/// Every command; a new one is a file and a line here.
public enum CommandRegistry {
  /// The commands, in the order that help shows them.
  public static let commands: [any Command] = [
    RoadmapCommand(), OpenCommand(), LessonCommand(), NextCommand(), BackCommand(), GotoCommand(),
    HereCommand(), RestartCommand(),
    AnswerCommand(), PredictCommand(), HintCommand(), SkipCommand(), WhyCommand(),
    SolutionCommand(), CiteCommand(), FidelityCommand(),
    TryCommand(), VerifyCommand(), PlayCommand(), SetCommand(), KnobsCommand(), UndoCommand(),
    DrillCommand(), DrillListCommand(), DrillShowCommand(), DrillRunCommand(),
    DrillCompareCommand(),
    DrillSweepCommand(), DrillReplayCommand(), DrillMysteryCommand(), RunCommand(), FaultCommand(),
    CompareCommand(), DashboardCommand(), MetricsCommand(), LogsCommand(), TracesCommand(),
    AlertsCommand(),
    CaseListCommand(), CaseShowCommand(), CaseSimulateCommand(), CaseCompareCommand(),
    CaseAblateCommand(), CaseCapacityCommand(),
    InterviewCommand(), InterviewResumeCommand(), InterviewReportCommand(), InterviewListCommand(),
    EstimateCommand(), EvaluateCommand(), EstimateLanguageCommand(), EstimateFunctionsCommand(),
    EstimateConstantsCommand(),
    EstimatePracticeCommand(), EstimateProblemsCommand(), EstimateFlawCommand(),
    EstimateCalibrateCommand(),
    ReviewCommand(), ProgressCommand(), HistoryCommand(), NoteCommand(), NotesCommand(),
    SearchCommand(), GlossaryCommand(), PlanCommand(), ExportCommand(), ImportCommand(),
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

  /// The second words of the commands that begin with `first`: `run`, `list` for `drill`.
  static func continuations(of first: String) -> [String] {
    commands.map(\.spec.name).filter { $0.hasPrefix(first + " ") }.map {
      String($0.dropFirst(first.count + 1))
    }
  }

  /// What to say of a line that begins a command of two words but does not end one.
  static func incomplete(_ words: [String]) -> Diagnostic? {
    guard let first = words.first else { return nil }
    let known = continuations(of: first)
    guard !known.isEmpty else { return nil }
    let names = known.map { "\(first) \($0)" }
    let second = words.dropFirst().first
    return Diagnostic(
      second.map { "There is no '\(first) \($0)'." } ?? "'\(first)' needs a second word.",
      found: second, expected: Diagnostic.oneOf(names),
      suggestion: second.flatMap { NearestWord.nearest(to: $0, in: known) }.map { "\(first) \($0)" }
    )
  }

  /// Every word that can begin a command.
  public static var words: [String] {
    commands.flatMap { [$0.spec.name] + $0.spec.aliases }
  }
}
