/// A subject as a subscription, stream or consumer names it: tokens between dots, `*` for exactly
/// one token, `>` for one or more at the end.
///
/// Only a whole token is a wildcard: `a.b*` is a literal. Source: nats.docs,
/// nats-concepts/subjects.md, and recordings of nats-server 2.9.10.
public struct NATSSubject: Sendable, Hashable {
  /// One part between dots.
  enum Token: Sendable, Hashable {
    case literal(Substring)
    case any
    case rest
  }

  /// The subject as written.
  public let text: String
  let tokens: [Token]

  /// Reads a subject; nil when a token is empty, has white space, or `>` is not the last.
  public init?(_ text: String) {
    guard let words = Self.words(text) else { return nil }
    var tokens: [Token] = []
    for word in words {
      if tokens.last == .rest { return nil }
      switch word {
      case "*": tokens.append(.any)
      case ">": tokens.append(.rest)
      default: tokens.append(.literal(word))
      }
    }
    self.text = text
    self.tokens = tokens
  }

  /// Whether it names one subject only.
  public var isLiteral: Bool {
    tokens.allSatisfy { if case .literal = $0 { true } else { false } }
  }

  /// Whether a message published to `subject` matches.
  ///
  /// The server takes wildcards in a published subject as plain text; a subject with an empty token
  /// matches nothing.
  public func matches(_ subject: String) -> Bool {
    guard let words = Self.words(subject) else { return false }
    return matches(words)
  }

  func matches(_ words: [Substring]) -> Bool {
    for (place, token) in tokens.enumerated() {
      guard place < words.count else { return false }
      switch token {
      case .rest: return true
      case .any: continue
      case .literal(let word): if word != words[place] { return false }
      }
    }
    return words.count == tokens.count
  }

  /// Whether some subject matches both.
  public func overlaps(_ other: NATSSubject) -> Bool {
    for (left, right) in zip(tokens, other.tokens) {
      switch (left, right) {
      case (.rest, _), (_, .rest): return true
      case (.any, _), (_, .any): continue
      case (.literal(let one), .literal(let two)): if one != two { return false }
      }
    }
    return tokens.count == other.tokens.count
  }

  /// The tokens of a subject, or nil when one is empty or has white space.
  static func words(_ text: String) -> [Substring]? {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    let isSound = words.allSatisfy { !$0.isEmpty && !$0.contains(where: \.isWhitespace) }
    return isSound ? words : nil
  }
}
