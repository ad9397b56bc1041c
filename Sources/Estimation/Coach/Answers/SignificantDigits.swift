import Kernel

/// What the digits of a number say about how exactly it is meant.
enum SignificantDigits {
  /// How far the true figure may lie from a number as it was typed: half a step of the last digit.
  ///
  /// A natural logarithm; 0 where more than one number was typed, since that was computed.
  static func rounding(of formula: Expression, in statement: Statement) -> Double {
    switch formula.unconverted {
    case .number(_, let range), .quantity(_, _, let range):
      let digits = mantissa(of: statement.text(range))
      return digits > 0 ? PortableMath.log1p(0.5 / digits) : 0
    case .word, .last, .hole, .binary, .negative, .power, .range, .call, .converted: return 0
    }
  }

  /// The digits as a whole number: 46 for `46k`, 4 for `4,000`, 40 for `4.0k`, 12 for `$0.12/GB`.
  ///
  /// Zeros at the end of a whole number say nothing, since nobody can write it without them.
  static func mantissa(of text: String) -> Double {
    var value = 0.0
    var zeros = 0
    var hasPoint = false
    for character in text.drop(while: { $0 == "$" || $0 == " " }) {
      switch character {
      case ".": hasPoint = true
      case ",", "_": continue
      case "0"..."9":
        guard let digit = character.wholeNumberValue else { break }
        value = value * 10 + Double(digit)
        zeros = digit == 0 ? zeros + 1 : 0
      default: return hasPoint ? value : value / 10.0.raised(to: zeros)
      }
    }
    return hasPoint ? value : value / 10.0.raised(to: zeros)
  }
}
