/// The shortest beginning of a history that no order of its operations explains.
///
/// The history is linearizable up to the response of `operation`, and not with it, when what is
/// open there can only have had the outcome that was recorded later. Nothing else that is recorded
/// later can help.
public struct LinearizabilityWitness<Model: SequentialModel>: Sendable, Equatable {
  /// One way to explain everything before that response.
  public struct Explanation: Sendable, Equatable {
    /// The operations in the order in which they took effect, as indices into the history.
    public let order: [Int]
    /// What the object then holds.
    public let state: Model.State
  }

  /// The operation whose response cannot be explained, as an index into the history.
  public let operation: Int
  /// How many events of the history are needed: up to and with that response.
  public let prefixCount: Int
  /// Ways to explain what comes before it, at most `mostExplanations`; after none of them the
  /// operation can have its result, whatever else that is open takes effect.
  public let explanations: [Explanation]
  /// How many essentially different ways there are.
  public let explanationCount: Int
  /// Whether no shorter beginning is contradictory; false only when another part of the history
  /// could not be searched to its end.
  public let isShortest: Bool

  /// So many explanations are kept.
  public static var mostExplanations: Int { 8 }
}

extension LinearizabilityWitness {
  /// What went wrong, in sentences.
  public func sentences(in history: OperationHistory<Model.Action>) -> [String] {
    let operation = history.operations[operation]
    let line =
      history.lines.isEmpty ? "" : " (line \(history.lines[prefixCount - 1]))"
    var states: [String] = []
    for explanation in explanations {
      let state = Model.describe(explanation.state)
      if !states.contains(state) { states.append(state) }
    }
    let others = explanationCount > explanations.count ? ", among others" : ""
    return [
      "No order of the operations explains '\(operation)', which ended with event "
        + "\(prefixCount)\(line).",
      "Whatever order explains everything before: the object "
        + states.joined(separator: ", or it ") + others + ".",
      "What else is open at that time leads from there to no state in which this can happen.",
    ]
  }
}
