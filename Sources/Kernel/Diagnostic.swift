/// What is wrong with something a person wrote, where, and what would do instead.
///
/// Every reader (content, fault line, settings, store) throws it.
public struct Diagnostic: Error, Sendable, Hashable {
  /// The file, as the reader was given it; nil for text typed at the prompt.
  public var file: String?
  /// The line, from 1; nil when the whole file is meant.
  public var line: Int?
  /// The column, from 1, counted in characters.
  public var column: Int?
  /// What is wrong, as a sentence that stands on its own.
  public var message: String
  /// What was found there.
  public var found: String?
  /// What would have been right.
  public var expected: String?
  /// The nearest thing that would do.
  public var suggestion: String?
  /// The line that is meant, for readers that can show it with a mark below; nil when there is none.
  public var excerpt: Excerpt?
  /// Facts that the sentence rests on, each a line of its own: the dimensions of both sides.
  public var details: [String] = []
  /// What to try, as a sentence.
  public var advice: String?

  /// A line of a source with the part that is meant.
  public struct Excerpt: Sendable, Hashable {
    /// The whole line.
    public let line: String
    /// Where the part begins: the column, from 1, in characters.
    public let column: Int
    /// How many characters it has, at least one.
    public let length: Int

    /// The part of `length` characters of `line` that begins at `column`.
    public init(line: String, column: Int, length: Int) {
      self.line = line
      self.column = column
      self.length = length
    }
  }

  /// A complaint about the place and the text given.
  public init(
    _ message: String, file: String? = nil, line: Int? = nil, column: Int? = nil,
    found: String? = nil, expected: String? = nil, suggestion: String? = nil
  ) {
    self.message = message
    self.file = file
    self.line = line
    self.column = column
    self.found = found
    self.expected = expected
    self.suggestion = suggestion
  }

  /// A complaint about an unknown word, with the nearest known one and the list of all.
  ///
  /// Where nothing is known yet, `line` is what makes the first.
  public static func unknown(
    _ kind: String, _ word: String, known: [String], column: Int? = nil, madeBy line: String? = nil
  ) -> Diagnostic {
    let nearest = NearestWord.nearest(to: word, in: known)
    let isLong = known.count > (nearest == nil ? 24 : 9)
    var complaint = Diagnostic(
      word.isEmpty ? "Say which \(kind)." : "There is no \(kind) called '\(word)'.",
      column: column, found: word, expected: isLong ? nil : oneOf(known), suggestion: nearest)
    if known.isEmpty {
      complaint.advice = "There is none now" + (line.map { "; '\($0)' makes one." } ?? ".")
    }
    return complaint
  }

  /// What would have been right where any of `known` would; nil where there is none.
  public static func oneOf(_ known: [String]) -> String? {
    guard known.count > 1 else { return known.first }
    return "one of: \(known.joined(separator: ", "))"
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The complaint in one paragraph: `file:line:column: message` and what helps.
  public var description: String {
    var text = ""
    if let file {
      text =
        [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
        .joined(separator: ":") + ": "
    } else if let line {
      text = "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": "
    }
    text += message
    if !details.isEmpty { text += " " + details.joined(separator: "; ") + "." }
    // What may be repeated (`LINE...`) ends the sentence already.
    if let expected { text += " Expected \(expected)" + (expected.last == "." ? "" : ".") }
    if let advice { text += " " + advice }
    if let suggestion { text += " Did you mean '\(suggestion)'?" }
    return text
  }
}

/// Finds the word somebody probably meant.
public enum NearestWord {
  /// The known word with the fewest edits from `word`, if it is near enough to be meant.
  public static func nearest(to word: String, in known: [String]) -> String? {
    let target = Array(word.lowercased())
    guard target.count > 1 else { return nil }
    var best: (word: String, edits: Int)?
    for candidate in known {
      let letters = Array(candidate.lowercased())
      let edits =
        letters.starts(with: target) ? 1 : distance(target, letters)
      if edits < (best?.edits ?? .max) { best = (candidate, edits) }
    }
    guard let best, best.edits <= max(1, target.count / 3) else { return nil }
    return best.word
  }

  /// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
