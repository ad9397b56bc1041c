import OrderedCollections

/// A store of logs that indexes every word and every label, as Elasticsearch does.
///
/// Taking a line in costs an entry for each of its words; a question reads only the entries of its
/// words, and no text at all.
public struct WordIndexedLog: Sendable, Equatable {
  /// Bytes that an entry of the index takes: the number of a line, eight bytes.
  public static let entryBytes = 8

  /// How lines are split.
  public let analyzer: LogAnalyzer
  private var lines: [LogLine] = []
  /// For each word and each label the numbers of the lines with it, in order; looked up only.
  private var entries: [String: [Int]] = [:]
  /// Entries in all.
  public private(set) var entryCount = 0
  /// Bytes of the different words and labels.
  public private(set) var termBytes = 0
  /// Bytes of text taken in.
  public private(set) var textBytes = 0

  /// An empty store.
  public init(_ analyzer: LogAnalyzer = .words) { self.analyzer = analyzer }

  /// Lines stored.
  public var count: Int { lines.count }

  /// Different words and labels.
  public var termCount: Int { entries.count }

  /// What the index takes.
  public var indexBytes: Int { entryCount * Self.entryBytes + termBytes }

  /// Takes in a line.
  public mutating func append(_ line: LogLine) {
    let number = lines.count
    lines.append(line)
    textBytes += line.text.utf8.count
    for term in OrderedSet(analyzer.terms(line.text) + line.labels.all.map(Self.term)) {
      if entries[term] == nil { termBytes += term.utf8.count }
      entries[term, default: []].append(number)
      entryCount += 1
    }
  }

  private static func term(_ label: MetricLabels.Label) -> String {
    "\(label.name)=\(label.value)"
  }

  /// The lines that fit `query`: the shortest list of entries is walked, the others are searched.
  public func search(_ query: LogQuery) -> LogSearchAnswer {
    let terms = query.words + query.labels.all.map(Self.term)
    guard !terms.isEmpty else {
      return LogSearchAnswer(lines: lines, bytesRead: textBytes, entriesRead: 0)
    }
    var lists: [[Int]] = []
    for term in terms {
      guard let list = entries[term] else {
        return LogSearchAnswer(lines: [], bytesRead: 0, entriesRead: terms.count)
      }
      lists.append(list)
    }
    lists.sort { $0.count < $1.count }
    var read = lists[0].count
    var found = lists[0]
    for list in lists.dropFirst() {
      read += found.count
      found = found.filter { Self.contains(list, $0) }
    }
    return LogSearchAnswer(lines: found.map { lines[$0] }, bytesRead: 0, entriesRead: read)
  }

  private static func contains(_ sorted: [Int], _ number: Int) -> Bool {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == number
  }
}
