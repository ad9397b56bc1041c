/// A part of the source text: offsets of bytes, the end left out.
public struct SourceRange: Sendable, Hashable {
  /// Where it begins.
  public let start: Int
  /// Where it ends.
  public let end: Int

  /// The bytes from `start` up to `end`.
  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// Both parts and what lies between.
  func joined(_ other: SourceRange) -> SourceRange {
    SourceRange(min(start, other.start), max(end, other.end))
  }
}

/// A word, number or sign of the language.
struct Token {
  /// What a token is.
  enum Kind: Equatable {
    /// A number with its suffix worked in: `2M` is 2,000,000.
    case number(Double)
    /// A name, unit or keyword.
    case word
    case plus, minus, times, over, caret, percent, dollar, hole
    case open, close, comma, colon, equals, arrow
    case less, atMost, greater, atLeast
    /// The end of a statement: a line feed or `;`.
    case separator
    /// What cannot be read, and why: the statement that comes to it is refused, and no other.
    case broken(EstimateComplaint.Reason)
    case end
  }

  let kind: Kind
  let range: SourceRange

  /// Whether it is a number.
  var isNumber: Bool {
    if case .number = kind { true } else { false }
  }
}
