import Kernel

/// What the faults in force do to one link, added up.
public struct Impairment: Sendable, Hashable {
  /// Whether nothing comes through.
  public internal(set) var isCut = false
  /// The probability, from 0 to 1, that a message is lost.
  public internal(set) var loss = 0.0
  /// The probability, from 0 to 1, that a message arrives twice.
  public internal(set) var duplication = 0.0
  /// How much longer each message takes.
  public internal(set) var delay = TimeSpan.zero
  /// Up to how much longer some messages take.
  public internal(set) var reorder = TimeSpan.zero
  /// How many times the usual latency a message takes.
  public internal(set) var slowdown = 1.0

  /// A link on which nothing is wrong.
  public init() {}

  /// Takes in what `fault` does to the link from `source` to `target`, if anything.
  public mutating func add(_ fault: Fault, from source: NodeID, to target: NodeID) {
    switch fault {
    case .partition(let sides):
      let left = sides.firstIndex { $0.contains(source) }
      let right = sides.firstIndex { $0.contains(target) }
      if let left, let right, left != right { isCut = true }
    case .block(let from, let to):
      if from.contains(source), to.contains(target) { isCut = true }
    case .drop(let share, let scope):
      if scope.covers(source, target) { loss = Self.either(loss, share) }
    case .duplicate(let share, let scope):
      if scope.covers(source, target) { duplication = Self.either(duplication, share) }
    case .delay(let span, let scope):
      if scope.covers(source, target) { delay = delay + span }
    case .reorder(let span, let scope):
      if scope.covers(source, target) { reorder = reorder + span }
    case .slowLink(let scope, let factor):
      if scope.covers(source, target) { slowdown *= factor }
    case .crash, .restart, .pause, .resume, .slow, .skew, .jump, .drift, .fill, .lose, .load,
      .errors, .heal:
      break
    }
  }

  /// The probability that at least one of two independent chances comes true.
  static func either(_ left: Double, _ right: Double) -> Double { left + right - left * right }
}

extension Fault {
  /// Whether the fault does anything to the link from `source` to `target`.
  func touches(_ source: NodeID, _ target: NodeID) -> Bool {
    var impairment = Impairment()
    impairment.add(self, from: source, to: target)
    return impairment != Impairment()
  }

  /// Whether the fault is about links.
  public var isAboutLinks: Bool {
    switch self {
    case .partition, .block, .drop, .duplicate, .delay, .reorder, .slowLink: true
    case .crash, .restart, .pause, .resume, .slow, .skew, .jump, .drift, .fill, .lose, .load,
      .errors, .heal:
      false
    }
  }
}
