import Curriculum
import Estimation
import Kernel
import Presentation

/// `estimate calibrate`: twenty quick ranges and the curve of how they held.
struct EstimateCalibrateCommand: Command {
  let spec = CommandSpec(
    "estimate calibrate", aliases: ["calibrate"], .estimating,
    options: [.init("--seed", "N", "asks the questions of that seed")],
    "Asks twenty quick questions for 90 % ranges and shows how well yours hold.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let seed = try call.number("--seed") ?? session.surroundings.freshSeed()
    let reference = session.library.estimates.reference
    return Reply(
      try session.open(CalibrateDesk(CalibrationRound(seed: seed, reference: reference))))
  }
}
