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

  /// The words of the text: runs of letters, digits, `_` and `-`, in lower case.
  public var words: [String] { Self.words(text) }

  /// The words of `text`.
  public static func words(_ text: String) -> [String] {
    text.lowercased().split { character in
      !(character.isLetter || character.isNumber || character == "_" || character == "-")
    }.map(String.init)
  }
}

/// What is asked of a store of logs: lines with these labels that contain all these words.
public struct LogQuery: Sendable, Hashable {
  /// Labels that must have these values.
  public let labels: MetricLabels
  /// Words that must stand in the text, whole, in lower case.
  public let words: [String]

  /// A question.
  public init(labels: MetricLabels = MetricLabels(), words: [String] = []) {
    self.labels = labels
    self.words = words.flatMap(LogLine.words)
  }

  /// Whether `line` is meant.
  public func fits(_ line: LogLine) -> Bool {
    guard fits(line.labels) else { return false }
    guard !words.isEmpty else { return true }
    let own = Set(line.words)
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
