/// Words to look for in what somebody wrote.
///
/// Case, hyphens and articles do not matter, endings are forgiven (`retry` is found in `retries`),
/// and `#` stands for any number. Words are found, not understood; the one thing that is noticed is
/// a `no` or `not` right before them.
public struct Phrase: Sendable, Hashable {
  /// The words as they were given.
  public let text: String
  private let words: [String]

  /// The phrase `text`; nil when it has no word.
  public init?(_ text: String) {
    words = Self.words(of: text).filter { !Self.articles.contains($0) }
    self.text = text
    if words.isEmpty { return nil }
  }

  /// Whether the phrase is in `line`.
  public func isFound(in line: String) -> Bool {
    let said = Self.words(of: line).filter { !Self.articles.contains($0) }
    guard said.count >= words.count else { return false }
    let isDenial = Self.denials.contains(words[0])
    for start in 0...(said.count - words.count) {
      let isThere = zip(words, said[start...]).allSatisfy { Self.fits($0, $1) }
      let isDenied = start > 0 && Self.denials.contains(said[start - 1]) && !isDenial
      if isThere, !isDenied { return true }
    }
    return false
  }

  private static let articles: Set<String> = ["a", "an", "the"]
  private static let denials: Set<String> = [
    "no", "not", "without", "never", "dont", "doesnt", "wont", "cannot", "isnt", "nor",
  ]

  /// Whether a word that was said is `wanted`, endings aside.
  private static func fits(_ wanted: String, _ said: String) -> Bool {
    if wanted == "#" { return said.first?.isNumber == true }
    if wanted == said { return true }
    guard let last = wanted.last, wanted.first?.isNumber != true else {
      return wanted.contains(".") && said.hasPrefix(wanted)
    }
    if wanted.count < 4 { return said == wanted + "s" }
    if said.hasPrefix(wanted) { return true }
    let stem = String(wanted.dropLast())
    switch last {
    case "e": return ["ing", "ed", "es", "er", "ation"].contains { said == stem + $0 }
    case "y": return ["ies", "ied"].contains { said == stem + $0 }
    default: return false
    }
  }

  /// The words of a line in lower case; a point between digits belongs to the number.
  private static func words(of line: String) -> [String] {
    let letters = Array(line.lowercased())
    var words: [String] = []
    var word = ""
    func isPart(_ place: Int) -> Bool {
      let letter = letters[place]
      if letter.isLetter || letter.isNumber || "^#%$".contains(letter) { return true }
      let isInside = place > 0 && place + 1 < letters.count
      guard letter == "." || letter == ",", isInside else { return false }
      return letters[place - 1].isNumber && letters[place + 1].isNumber
    }
    for place in letters.indices {
      if letters[place] == "'" || letters[place] == "’" { continue }
      if isPart(place) {
        if letters[place] != "," { word.append(letters[place]) }
        // `99.9%` is a number and a sign.
        if letters[place] != "%" { continue }
        word.removeLast()
        if !word.isEmpty { words.append(word) }
        words.append("%")
        word = ""
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
