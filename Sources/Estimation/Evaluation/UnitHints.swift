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
