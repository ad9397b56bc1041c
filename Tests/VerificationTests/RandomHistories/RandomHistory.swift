import Kernel
import Verification

/// How a random history comes about.
struct RandomHistory {
  var clients = 3
  var operations = 6
  /// The share of operations whose outcome nobody learns; half of them take effect.
  var lostShare = 0.0
  /// The share of operations that fail without effect.
  var failedShare = 0.0
  /// The share of results that are made up.
  var garbledShare = 0.0

  private enum Stage<Action> {
    case idle
    case asked(Action)
    case done(Action)
  }

  /// Clients of one real object that does what each asks for at a random moment between
  /// invocation and response; recorded as a simulation would.
  func draw<Model: RandomObject>(
    _ model: Model, seed: UInt64, name: String = "history"
  ) -> OperationHistory<Model.Action> {
    var stream = RandomStream(seed: seed, name: name)
    var history = History<Model.Action>()
    var state = model.initial
    var stages = [Stage<Model.Action>](repeating: .idle, count: clients)
    var processes = Array(0..<clients)
    var begun = 0
    while begun < operations
      || stages.contains(where: { if case .idle = $0 { false } else { true } })
    {
      let client = stream.below(clients)
      let process = processes[client]
      let now = Instant(nanoseconds: Int64(history.events.count))
      switch stages[client] {
      case .idle where begun == operations: continue
      case .idle:
        begun += 1
        let action = Model.ask(&stream)
        history.invoke(process, action, at: now)
        stages[client] = .asked(action)
      case .asked(let action):
        if stream.chance(failedShare) {
          history.fail(process, action, at: now)
          stages[client] = .idle
          continue
        }
        let isLost = stream.chance(lostShare)
        let answer = Model.answer(action, in: state)
        if !isLost || stream.chance(0.5) { state = model.step(state, answer) ?? state }
        stages[client] = .done(answer)
        if isLost {
          history.lose(process, action, at: now)
          processes[client] += clients
          stages[client] = .idle
        }
      case .done(let answer):
        let isGarbled = stream.chance(garbledShare)
        history.succeed(
          process, isGarbled ? Model.garble(answer, &stream) : answer, at: now)
        stages[client] = .idle
      }
    }
    return OperationHistory(history)
  }
}
