import Curriculum
import Drills
import Kernel
import Presentation

/// `drill show`: a drill's situation, objectives and knobs.
struct DrillShowCommand: Command {
  let spec = CommandSpec(
    "drill show", .drilling, arguments: [.init("ID", completion: .drills)],
    "Shows a drill: the situation, what is wanted, what can be turned.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let drill = try session.library.drill(call.text)
    return Reply(DrillView.document(drill, lister: "knobs \(drill.id)"))
  }
}
