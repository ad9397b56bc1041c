import Kernel

extension CalibrationResult {
  /// What the round means, in sentences for somebody who never heard of calibration.
  public var sentences: [String] { [heldSentence, verdictSentence, wideningSentence, caution] }

  private var heldSentence: String {
    let count = outcomes.count
    let expected = DecimalText.significant(Double(count) * Self.target, digits: 3)
    return "\(heldCount) of your \(count) ranges held the figure. If you are right to be nine in "
      + "ten sure, \(expected) hold on average."
  }

  private var verdictSentence: String {
    switch verdict {
    case .overconfident:
      "That is too few for bad luck: of people whose ranges do hold nine times in ten, "
        + "\(chance(chanceOfSoFew)) see so few. You are overconfident: your ranges are "
        + "too narrow, and you know less exactly than you feel."
    case .calibrated where Double(heldCount) < Self.target * Double(outcomes.count):
      "That is fewer, but it can be bad luck: of people whose ranges do hold nine times in ten, "
        + "\(chance(chanceOfSoFew)) see so few. If it happens again, widen your ranges."
    case .calibrated:
      "That fits: you know how much you know."
    case .underconfident:
      "You are underconfident: ranges half as wide would have held about as well. You know more "
        + "exactly than you say, and a narrower range is worth more to whoever plans with it."
    }
  }

  private var wideningSentence: String {
    let factor = DecimalText.significant(sufficientWidening, digits: 2)
    let spread = PortableMath.power(2, sufficientWidening)
    let low = DecimalText.significant(20 / spread, digits: 2)
    let high = DecimalText.significant(20 * spread, digits: 2)
    let verb = sufficientWidening > 1 ? "would have needed to be" : "could have been"
    return "For nine in ten to hold, your ranges \(verb) \(factor) times as wide on the scale of "
      + "powers: instead of 10 to 40, say \(low) to \(high)."
  }

  /// How little so few answers say.
  private var caution: String {
    let count = outcomes.count
    let few = Self.unluckyCount(of: count)
    let probability = Binomial.atMost(few, of: count, probability: Self.target)
    return "\(count) answers are few: somebody whose ranges hold exactly nine times in ten still "
      + "sees \(few) or fewer held in \(chance(probability)) of such rounds. Do several rounds "
      + "before you believe the number."
  }

  private func chance(_ probability: Double) -> String {
    probability < 0.001 ? "fewer than 1 in 1,000" : FigureText.share(probability, digits: 2)
  }

  /// The largest number of held ranges below what is expected that still happens by bad luck in a
  /// tenth of the rounds or more: 16 of 20.
  static func unluckyCount(of count: Int) -> Int {
    (0..<count).first { Binomial.atMost($0, of: count, probability: target) >= 0.1 } ?? count
  }
}
