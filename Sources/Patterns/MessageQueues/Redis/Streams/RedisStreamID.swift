/// The id of a stream entry: milliseconds and a sequence number, `1526919030474-55`.
public struct RedisStreamID: Sendable, Hashable, Comparable {
  /// Milliseconds, as a rule of the server's clock.
  public let milliseconds: UInt64
  /// What tells entries of one millisecond apart.
  public let sequence: UInt64

  /// An id.
  public init(_ milliseconds: UInt64, _ sequence: UInt64) {
    self.milliseconds = milliseconds
    self.sequence = sequence
  }

  /// The smallest id; no entry has it.
  public static let zero = RedisStreamID(0, 0)
  /// The greatest id.
  public static let greatest = RedisStreamID(.max, .max)

  /// Reads `ms` or `ms-seq`; an id without its second part gets `missing`.
  public init?(_ text: String, missing: UInt64 = 0) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let milliseconds = UInt64(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self.init(milliseconds, missing)
      return
    }
    guard let sequence = UInt64(parts[1]) else { return nil }
    self.init(milliseconds, sequence)
  }

  /// By milliseconds, then by sequence.
  public static func < (left: RedisStreamID, right: RedisStreamID) -> Bool {
    (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
  }

  /// The next id, or nil after the greatest.
  public var next: RedisStreamID? {
    if sequence < .max { return RedisStreamID(milliseconds, sequence + 1) }
    return milliseconds < .max ? RedisStreamID(milliseconds + 1, 0) : nil
  }
}

extension RedisStreamID: CustomStringConvertible {
  /// The id as Redis writes it.
  public var description: String { "\(milliseconds)-\(sequence)" }
}
