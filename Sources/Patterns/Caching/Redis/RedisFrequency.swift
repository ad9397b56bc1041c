import Kernel

/// Redis's 8-bit counter of uses, which grows by chance and shrinks with time.
///
/// Source: github.com/redis/redis src/evict.c LFULogIncr and LFUDecrAndReturn.
public struct RedisFrequency: Sendable, Hashable {
  /// The counter of a new key.
  public static let initial: UInt8 = 5

  /// The counter, 0 to 255.
  public var counter: UInt8
  /// The minute of its last change.
  public var minute: Int

  /// A new key's counter.
  public init(counter: UInt8 = Self.initial, minute: Int = 0) {
    self.counter = counter
    self.minute = minute
  }

  /// The chance that a use raises a counter: 1 / (max(0, counter - 5) * factor + 1).
  public static func chanceToGrow(_ counter: UInt8, logFactor: Int) -> Double {
    guard counter < .max else { return 0 }
    let base = counter > initial ? Int(counter - initial) : 0
    return 1 / Double(base * logFactor + 1)
  }

  /// The counter after what time has taken off: 1 for each `decayTime` minutes; 0 takes nothing off.
  public func decayed(at now: Instant, decayTime: Int) -> UInt8 {
    guard decayTime > 0 else { return counter }
    let periods = (Self.minute(of: now) - minute) / decayTime
    return periods >= Int(counter) ? 0 : counter - UInt8(periods)
  }

  /// Takes note of a use.
  public mutating func use(
    at now: Instant, logFactor: Int, decayTime: Int, random: inout RandomStream
  ) {
    counter = decayed(at: now, decayTime: decayTime)
    minute = Self.minute(of: now)
    if counter < .max, random.chance(Self.chanceToGrow(counter, logFactor: logFactor)) {
      counter += 1
    }
  }

  private static func minute(of now: Instant) -> Int {
    Int(now.nanoseconds / 60_000_000_000)
  }
}
