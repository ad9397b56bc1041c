/// Running text with emphasis, as spans.
public struct Text: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation
{
  /// The spans, in reading order.
  public var spans: [Span]

  /// Text of `spans`.
  public init(_ spans: [Span]) { self.spans = spans }

  /// Text without emphasis.
  public init(_ plain: String) { spans = [.plain(plain)] }

  /// Text without emphasis.
  public init(stringLiteral value: String) { self.init(value) }

  /// The words without their emphasis.
  public var plain: String { spans.map(\.words).joined() }

  /// One text after the other.
  public static func + (first: Text, second: Text) -> Text { Text(first.spans + second.spans) }

  /// Strong text.
  public static func strong(_ words: String) -> Text { Text([.strong(words)]) }

  /// Something to type or a name from code.
  public static func code(_ words: String) -> Text { Text([.code(words)]) }

  /// Text in a tone.
  public static func toned(_ words: String, _ tone: Tone) -> Text { Text([.toned(words, tone)]) }
}

/// A run of text with one kind of emphasis.
public enum Span: Sendable, Hashable {
  /// Words as they are.
  case plain(String)
  /// Stressed words.
  case emphasis(String)
  /// Words that stand out.
  case strong(String)
  /// Something to type or a name from code.
  case code(String)
  /// A link: its words and its address.
  case link(String, address: String)
  /// Words in a tone.
  case toned(String, Tone)
  /// A met or missed mark; renderers without colour write the word.
  case mark(Mark)

  /// The words without the emphasis; a mark gives its word.
  public var words: String {
    switch self {
    case .plain(let words), .emphasis(let words), .strong(let words), .code(let words),
      .link(let words, _), .toned(let words, _):
      words
    case .mark(let mark): mark.word
    }
  }
}

/// The tone of words: what a colour would say.
public enum Tone: String, Sendable, Hashable, CaseIterable {
  /// Good news.
  case good
  /// Bad news.
  case bad
  /// Less important than the rest.
  case quiet
  /// The thing to look at.
  case accent
}

/// A verdict as a sign: drawn where there are signs, a word elsewhere.
public enum Mark: String, Sendable, Hashable, CaseIterable {
  /// An objective that was met, an answer that was right.
  case met
  /// An objective that was missed, an answer that was wrong.
  case missed
  /// Nothing is known.
  case unknown

  /// The mark as a word.
  public var word: String { rawValue }

  /// The mark as a sign.
  public var sign: String {
    switch self {
    case .met: "✓"
    case .missed: "✗"
    case .unknown: "?"
    }
  }
}
