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
  private var byWord = WordIndexedLog()
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
      BenchCommand(
        "show", usage: "show", example: "show", "Shows what is stored and what it takes."),
    ]
  }

  /// The labels that commands may take.
  public var parts: [String] { ["service=pay", "service=web"] }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The stores are those that the drill of logs runs."],
      leavesOut: LogPresets.loki.leavesOut + LogPresets.elk.leavesOut + [
        "A stream takes 2 kB and an entry of the word index 8 bytes: figures of ours."
      ], sources: [LogPresets.lokiSource])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    byLabel.fault.map { InvariantViolation("streams", witness: $0) }
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
    byWord = WordIndexedLog()
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

  private mutating func take(_ labels: MetricLabels, _ text: String) -> LabelIndexedLog.Refusal? {
    written += 1
    let line = LogLine(at: written, labels: labels, text: text)
    if kind == .elk {
      byWord.append(line)
      return nil
    }
    let refusal = byLabel.append(line)
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
    case "find":
      let (labels, rest) = Self.split(line.arguments)
      let query = LogQuery(labels: labels, words: rest)
      answer = kind == .elk ? byWord.search(query) : byLabel.search(query)
      var reply = Document()
      for found in answer.lines.suffix(5) {
        reply.add(.text("\(found.labels.selector) \(found.text)"))
      }
      reply.add(
        .text(
          "\(answer.lines.count) lines; read: \(Unit.bytes.text(Double(answer.bytesRead))) of text, "
            + "\(answer.entriesRead) entries of the index."))
      return reply
    default:
      return Document([
        .text(
          "\(kind == .elk ? byWord.count : byLabel.count) lines, "
            + "\(Unit.bytes.text(textBytes)) of text; the index takes "
            + "\(Unit.bytes.text(indexBytes)); "
            + (kind == .elk
              ? "\(byWord.termCount) words and labels."
              : "\(byLabel.streamCount) streams, \(refused) lines refused."))
      ])
    }
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

  private var textBytes: Double { Double(kind == .elk ? byWord.textBytes : byLabel.textBytes) }
  private var indexBytes: Double { Double(kind == .elk ? byWord.indexBytes : byLabel.indexBytes) }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("found", Double(answer.lines.count), .count),
      Measurement("text_read", Double(answer.bytesRead), .bytes),
      Measurement("entries_read", Double(answer.entriesRead), .count),
      Measurement("lines", Double(kind == .elk ? byWord.count : byLabel.count), .count),
      Measurement("refused", Double(refused), .count),
      Measurement(
        "streams", Double(kind == .elk ? byWord.termCount : byLabel.streamCount), .count),
      Measurement("text_bytes", textBytes, .bytes),
      Measurement("index_bytes", indexBytes, .bytes),
    ]
  }
}
