import Kernel
import Patterns
import Presentation

/// A store of logs live under commands: lines go in, words are looked for, and both are paid for.
public struct LogsBench: Bench {
  /// Which store it is.
  public enum Kind: String, Sendable {
    /// Indexed by labels.
    case loki
    /// Indexed by words.
    case elk
  }

  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let kind: Kind
  private var byLabel = LabelIndexedLog()
  private var index = SearchIndex()
  private var now = Instant.zero
  private var answer = LogSearchAnswer(lines: [], bytesRead: 0, entriesRead: 0)
  private var written: Int64 = 0
  private var refused = 0

  /// An empty store.
  public init(_ kind: Kind) {
    self.kind = kind
    settings = Settings(kind == .loki ? LogPresets.loki.knobs : LogPresets.elk.knobs)
  }

  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "write", usage: "write LABEL=VALUE... TEXT", example: "write service=pay card refused",
        "Writes a line; words with = in front are its labels."),
      BenchCommand(
        "flood", usage: "flood COUNT [user]", example: "flood 1000",
        "Writes lines of a web server; with user, each has its user as a label."),
      BenchCommand(
        "find", usage: "find [LABEL=VALUE...] [WORD...]", example: "find service=pay refused",
        "Looks for lines with these labels and all these words, and says what had to be read."),
    ] + (kind == .elk ? Self.indexCommands : []) + [
      BenchCommand(
        "show", usage: "show", example: "show", "Shows what is stored and what it takes.")
    ]
  }

  private static let indexCommands = [
    BenchCommand(
      "tick", usage: "tick TIME", example: "tick 1s", "Lets time pass: refreshes and syncs come."),
    BenchCommand(
      "refresh", usage: "refresh", example: "refresh",
      "Makes everything written so far searchable at once."),
    BenchCommand(
      "crash", usage: "crash", example: "crash",
      "Every node loses power: what no translog on disk holds is gone."),
    BenchCommand(
      "lose", usage: "lose", example: "lose",
      "The node with the primary shard is gone for good; a replica takes over if there is one."),
  ]

  /// The labels that commands may take.
  public var parts: [String] { ["service=pay", "service=web"] }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The stores are those that the drill of logs runs."],
      leavesOut: (kind == .loki ? LogPresets.loki : LogPresets.elk).leavesOut + [
        "A stream takes 2 kB and an entry of the word index 8 bytes: figures of ours."
      ], sources: Array(Set(settings.knobs.map(\.source))).sorted())
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if kind == .elk { return index.fault.map { InvariantViolation("conserved", witness: $0) } }
    return byLabel.fault.map { InvariantViolation("streams", witness: $0) }
  }

  /// Turns knobs; the store begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    var options = LabelIndexedLog.Options()
    if kind == .loki {
      options.maxStreams = changed.integer("max_global_streams_per_user")
      options.maxLabels = changed.integer("max_label_names_per_series")
      options.maxLineBytes = Int(changed.number("max_line_size"))
    }
    byLabel = LabelIndexedLog(options)
    if kind == .elk { index = SearchIndex(Self.options(changed)) }
    now = .zero
    refused = 0
    return Document([.text("The store begins anew, empty.")])
  }

  private static func split(_ words: [String]) -> (labels: MetricLabels, rest: [String]) {
    let labels = words.prefix { $0.contains("=") && !$0.hasPrefix("=") }
    let pairs = labels.map { word -> (String, String) in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    return (MetricLabels(pairs), Array(words.dropFirst(labels.count)))
  }

  private static func options(_ settings: Settings) -> SearchIndex.Options {
    func milliseconds(_ name: String) -> Int64 { settings.span(name).nanoseconds / 1_000_000 }
    var options = SearchIndex.Options()
    let refresh = milliseconds("index.refresh_interval")
    options.refreshInterval = refresh == 0 ? nil : refresh
    options.replicas = settings.integer("index.number_of_replicas")
    options.durability =
      SearchIndex.Durability(rawValue: settings.word("index.translog.durability")) ?? .request
    options.syncInterval = milliseconds("index.translog.sync_interval")
    options.analyzer =
      LogAnalyzer(rawValue: settings.word("index.analysis.analyzer.default.type")) ?? .standard
    options.maxBytes = Int(settings.number("rollover.max_primary_shard_size"))
    options.maxAge = milliseconds("rollover.max_age")
    return options
  }

  private var milliseconds: Int64 { now.nanoseconds / 1_000_000 }

  private mutating func take(_ labels: MetricLabels, _ text: String) -> LabelIndexedLog.Refusal? {
    written += 1
    if kind == .elk {
      index.append(LogLine(at: milliseconds, labels: labels, text: text), at: milliseconds)
      return nil
    }
    let refusal = byLabel.append(LogLine(at: written, labels: labels, text: text))
    if refusal != nil { refused += 1 }
    return refusal
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "write":
      let (labels, rest) = Self.split(line.arguments)
      guard !rest.isEmpty else {
        throw Diagnostic(
          "Say what to write.", found: line.text, expected: "write service=pay card refused")
      }
      if let refusal = take(labels, rest.joined(separator: " ")) {
        return Document([.aside(.warning, [.text("Refused: \(refusal.rawValue).")])])
      }
      return Document([.text("Stored as line \(written) with the labels \(labels.selector).")])
    case "flood": return try flood(line)
    case "find": return find(line)
    case "tick":
      let span = try line.span(upTo: .hours(1_000), expected: "a time up to 1000h, such as 1s")
      now += span
      index.advance(to: milliseconds)
      return Document([.text("It is \(now). \(counts)")])
    case "refresh":
      index.refresh()
      return Document([.text(counts)])
    case "crash":
      let gone = index.losePower()
      return Document([
        .text("The power is back, the translog is read. \(gone) lines are gone. \(counts)")
      ])
    case "lose":
      let gone = index.loseNode()
      return Document([
        .text(
          gone > 0 || settings.integer("index.number_of_replicas") == 0
            ? "There was no replica. \(gone) lines are gone." : "A replica is the primary now.")
      ])
    default:
      return Document([.text(kind == .elk ? "\(counts) \(sizes)" : sizes)])
    }
  }

  private mutating func find(_ line: BenchLine) -> Document {
    let (labels, rest) = Self.split(line.arguments)
    answer =
      kind == .elk
      ? index.search(labels, rest) : byLabel.search(LogQuery(labels: labels, words: rest))
    var reply = Document()
    for found in answer.lines.suffix(5) {
      reply.add(.text("\(found.labels.selector) \(found.text)"))
    }
    reply.add(
      .text(
        "\(answer.lines.count) lines; read: \(Unit.bytes.text(Double(answer.bytesRead))) of text, "
          + "\(answer.entriesRead) entries of the index."))
    if kind == .elk, index.waiting > 0 {
      reply.add(.text("\(index.waiting) lines are not searchable yet: no refresh has come."))
    }
    return reply
  }

  private var counts: String {
    "\(index.searchable) lines can be found, \(index.waiting) wait for a refresh, "
      + "\(index.lost) are lost; \(index.indexCount) "
      + (index.indexCount == 1 ? "index." : "indices.")
  }

  private var sizes: String {
    let text =
      "\(Unit.bytes.text(textBytes)) of text; the index takes "
      + "\(Unit.bytes.text(indexBytes))"
    if kind == .elk {
      return "\(text); \(index.termCount) words and labels; on disk, all copies together, "
        + "\(Unit.bytes.text(Double(index.diskBytes)))."
    }
    return "\(byLabel.count) lines, \(text); \(byLabel.streamCount) streams, \(refused) lines "
      + "refused."
  }

  private mutating func flood(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "lines", upTo: 50_000)
    let hasUser = line.arguments.dropFirst().first == "user"
    for number in 0..<count {
      var labels = MetricLabels([
        ("service", "web"), ("level", number % 50 == 0 ? "error" : "info"),
      ])
      if hasUser { labels["user"] = "\(number)" }
      _ = take(labels, "GET /item/\(number * 7 % 1_000) for user-\(number) took \(number % 90) ms")
    }
    return Document([.text("\(count) lines were written; \(refused) have been refused so far.")])
  }

  private var textBytes: Double { Double(kind == .elk ? index.textBytes : byLabel.textBytes) }
  private var indexBytes: Double { Double(kind == .elk ? index.indexBytes : byLabel.indexBytes) }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("found", Double(answer.lines.count), .count),
      Measurement("text_read", Double(answer.bytesRead), .bytes),
      Measurement("entries_read", Double(answer.entriesRead), .count),
      Measurement("lines", Double(kind == .elk ? index.searchable : byLabel.count), .count),
      Measurement("refused", Double(refused), .count),
      Measurement(
        "streams", Double(kind == .elk ? index.termCount : byLabel.streamCount), .count),
      Measurement("text_bytes", textBytes, .bytes),
      Measurement("index_bytes", indexBytes, .bytes),
      Measurement("waiting", Double(index.waiting), .count),
      Measurement("lost", Double(index.lost), .count),
      Measurement("indices", Double(index.indexCount), .count),
      Measurement(
        "disk_bytes", kind == .elk ? Double(index.diskBytes) : textBytes + indexBytes, .bytes),
    ]
  }
}
