import Presentation
import Verification

extension OperationDiagram {
  /// So many operations are drawn at most.
  public static let mostRows = 14

  /// The operations of `history` in `shown`, of which `culprit` cannot be explained.
  ///
  /// When there are too many, those that overlap with the culprit stay, and of the others the last.
  public init<Action>(
    _ history: OperationHistory<Action>, showing shown: [Int], culprit: Int,
    name: (Int) -> String = { "process \($0)" },
    action: (Action) -> String = { "\($0)" }
  ) {
    let operations = history.operations
    let begin = operations[culprit].invocation
    let end = operations[culprit].response ?? .max
    var chosen = [culprit]
    let others = shown.filter { $0 != culprit }
    let overlapping = others.filter { (operations[$0].response ?? .max) > begin }
    let before = others.filter { (operations[$0].response ?? .max) < begin }
    chosen += overlapping.suffix(Self.mostRows - 1)
    let byEnd = before.sorted { (operations[$0].response ?? 0) < (operations[$1].response ?? 0) }
    chosen += byEnd.suffix(max(0, Self.mostRows - chosen.count))
    self.init(
      chosen.sorted().map { index in
        let operation = operations[index]
        // What ends after the culprit does is still open where the contradiction stands.
        let isOpen = (operation.response ?? .max) > end
        let isUnknown = operation.outcome == .unknown
        return Row(
          process: name(operation.process), action: action(operation.action),
          start: operation.invocation, end: isOpen ? nil : operation.response,
          remark: index == culprit ? "cannot be" : isUnknown ? "unknown" : "",
          tone: index == culprit ? .bad : isUnknown ? .quiet : nil)
      })
  }
}
