import Kernel

/// What makes a right answer a little too high or too low: no slip, but worth knowing.
public struct FineDifference: Sendable, Hashable {
  /// What it comes from.
  public enum Cause: Sendable, Hashable {
    /// 100,000 seconds taken for the 86,400 of a day: a shortcut worth 15.7 %.
    case roundDay
    /// Powers of 1,024 and of 1,000 mixed up, with the power: 3 for GiB and GB.
    case binaryPrefix(Int)
    /// A given of less than 1.9, left out or counted twice.
    case given(String, GivenMishap)
  }

  /// What it comes from.
  public let cause: Cause
  /// The difference as a sentence.
  public let sentence: String
}

extension SlipFinder {
  /// The difference that makes a right or good answer `ratio` times the reference, where its digits
  /// show one.
  ///
  /// Nothing is said of an answer that is no more than the reference rounded to its digits. `power`
  /// is that of the prefix of the answer's unit of information: 3 for GB.
  func fineDifference(ratio: Double, rounding: Double?, power: Int?) -> FineDifference? {
    let place = PortableMath.log(ratio)
    guard let rounding, abs(place) > rounding, abs(place) > 1e-3 else { return nil }
    let percent = FigureText.share(abs(ratio - 1), digits: 3)
    let side = ratio > 1 ? "too high" : "too low"
    // The gap to the next power of 1,024 / 1,000 is 2.4 %; digits that cannot show half of it say
    // nothing.
    if let power, power > 0, rounding < 0.012 {
      let step = PortableMath.log(1.024) * Double(power)
      if abs(abs(place) - step) <= 0.003 + rounding {
        let prefix = ["k", "M", "G", "T", "P", "E"][min(power, 6) - 1]
        let binary = (prefix == "k" ? "K" : prefix) + "iB"
        return FineDifference(
          cause: .binaryPrefix(power),
          sentence: "\(percent) \(side): that is \(binary) and \(prefix)B mixed up.")
      }
    }
    let within = max(0.01, min(rounding, 0.03))
    if roundDay != nil, abs(abs(place) - PortableMath.log(100_000.0 / 86_400)) <= within {
      return FineDifference(
        cause: .roundDay,
        sentence: "\(percent) \(side): that is 100,000 taken for the 86,400 seconds of a day, "
          + "a shortcut worth 15.7% and no slip.")
    }
    let smallest = PortableMath.log(Self.smallestFactor)
    let small = signatures.filter { abs(PortableMath.log($0.ratio)) < smallest }
    for signature in small where abs(place - PortableMath.log(signature.ratio)) <= within {
      guard case .given(let name, _, let mishap) = signature.cause else { continue }
      return FineDifference(
        cause: .given(name, mishap), sentence: "\(percent) \(side): that is \(signature.phrase).")
    }
    return nil
  }
}
