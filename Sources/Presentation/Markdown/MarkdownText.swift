/// Running text as Markdown that reads back as the same text.
struct MarkdownText {
  /// Where the text stands, since each place has its own signs.
  enum Place: Equatable {
    case paragraph
    case heading
    case cell
  }

  /// The lines of Markdown; all but the last end with a hard break, except in a cell.
  let lines: [String]

  init(_ text: Text, place: Place = .paragraph) {
    var lines: [String] = []
    for spans in Self.split(Self.merged(text.spans)) {
      lines.append(Self.line(of: Self.trimmed(spans), place: place))
    }
    while lines.last == "" { lines.removeLast() }
    while lines.first == "" { lines.removeFirst() }
    if place == .paragraph {
      for index in lines.indices.dropLast() { lines[index] += "\\" }
    }
    self.lines = lines
  }

  /// The longest run of `sign` in `text`.
  static func longestRun(of sign: Unicode.Scalar, in text: String) -> Int {
    var longest = 0
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == sign ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  /// Neighbouring spans of one kind become one, since their signs would run together.
  private static func merged(_ spans: [Span]) -> [Span] {
    var result: [Span] = []
    for span in spans.map(reduced) where !span.words.isEmpty {
      switch (result.last, span) {
      case (.plain(let left), .plain(let right)): result[result.count - 1] = .plain(left + right)
      case (.strong(let left), .strong(let right)):
        result[result.count - 1] = .strong(left + right)
      case (.emphasis(let left), .emphasis(let right)):
        result[result.count - 1] = .emphasis(left + right)
      case (.code(let left), .code(let right)): result[result.count - 1] = .code(left + right)
      default: result.append(span)
      }
    }
    return result
  }

  /// A span in the kinds that Markdown has, made harmless.
  private static func reduced(_ span: Span) -> Span {
    let safe = { (words: String) in SafeText.lines(words).joined(separator: "\n") }
    switch span {
    case .plain(let words), .toned(let words, .good), .toned(let words, .bad),
      .toned(let words, .quiet):
      return .plain(safe(words))
    case .strong(let words), .toned(let words, .accent): return .strong(safe(words))
    case .emphasis(let words): return .emphasis(safe(words))
    case .code(let words): return .code(SafeText.line(words))
    case .link(let words, let address):
      let target = SafeText.line(address)
      let label = words.isEmpty ? target : SafeText.line(words)
      if LinkAddress(target) != nil { return .link(label, address: target) }
      return .plain(label == target ? label : "\(label) (\(target))")
    case .mark(let mark): return .plain(mark.sign)
    }
  }

  private static func split(_ spans: [Span]) -> [[Span]] {
    var lines: [[Span]] = [[]]
    for span in spans {
      let parts = span.words.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index > 0 { lines.append([]) }
        guard !part.isEmpty else { continue }
        let words = String(part)
        let piece: Span =
          switch span {
          case .strong: .strong(words)
          case .emphasis: .emphasis(words)
          case .plain: .plain(words)
          case .code, .link, .toned, .mark: span
          }
        lines[lines.count - 1].append(piece)
      }
    }
    return lines
  }

  /// The spans with the spaces of emphasised words moved outside, and none at the ends.
  private static func trimmed(_ spans: [Span]) -> [Span] {
    var result: [Span] = []
    for span in spans {
      let words = span.words
      let body = words.trimmingSpaces
      switch span {
      case .strong, .emphasis:
        let before = String(words.prefix { $0.isWhitespace })
        let after = body.isEmpty ? "" : String(words.reversed().prefix { $0.isWhitespace })
        result.append(.plain(before))
        if case .strong = span {
          result.append(.strong(body))
        } else {
          result.append(.emphasis(body))
        }
        result.append(.plain(after))
      case .plain, .code, .link, .toned, .mark: result.append(span)
      }
    }
    result = merged(result)
    if case .plain(let words) = result.first {
      result[0] = .plain(String(words.drop { $0 == " " }))
    }
    if let last = result.indices.last, case .plain(let words) = result[last] {
      result[last] = .plain(String(words.reversed().drop { $0 == " " }.reversed()))
    }
    return result.filter { !$0.words.isEmpty }
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmingSpaces: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
