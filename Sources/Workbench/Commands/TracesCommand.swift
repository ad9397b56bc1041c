import Drills
import Kernel
import Presentation

/// `traces`: what followed from what in the last run.
struct TracesCommand: Command {
  let spec = CommandSpec(
    "traces", .touching, arguments: [.init("NUMBER", isOptional: true)],
    examples: [
      ("traces", "what began something in the last run, and how much followed"),
      ("traces 1", "the first of them, each event below its cause"),
    ],
    isPromptOnly: true, "Shows what followed from what in the last run, as trees of causes.")

  private static let limit = 24

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let inspected = try session.inspectedRun()
    let tree = TraceTree(inspected.outcome.trace)
    var document = Document([inspected.heading])
    guard !tree.roots.isEmpty else {
      document.add(.text("No event of this run led to another. 'logs' lists them."))
      return Reply(document)
    }
    guard let text = call.argument(0) else {
      document.add(.table(tree.overview(limit: Self.limit)))
      if tree.roots.count > Self.limit {
        document.add(.text("And \(tree.roots.count - Self.limit) more."))
      }
      document.add(.text("'traces NUMBER' shows one as a tree."))
      return Reply(document)
    }
    guard let number = Int(text), (1...tree.roots.count).contains(number) else {
      throw Diagnostic(
        "There is no trace '\(text)'.", found: text,
        expected: "a number from 1 to \(tree.roots.count)")
    }
    return Reply(document + tree.tree(of: tree.roots[number - 1], limit: 40))
  }
}
