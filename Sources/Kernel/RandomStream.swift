/// An independent stream of random bits for one named purpose of one seed: xoshiro256++ 1.0.
///
/// Every part of a simulation draws from a stream of its own ("arrivals", "faults", "n4/election"),
/// so that turning one knob leaves the draws of all other parts alone and two runs differ by the
/// knob only (common random numbers). The generator is ours: no library update changes a story.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021); seeding
/// by SplitMix64 as they advise.
public struct RandomStream: Sendable, Hashable {
  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64

  /// The stream called `name` of the universe `seed`.
  public init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    var state = Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash
    s0 = Self.splitMix(&state)
    s1 = Self.splitMix(&state)
    s2 = Self.splitMix(&state)
    s3 = Self.splitMix(&state)
  }

  /// The next 64 random bits.
  @inlinable @inline(__always) public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension RandomStream {
  /// A number from 0 up to but without 1, on the grid of 2^-53.
  @inlinable public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A whole number below `bound`, each equally likely (Lemire's multiply-and-reject).
  @inlinable public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "below(_:) needs a bound above 0, got \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// True with the given probability (0 never, 1 always).
  @inlinable public mutating func chance(_ probability: Double) -> Bool {
    unit() < probability
  }

  /// A span from `low` to `high`, ends included, each nanosecond equally likely.
  @inlinable public mutating func span(_ low: TimeSpan, to high: TimeSpan) -> TimeSpan {
    precondition(low <= high, "span(_:to:) needs its ends in order")
    let width = Int(high.nanoseconds - low.nanoseconds)
    return TimeSpan(nanoseconds: low.nanoseconds + Int64(below(width + 1)))
  }

  /// Puts `items` into a random order (Fisher and Yates).
  @inlinable public mutating func shuffle<Element>(_ items: inout [Element]) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, below(last + 1))
    }
  }
}
