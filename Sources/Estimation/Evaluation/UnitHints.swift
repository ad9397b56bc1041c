import Kernel

/// What people mean by words that are no units.
enum UnitHints {
  /// What to write instead of `word`, or nil when nothing particular is known.
  static func hint(_ word: String) -> String? {
    switch word {
    case "m": "It could be minutes, months or millions: write min, month, or 5M without a space."
    case "k", "K", "M", "G", "T", "P":
      "A magnitude touches its number: 5\(word == "K" ? "k" : word). Or write million, billion."
    case "gb", "mb", "tb", "pb":
      "Write \(word.first?.uppercased() ?? "")B for bytes or \(word.first?.uppercased() ?? "")bit for bits."
    case "kBps", "KBps", "MBps", "GBps", "TBps":
      "Bytes a second are \(word.dropLast(2))/s; \(word.prefix(1))bps would be bits."
    case "mil", "mio", "Mio", "millions": "Write million, as in 5 million."
    case "billions", "bil", "Bn", "Mrd": "Write billion, as in 5 billion."
    case "percent", "pct": "Write %, as in 40%."
    case "EUR", "euro", "euros", "GBP", "pounds":
      "Money is in dollars here; exchange rates change, so convert first."
    case "Hz", "hz": "Say what is counted: 50/s, 50 requests/s."
    case "people's", "ppl": "Write persons or users."
    case "in": "To convert, write '-> UNIT'."
    default: nil
    }
  }

  /// Kinds of unit words that deserve a remark.
  enum Remarkable { case kilobyte, bits, month, year }

  /// Unit words that deserve a remark when they are used.
  static let remarkable: [String: Remarkable] = [
    "KB": .kilobyte, "kb": .bits, "Kb": .bits, "Mb": .bits, "Gb": .bits, "Tb": .bits, "Pb": .bits,
    "mo": .month, "month": .month, "months": .month, "yr": .year, "yrs": .year, "year": .year,
    "years": .year,
  ]
}

extension UnitTable {
  /// What to say of a word that is no unit.
  func unknown(_ word: String) -> EstimateComplaint.Reason {
    let hint = UnitHints.hint(word) ?? magnitudeHint(word)
    let nearest = hint == nil ? NearestWord.nearest(to: word, in: words) : nil
    return .unknownUnit(word, nearest: nearest, hint: hint)
  }

  /// `5Musers`: the magnitude hangs on the unit.
  private func magnitudeHint(_ word: String) -> String? {
    guard let first = word.first, "kKMGTP".contains(first), word.count > 2 else { return nil }
    let rest = String(word.dropFirst())
    guard unit(rest) != nil else { return nil }
    let magnitude = first == "K" ? "k" : first
    return "A magnitude touches its number and not the unit: 5\(magnitude) \(rest)."
  }
}
