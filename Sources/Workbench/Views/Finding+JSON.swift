import Drills
import Kernel

extension Finding {
  /// The finding as JSON: guarantee, verdict, and the witness or the reason.
  var json: JSON {
    let name = JSON.text(guarantee)
    return switch verdict {
    case .holds: .members(["guarantee": name, "verdict": .text("holds")])
    case .violated(let witness):
      .members([
        "guarantee": name, "verdict": .text("violated"),
        "witness": .list(witness.map(JSON.text)),
      ])
    case .unknown(let reason):
      .members(["guarantee": name, "verdict": .text("unknown"), "reason": .text(reason)])
    }
  }
}
