import Kernel

/// A resource that takes writes from whoever leads, and from nobody who led before.
///
/// Every leader is given a number higher than all before, its *fencing token*, and sends it along.
/// **With fencing, no write is applied after one with a higher token.** Two processes may both
/// believe that they lead; only the resource can make that harmless.
///
/// Source: Kleppmann, "How to do distributed locking"; the tokens are those of Chubby's sequencers.
public struct FencedResource: Sendable, Hashable {
  /// A write that was applied.
  public struct Write: Sendable, Hashable {
    /// The token that it came with.
    public let token: Int
    /// The number of the request.
    public let request: Int
  }

  /// Whether tokens are looked at.
  public let isFenced: Bool
  /// The highest token seen.
  public private(set) var highest = 0
  /// What was applied, in order.
  public private(set) var writes: [Write] = []
  /// Writes that were refused for their token.
  public private(set) var refusals = 0
  /// Writes that were applied although a higher token had been seen.
  public private(set) var staleWrites = 0
  private var last = 0
  private let shortcut: FailoverShortcut?

  /// A resource without writes.
  public init(isFenced: Bool, shortcut: FailoverShortcut? = nil) {
    self.isFenced = isFenced
    self.shortcut = shortcut
  }

  /// Applies a write, or refuses it.
  public mutating func write(_ request: Int, token: Int) -> Bool {
    let bar = shortcut == .acceptsAnyToken ? min(last, token) : highest
    if isFenced, token < bar {
      refusals += 1
      return false
    }
    if token < highest { staleWrites += 1 }
    highest = max(highest, token)
    last = token
    writes.append(Write(token: token, request: request))
    return true
  }

  /// With fencing the tokens of what was applied never fall.
  public func checkInvariants() -> InvariantViolation? {
    guard isFenced, staleWrites > 0 else { return nil }
    return InvariantViolation(
      "tokens never fall",
      witness: "a write with token \(last) was applied after one with token \(highest)")
  }
}
