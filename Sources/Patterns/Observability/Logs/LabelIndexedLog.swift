import OrderedCollections

/// A store of logs that indexes labels only, as Loki does: lines with the same labels make a
/// stream, and what is asked for is looked for in the streams' text.
///
/// Taking a line in costs next to nothing; a question reads every byte of the streams that fit its
/// labels. Labels with many values make many streams, each with a chunk of its own.
public struct LabelIndexedLog: Sendable, Equatable {
  /// What a store may hold.
  public struct Options: Sendable, Hashable {
    /// The most streams, and the most labels of one.
    public var maxStreams = 5_000
    /// The most labels of a stream.
    public var maxLabels = 15
    /// The longest line, in bytes.
    public var maxLineBytes = 262_144
    /// What a stream takes in the index and for its open chunk, in bytes: a figure of ours.
    public var streamBytes = 2_000

    /// Loki's limits.
    public init() {}
  }

  /// Why a line is refused.
  public enum Refusal: String, Sendable, Hashable, CaseIterable {
    /// It would be a new stream, and there are as many as there may be.
    case tooManyStreams = "too many streams"
    /// Its stream has too many labels.
    case tooManyLabels = "too many labels"
    /// It is too long.
    case tooLong = "line too long"
  }

  struct Stream: Sendable, Equatable {
    var lines: [(number: Int, line: LogLine)] = []
    var bytes = 0

    static func == (left: Stream, right: Stream) -> Bool {
      left.bytes == right.bytes && left.lines.map(\.number) == right.lines.map(\.number)
        && left.lines.map(\.line) == right.lines.map(\.line)
    }
  }

  /// What the store may hold.
  public let options: Options
  private var streams: OrderedDictionary<MetricLabels, Stream> = [:]
  /// Lines taken in.
  public private(set) var count = 0
  /// Bytes of text taken in.
  public private(set) var textBytes = 0
  /// Lines refused: dropped data is counted too.
  public private(set) var refusedCount = 0
  private let forgetsLimit: Bool

  /// An empty store; `forgetsLimit` is the bug that the number of streams has no bound.
  public init(_ options: Options = Options(), forgetsLimit: Bool = false) {
    self.options = options
    self.forgetsLimit = forgetsLimit
  }

  /// Different sets of labels.
  public var streamCount: Int { streams.count }

  /// What the index takes.
  public var indexBytes: Int { streams.count * options.streamBytes }

  /// Takes in a line, or says why not.
  public mutating func append(_ line: LogLine) -> Refusal? {
    if let refusal = refusal(of: line) {
      refusedCount += 1
      return refusal
    }
    streams[line.labels, default: Stream()].lines.append((count, line))
    streams[line.labels]?.bytes += line.text.utf8.count
    count += 1
    textBytes += line.text.utf8.count
    return nil
  }

  private func refusal(of line: LogLine) -> Refusal? {
    if line.labels.all.count > options.maxLabels { return .tooManyLabels }
    if line.text.utf8.count > options.maxLineBytes { return .tooLong }
    let isNew = streams[line.labels] == nil
    return isNew && streams.count >= options.maxStreams && !forgetsLimit ? .tooManyStreams : nil
  }

  /// The lines that fit `query`: every line of every stream that fits its labels is read.
  public func search(_ query: LogQuery) -> LogSearchAnswer {
    var found: [(number: Int, line: LogLine)] = []
    var read = 0
    for (labels, stream) in streams where query.fits(labels) {
      read += stream.bytes
      found += stream.lines.filter { query.fits($0.line) }
    }
    found.sort { $0.number < $1.number }
    return LogSearchAnswer(lines: found.map(\.line), bytesRead: read, entriesRead: streams.count)
  }

  /// What is wrong with the store, or nil.
  public var fault: String? {
    streams.count > options.maxStreams
      ? "\(streams.count) streams, \(options.maxStreams) are allowed" : nil
  }
}
