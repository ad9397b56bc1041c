import Kernel

/// The share of time for which parts that fail independently of each other are up.
///
/// All shares lie from 0 to 1.
///
/// Source: chains and pairs: Ewerlöf, "Composite SLO" (2024); the share of time up: Beyer and
/// others, "Site Reliability Engineering" (2016), chapter 3. The number of parts that are up is
/// binomial.
public enum AvailabilityLaw {
  /// All of `parts` are needed.
  public static func series(_ parts: UnsafeBufferPointer<Double>) -> Double {
    var product = 1.0
    for part in parts { product *= part }
    return product
  }

  /// One of `parts` is enough.
  public static func parallel(_ parts: UnsafeBufferPointer<Double>) -> Double {
    var product = 1.0
    for part in parts { product *= 1 - part }
    return 1 - product
  }

  /// At least `needed` of `count` equal parts are up, each with the share `part`; both are whole
  /// and `needed` lies from 0 to `count`.
  ///
  /// Sums the binomial terms from the most probable number of parts outwards, so that no
  /// factorial overflows, and takes the rarer side from 1.
  public static func quorum(needed: Double, of count: Double, part: Double) -> Double {
    if part <= 0 { return needed <= 0 ? 1 : 0 }
    if part >= 1 { return 1 }
    let odds = part / (1 - part)
    let mode = min(count, ((count + 1) * part).rounded(.down))
    var up = 0.0
    var down = 0.0
    var weight = 1.0
    var number = mode
    while weight > 1e-300 {
      if number >= needed { up += weight } else { down += weight }
      if number == count { break }
      weight *= (count - number) / (number + 1) * odds
      number += 1
    }
    weight = 1
    number = mode
    while number > 0 {
      weight *= number / ((count - number + 1) * odds)
      if weight < 1e-300 { break }
      number -= 1
      if number >= needed { up += weight } else { down += weight }
    }
    return down < up ? 1 - down / (up + down) : up / (up + down)
  }

  /// The share of time that a part is up which runs for `uptime` between failures and takes
  /// `repair` to come back, on average.
  public static func steady(uptime: Double, repair: Double) -> Double {
    uptime / (uptime + repair)
  }

  /// The number of nines: 3 for 99.9 %.
  public static func nines(_ share: Double) -> Double { -PortableMath.log10(1 - share) }
}
