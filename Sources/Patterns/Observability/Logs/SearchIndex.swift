/// A series of indices as Elasticsearch keeps them: lines are acknowledged at once, can be found
/// after the next refresh, are safe once the translog is on disk, and go into a new index when the
/// last one is full.
///
///     line ──▶ translog ──fsync──▶ disk
///       └────▶ buffer ──refresh──▶ segment, searchable ──rollover──▶ next index
public struct SearchIndex: Sendable, Equatable {
  /// When an acknowledged line is on disk.
  public enum Durability: String, Sendable, Hashable, CaseIterable {
    /// Before it is acknowledged.
    case request
    /// At the next sync.
    case async
  }

  /// The settings, times in milliseconds.
  public struct Options: Sendable, Hashable {
    /// The time between two refreshes; nil for none.
    public var refreshInterval: Int64? = 1_000
    /// Copies besides the primary.
    public var replicas = 1
    /// When an acknowledged line is on disk.
    public var durability = Durability.request
    /// The time between two syncs of the translog, where it is not synced at every request.
    public var syncInterval: Int64 = 5_000
    /// How texts are split.
    public var analyzer = LogAnalyzer.standard
    /// The bytes of an index and the age from which on a new one is begun.
    public var maxBytes = 50_000_000_000
    /// The age, in milliseconds.
    public var maxAge: Int64 = 2_592_000_000

    /// Elasticsearch's defaults.
    public init() {}
  }

  /// The settings.
  public let options: Options
  private let acknowledgesEarly: Bool
  /// The indices that were rolled over, and the one that is written, last.
  private var segments: [WordIndexedLog]
  private var bornAt: Int64 = 0
  /// Lines that are acknowledged and cannot be found yet, with the time of each.
  private var buffer: [(line: LogLine, at: Int64)] = []
  private var now: Int64 = 0
  /// Lines taken in, and lines lost after they had been acknowledged.
  public private(set) var acknowledged = 0
  /// Lines lost after they had been acknowledged.
  public private(set) var lost = 0
  /// Refreshes that made something searchable: each makes a segment.
  public private(set) var refreshes = 0

  /// An empty index; `acknowledgesEarly` is the bug that a line is acknowledged before it is on
  /// disk although the setting says otherwise.
  public init(_ options: Options = Options(), acknowledgesEarly: Bool = false) {
    self.options = options
    self.acknowledgesEarly = acknowledgesEarly
    segments = [WordIndexedLog(options.analyzer)]
  }

  /// Whether both hold the same lines in the same state.
  public static func == (left: SearchIndex, right: SearchIndex) -> Bool {
    left.options == right.options && left.segments == right.segments && left.now == right.now
      && left.bornAt == right.bornAt && left.acknowledged == right.acknowledged
      && left.lost == right.lost && left.buffer.map(\.line) == right.buffer.map(\.line)
      && left.acknowledgesEarly == right.acknowledgesEarly && left.refreshes == right.refreshes
  }

  /// Lines that can be found.
  public var searchable: Int { segments.reduce(0) { $0 + $1.count } }
  /// Lines that are acknowledged and cannot be found yet.
  public var waiting: Int { buffer.count }
  /// How many indices there are.
  public var indexCount: Int { segments.count }
  /// Bytes of text that can be found.
  public var textBytes: Int { segments.reduce(0) { $0 + $1.textBytes } }
  /// What the word index takes, of one copy.
  public var indexBytes: Int { segments.reduce(0) { $0 + $1.indexBytes } }
  /// Text and index of all copies.
  public var diskBytes: Int { (textBytes + indexBytes) * (1 + options.replicas) }
  /// Different words and labels, of all indices.
  public var termCount: Int { segments.reduce(0) { $0 + $1.termCount } }

  /// Takes in a line.
  public mutating func append(_ line: LogLine, at time: Int64) {
    advance(to: time)
    buffer.append((line, time))
    acknowledged += 1
  }

  /// Lets time pass: refreshes and rollovers happen when they are due.
  public mutating func advance(to time: Int64) {
    if let every = options.refreshInterval {
      let due = (now / every + 1) * every
      if due <= time { refresh() }
    }
    now = max(now, time)
  }

  /// Makes everything that was taken in searchable.
  public mutating func refresh() {
    guard !buffer.isEmpty else { return }
    refreshes += 1
    for (line, at) in buffer {
      rollOver(at: at)
      segments[segments.count - 1].append(line)
    }
    buffer = []
  }

  private mutating func rollOver(at time: Int64) {
    let last = segments[segments.count - 1]
    guard last.count > 0 else { return }
    let isFull = last.textBytes + last.indexBytes >= options.maxBytes
    guard isFull || time - bornAt >= options.maxAge else { return }
    segments.append(WordIndexedLog(options.analyzer))
    bornAt = time
  }

  /// Every node loses its power at once: what no translog on disk holds is gone.
  @discardableResult
  public mutating func losePower() -> Int {
    let isSafe = options.durability == .request && !acknowledgesEarly
    let synced = now / options.syncInterval * options.syncInterval
    let kept = isSafe ? buffer : buffer.filter { $0.at < synced }
    // A refresh makes searchable, not safe: segments in memory are as lost as the translog.
    var gone = buffer.count - kept.count
    if !isSafe { gone += forget(from: synced) }
    buffer = kept
    lost += gone
    refresh()
    return gone
  }

  /// Takes away what was written from `time` on; how many lines that were.
  private mutating func forget(from time: Int64) -> Int {
    var gone = 0
    segments = segments.map { segment in
      var kept = WordIndexedLog(options.analyzer)
      for line in segment.search(LogQuery()).lines {
        if line.at < time { kept.append(line) } else { gone += 1 }
      }
      return kept
    }
    return gone
  }

  /// The node with the primary is gone for good: a replica takes over, if there is one.
  @discardableResult
  public mutating func loseNode() -> Int {
    guard options.replicas == 0 else { return 0 }
    let gone = searchable + waiting
    segments = [WordIndexedLog(options.analyzer)]
    buffer = []
    lost += gone
    return gone
  }

  /// The lines that fit, of all indices, as of the last refresh.
  public func search(_ labels: MetricLabels, _ words: [String]) -> LogSearchAnswer {
    let query = LogQuery(labels: labels, words: words, analyzer: options.analyzer)
    var lines: [LogLine] = []
    var (bytes, entries) = (0, 0)
    for segment in segments {
      let answer = segment.search(query)
      lines += answer.lines
      bytes += answer.bytesRead
      entries += answer.entriesRead
    }
    return LogSearchAnswer(lines: lines, bytesRead: bytes, entriesRead: entries)
  }

  /// What is wrong, or nil.
  public var fault: String? {
    if searchable + waiting + lost != acknowledged {
      return "\(searchable) lines can be found, \(waiting) wait and \(lost) are lost, of "
        + "\(acknowledged)"
    }
    if lost > 0, options.durability == .request, options.replicas > 0 {
      return "\(lost) lines are lost that were acknowledged as being on disk of "
        + "\(1 + options.replicas) copies"
    }
    return nil
  }
}
