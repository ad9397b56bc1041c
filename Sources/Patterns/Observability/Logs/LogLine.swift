/// One line of a log, with the labels of where it came from.
public struct LogLine: Sendable, Hashable {
  /// When it was written, in milliseconds.
  public let at: Int64
  /// Where it came from: service, level and whatever else is a label.
  public let labels: MetricLabels
  /// The text.
  public let text: String

  /// A line.
  public init(at: Int64, labels: MetricLabels, text: String) {
    self.at = at
    self.labels = labels
    self.text = text
  }
}

/// How a text is split into the words that an index keeps.
public enum LogAnalyzer: String, Sendable, Hashable, CaseIterable {
  /// Runs of letters, digits, `_` and `-`, in lower case: what the drills of logs use.
  case words
  /// Runs of letters, digits and `_`, in lower case, so that `user-77` is two words.
  ///
  /// Elasticsearch's default, as far as it goes: of Unicode's word boundaries (UAX 29) this keeps
  /// those that matter for lines of logs.
  case standard
  /// What stands between spaces, as it is.
  case whitespace
  /// The whole text as one word.
  case keyword

  /// The words of `text`.
  public func terms(_ text: String) -> [String] {
    switch self {
    case .words: Self.runs(text) { $0 == "_" || $0 == "-" }
    case .standard: Self.runs(text) { $0 == "_" }
    case .whitespace: text.split(whereSeparator: \.isWhitespace).map(String.init)
    case .keyword: text.isEmpty ? [] : [text]
    }
  }

  private static func runs(_ text: String, _ isInner: (Character) -> Bool) -> [String] {
    text.lowercased().split { !($0.isLetter || $0.isNumber || isInner($0)) }.map(String.init)
  }
}

/// What is asked of a store of logs: lines with these labels that contain all these words.
public struct LogQuery: Sendable, Hashable {
  /// Labels that must have these values.
  public let labels: MetricLabels
  /// Words that must stand in the text, as the analyzer splits them.
  public let words: [String]
  private let analyzer: LogAnalyzer

  /// A question; `words` are split as the lines are.
  public init(
    labels: MetricLabels = MetricLabels(), words: [String] = [], analyzer: LogAnalyzer = .words
  ) {
    self.labels = labels
    self.analyzer = analyzer
    self.words = words.flatMap(analyzer.terms)
  }

  /// Whether `line` is meant.
  public func fits(_ line: LogLine) -> Bool {
    guard fits(line.labels) else { return false }
    guard !words.isEmpty else { return true }
    let own = Set(analyzer.terms(line.text))
    return words.allSatisfy(own.contains)
  }

  func fits(_ own: MetricLabels) -> Bool {
    labels.all.allSatisfy { own[$0.name] == $0.value }
  }
}

/// What a question cost, and what it found.
public struct LogSearchAnswer: Sendable, Hashable {
  /// The lines that fit, in the order in which they were taken in.
  public let lines: [LogLine]
  /// Bytes of text that had to be read.
  public let bytesRead: Int
  /// Entries of the index that had to be looked at.
  public let entriesRead: Int

  /// An answer.
  public init(lines: [LogLine], bytesRead: Int, entriesRead: Int) {
    self.lines = lines
    self.bytesRead = bytesRead
    self.entriesRead = entriesRead
  }
}
