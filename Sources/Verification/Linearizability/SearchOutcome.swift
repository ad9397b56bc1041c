/// What a search has come to when it stops.
enum SearchOutcome {
  /// Every response can be explained.
  case explained
  /// The response at this level cannot be explained, those before it can.
  case impossible(level: Int)
  /// The steps allowed are used up; the search can go on from here.
  case paused
}

/// The operations that a search chose to let take effect, newest first, shared between
/// configurations.
///
/// A choice is the place of a change among the open ones, or of a crashed operation. Observations
/// are not written down: they follow from the choices.
struct ChoiceLog {
  /// No choice was made yet.
  static let none: Int32 = -1

  private var choices: [(operation: Int32, before: Int32)] = []

  /// Writes down that `operation` took effect after the choices that end with `before`.
  @inline(__always) mutating func append(_ operation: Int32, after before: Int32) -> Int32 {
    choices.append((operation, before))
    return Int32(choices.count - 1)
  }

  /// The operations chosen up to `last`, in the order in which they took effect.
  func operations(upTo last: Int32) -> [Int32] {
    var operations: [Int32] = []
    var place = last
    while place != Self.none {
      operations.append(choices[Int(place)].operation)
      place = choices[Int(place)].before
    }
    return operations.reversed()
  }
}
