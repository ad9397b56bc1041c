extension Int {
  /// The number with a word behind it, as people say it: `1 message`, `3 messages`, `0 rows pending`.
  ///
  /// What follows the first word stays as it is.
  func of(_ singular: String) -> String {
    guard self != 1 else { return "1 \(singular)" }
    let words = singular.split(separator: " ", maxSplits: 1).map(String.init)
    return (["\(self) \(words[0])s"] + words.dropFirst()).joined(separator: " ")
  }
}
