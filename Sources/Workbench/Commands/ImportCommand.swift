import Kernel
import Presentation
import Progress

/// `import progress`: another machine's log, merged without counting anything twice.
struct ImportCommand: Command {
  let spec = CommandSpec(
    "import progress", .keeping, arguments: [.init("FILE", completion: .files)],
    examples: [("import progress laptop.json", "adds what the other machine knows")],
    "Merges a log that 'export progress --format json' wrote.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let path = call.argument(0) ?? ""
    let result: ImportResult
    do {
      let text = try session.surroundings.read(path)
      result = try session.store.importLog(Array(text.utf8), file: path)
    } catch let error as Diagnostic {
      throw error
    } catch {
      throw Diagnostic("\(error)", file: path)
    }
    return Reply(
      Text(
        "Added \(result.addedCount) events; \(result.knownCount) were known already. "
          + "Nothing is counted twice."))
  }
}
