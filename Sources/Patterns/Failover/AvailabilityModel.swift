import Kernel

/// Repairable parts and how many of them must be up: availability by formula and by running it.
///
/// The formulas hold for parts that fail independently. `run` lets each part fail and be repaired
/// by chance and counts the time that enough are up, with or without a share of failures that take
/// all parts down at once, so the two can be held side by side.
public struct AvailabilityModel: Sendable, Hashable {
  /// How many parts there are.
  public var parts: Int
  /// How many must be up: all of them is series, one is parallel.
  public var needed: Int
  /// The mean time between a repair and the next failure of a part.
  public var meanUp: TimeSpan
  /// The mean time of a repair.
  public var meanDown: TimeSpan
  /// The chance that a failure takes all parts down.
  public var shared: Double
  /// The time that a switch to the remaining parts takes; the service is down meanwhile.
  public var switchTime: TimeSpan

  /// A model.
  public init(
    parts: Int, needed: Int = 1, meanUp: TimeSpan, meanDown: TimeSpan, shared: Double = 0,
    switchTime: TimeSpan = .zero
  ) {
    precondition(needed >= 1 && needed <= parts, "between one and all parts are needed")
    self.parts = parts
    self.needed = needed
    self.meanUp = meanUp
    self.meanDown = meanDown
    self.shared = shared
    self.switchTime = switchTime
  }

  /// The availability of one part: MTBF / (MTBF + MTTR).
  public var ofOnePart: Double {
    meanUp.seconds / (meanUp.seconds + meanDown.seconds)
  }

  /// The availability by the formula for independent parts: the upper tail of a binomial.
  public var computed: Double {
    Self.atLeast(needed, of: parts, each: ofOnePart)
  }

  /// The probability that at least `needed` of `parts` are up when each is with `share`.
  public static func atLeast(_ needed: Int, of parts: Int, each share: Double) -> Double {
    (needed...parts).reduce(0) { sum, up in
      var term = 1.0
      for place in 0..<up { term *= Double(parts - place) / Double(place + 1) * share }
      for _ in up..<parts { term *= 1 - share }
      return sum + term
    }
  }

  /// What a run came to.
  public struct Measured: Sendable, Hashable {
    /// The share of time that enough parts were up.
    public var availability: Double
    /// How often there were too few.
    public var outages: Int
    /// The longest time that there were too few.
    public var longest: TimeSpan
  }

  /// Lets the parts fail and be repaired for `span`.
  ///
  /// The service stands on `needed` parts; when one of those fails, another takes its place after
  /// the switch. Spare parts fail without anybody noticing.
  public func run(for span: TimeSpan, _ random: inout RandomStream) -> Measured {
    var next = (0..<parts).map { _ in random.exponential() * meanUp.seconds }
    var isUp = Array(repeating: true, count: parts)
    var serving = Array(0..<needed)
    var result = Measured(availability: 0, outages: 0, longest: .zero)
    let end = span.seconds
    var (now, down) = (0.0, 0.0)
    var downSince: Double?
    // The service is back when enough parts serve and the last switch is over.
    var backAt = 0.0
    while now < end {
      var first = 0
      for part in next.indices where next[part] < next[first] { first = part }
      now = min(next[first], end)
      if let since = downSince, serving.count == needed, backAt <= now {
        down += backAt - since
        result.longest = max(result.longest, TimeSpan(seconds: backAt - since))
        downSince = nil
      }
      guard now < end else { break }
      isUp[first].toggle()
      next[first] = now + random.exponential() * (isUp[first] ? meanUp : meanDown).seconds
      if !isUp[first], shared > 0, random.chance(shared) {
        for part in isUp.indices where isUp[part] {
          isUp[part] = false
          next[part] = now + random.exponential() * meanDown.seconds
        }
      }
      let before = serving
      serving.removeAll { !isUp[$0] }
      let hasLost = serving.count < before.count
      for part in isUp.indices where serving.count < needed {
        if isUp[part], !serving.contains(part) { serving.append(part) }
      }
      if hasLost, downSince == nil {
        downSince = now
        result.outages += 1
      }
      if serving != before { backAt = now + switchTime.seconds }
    }
    if let since = downSince {
      down += end - since
      result.longest = max(result.longest, TimeSpan(seconds: end - since))
    }
    // A switch that takes no time is no outage when a spare was there.
    if switchTime == .zero, down == 0 { result.outages = 0 }
    result.availability = 1 - down / end
    return result
  }
}
