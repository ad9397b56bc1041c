/// A part of a history that is checked apart: its operations and what happens to them in order.
struct HistoryPart {
  /// The operations, as indices into the history.
  private(set) var members: [Int] = []
  /// Invocations and responses; their indices point into `members`.
  private(set) var events: [HistoryEvent] = []

  /// Divides what matters of a history: not what failed, nor questions whose answers nobody saw.
  static func divide<Model: SequentialModel>(
    _ history: OperationHistory<Model.Action>, by model: Model
  ) -> [HistoryPart] {
    let groups = model.parts(of: history.operations)
    var parts = [HistoryPart](repeating: HistoryPart(), count: groups.count)
    // Which operation an event belongs to, or -1: twice its index, and one more at its response.
    var owners = [Int32](repeating: -1, count: history.eventCount)
    var places = [(part: Int32, member: Int32)](
      repeating: (-1, -1), count: history.operations.count)
    for (number, group) in groups.enumerated() {
      var members: [Int] = []
      members.reserveCapacity(group.count)
      for index in group where matters(history.operations[index], to: model) {
        places[index] = (Int32(number), Int32(members.count))
        members.append(index)
        owners[history.operations[index].invocation] = Int32(index) * 2
        if let response = history.operations[index].response {
          owners[response] = Int32(index) * 2 + 1
        }
      }
      parts[number].events.reserveCapacity(members.count * 2)
      parts[number].members = members
    }
    for owner in owners where owner >= 0 {
      let place = places[Int(owner >> 1)]
      parts[Int(place.part)].events.append(
        HistoryEvent(index: Int(place.member), isResponse: owner & 1 == 1))
    }
    return parts
  }

  private static func matters<Model: SequentialModel>(
    _ operation: RecordedOperation<Model.Action>, to model: Model
  ) -> Bool {
    switch operation.outcome {
    case .ok: operation.response != nil || !Model.isPure(operation.action)
    case .failed: false
    case .unknown: Model.withoutResult(operation.action) != nil
    }
  }
}
