/// A word of a fault line with the column it begins at, from 1.
struct FaultWord: Equatable {
  let text: String
  let column: Int

  /// The words of `line` up to a comment; `,`, `|`, `->` and `<->` are words of their own.
  static func words(of line: String) -> [FaultWord] {
    var words: [FaultWord] = []
    var current = ""
    var start = 0
    let letters = Array(line)
    var place = 0
    func finish(_ words: inout [FaultWord]) {
      if !current.isEmpty { words.append(FaultWord(text: current, column: start)) }
      current = ""
    }
    while place < letters.count, letters[place] != "#" {
      if let mark = mark(in: letters, at: place) {
        finish(&words)
        words.append(FaultWord(text: mark, column: place + 1))
        place += mark.count
        continue
      }
      if letters[place].isWhitespace {
        finish(&words)
      } else {
        if current.isEmpty { start = place + 1 }
        current.append(letters[place])
      }
      place += 1
    }
    finish(&words)
    return words
  }

  private static func mark(in letters: [Character], at place: Int) -> String? {
    for mark in ["<->", "->", ",", "|"] where letters[place...].starts(with: mark) { return mark }
    return nil
  }
}
