import Kernel

/// Names the slip behind a factor, out of those that can occur in a step.
struct SlipFinder {
  /// What can go wrong, each way on its own.
  let signatures: [SlipSignature]
  /// What 100,000 for 86,400 seconds a day does to the result; nil where no day is involved.
  let roundDay: Double?

  /// How far from a signature an answer may lie that has been rounded on the way, as a logarithm.
  private static let tolerance = 0.06
  /// The same for an answer of one digit, which may be rounded more; beyond it factors that differ
  /// could be mixed up.
  private static let largestTolerance = 0.12
  /// The same for two slips at once, and for one beside a rounded day: there are so many pairs that
  /// one of them lies near any factor.
  private static let pairTolerance = 0.03
  /// Factors below this are told apart from rounding by nobody; see `FineDifference`.
  static let smallestFactor = 1.9

  /// The slip that makes an answer `ratio` times the right one, if one can be told.
  ///
  /// `rounding` says how exactly the answer was meant, nil for the middle of a range. A single slip
  /// wins over two. Two that work against each other are not looked for, since they come to small
  /// factors, of which one lies near anything.
  func slip(ratio: Double, rounding: Double?, band: GradeBand) -> Slip? {
    // Within the band `exact` no slip is worth naming; a factor of 1.9 or more that fits within the
    // tolerance explains anything outside of it better than no slip does.
    guard band != .exact else { return nil }
    let place = PortableMath.log(ratio)
    let digits = min(rounding ?? Self.largestTolerance, Self.largestTolerance)
    let candidates = signatures.filter { size($0.ratio) >= PortableMath.log(Self.smallestFactor) }
    if let best = nearest(candidates, to: place, within: max(Self.tolerance, digits)) {
      return Self.slip([best], ratio: ratio, beside: nil)
    }
    let narrow = max(Self.pairTolerance, min(digits, Self.tolerance))
    if let roundDay,
      let best = nearest(candidates, to: place - PortableMath.log(roundDay), within: narrow)
    {
      return Self.slip([best], ratio: ratio, beside: "the day was rounded to 100,000 seconds")
    }
    return pair(candidates, place, within: narrow).map {
      Self.slip($0, ratio: ratio, beside: nil)
    }
  }

  private func size(_ ratio: Double) -> Double { abs(PortableMath.log(ratio)) }

  /// The signature that fits best; among those that fit within a hundredth the likeliest.
  private func nearest(
    _ candidates: [SlipSignature], to place: Double, within tolerance: Double
  ) -> SlipSignature? {
    var best: (signature: SlipSignature, key: (Int, Int, Double))?
    for signature in candidates {
      let misfit = abs(place - PortableMath.log(signature.ratio))
      guard misfit <= tolerance else { continue }
      let key = (Int(misfit * 100), signature.rank, misfit)
      if best.map({ key < $0.key }) ?? true { best = (signature, key) }
    }
    return best?.signature
  }

  private func pair(
    _ candidates: [SlipSignature], _ place: Double, within tolerance: Double
  ) -> [SlipSignature]? {
    var best: (pair: [SlipSignature], key: (Int, Double))?
    for (index, first) in candidates.enumerated() where (first.ratio > 1) == (place > 0) {
      for second in candidates[(index + 1)...] where (second.ratio > 1) == (place > 0) {
        let misfit = abs(place - PortableMath.log(first.ratio) - PortableMath.log(second.ratio))
        guard misfit <= tolerance, first.goesWith(second) else { continue }
        let key = (first.rank + second.rank, misfit)
        if best.map({ key < $0.key }) ?? true { best = ([first, second], key) }
      }
    }
    return best?.pair
  }

  // MARK: Sentences

  private static func slip(
    _ signatures: [SlipSignature], ratio: Double, beside remark: String?
  ) -> Slip {
    let product = signatures.reduce(1) { $0 * $1.ratio }
    let isTooHigh = product > 1
    let factor = isTooHigh ? product : 1 / product
    let side = isTooHigh ? "too high" : "too low"
    let ownWords = signatures.filter(\.isOwn).map(\.phrase)
    let others = signatures.filter { !$0.isOwn }.map(\.phrase)
    var sentence = "\(FigureText.number(factor, digits: 3)) times \(side)"
    if others.isEmpty {
      sentence += ": " + ownWords.joined(separator: " ")
    } else {
      sentence += ": that is " + others.joined(separator: ", and ")
      if let remark { sentence += "; besides, \(remark)" }
      sentence += "."
      if let own = ownWords.first { sentence += " " + own }
    }
    return Slip(
      factor: factor, isTooHigh: isTooHigh, causes: signatures.map(\.cause), sentence: sentence)
  }

  /// What to say of a factor that no slip explains.
  static func plainSentence(ratio: Double) -> String {
    let factor = FigureText.number(ratio > 1 ? ratio : 1 / ratio, digits: 2)
    return "\(factor) times too \(ratio > 1 ? "high" : "low")."
  }
}

extension SlipSignature {
  /// Whether its phrase is a sentence of the content.
  var isOwn: Bool {
    if case .own = cause { true } else { false }
  }
}
