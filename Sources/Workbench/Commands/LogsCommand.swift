import Drills
import Kernel
import Presentation

/// `logs`: what happened in the last run, line by line, by words and labels.
struct LogsCommand: Command {
  let spec = CommandSpec(
    "logs", .touching, arguments: [.init("WORDS", isOptional: true, isRest: true)],
    examples: [
      ("logs", "the first events of the last run"),
      ("logs weight=harm shard-2", "what clients suffered from shard-2"),
      ("logs after=30s", "what was recorded from 30 s on"),
    ],
    isPromptOnly: true,
    "Shows what was recorded in the last run; words and part=, kind=, weight=, after= narrow it.")

  private static let limit = 20
  private static let labels = ["part", "kind", "weight", "after"]

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let inspected = try session.inspectedRun()
    let filter = try Filter(call.text)
    let trace = inspected.outcome.trace
    let events = trace.events.filter(filter.fits)
    var document = Document([inspected.heading])
    guard !events.isEmpty else {
      document.add(
        .text(
          trace.events.isEmpty
            ? "Nothing was recorded: the run has no trouble to tell of."
            : "None of the \(trace.events.count) recorded events fits. Parts: "
              + Self.distinct(trace.events.map(\.part)).joined(separator: ", ") + ". Kinds: "
              + Self.distinct(trace.events.map(\.kind)).joined(separator: ", ") + "."))
      return Reply(document)
    }
    document.add(.timeline(events.prefix(Self.limit).map(WhyView.moment)))
    if events.count > Self.limit {
      let next = events[Self.limit].at
      document.add(
        .text("\(Self.limit) of \(events.count) events; 'after=\(next.compact)' shows the next."))
    }
    if trace.overflow > 0 { document.add(.text("\(trace.overflow) later events were not kept.")) }
    return Reply(document)
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return Array(names.filter { seen.insert($0).inserted }.prefix(12))
  }

  /// Which events are wanted: all words must stand in the line, all labels must fit.
  private struct Filter {
    var words: [String] = []
    var labels: [(name: String, value: String)] = []
    var after = Instant.zero

    init(_ text: String) throws(Diagnostic) {
      for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
        let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else {
          words.append(word.lowercased())
          continue
        }
        guard LogsCommand.labels.contains(sides[0]) else {
          throw .unknown("label of a log line", sides[0], known: LogsCommand.labels)
        }
        guard sides[0] == "after" else {
          labels.append((sides[0], sides[1]))
          continue
        }
        guard let span = TimeSpan(text: sides[1]) else {
          throw Diagnostic("'\(sides[1])' is no time.", found: sides[1], expected: "30s or 1.5min")
        }
        after = Instant.zero + span
      }
    }

    func fits(_ event: Trace.Event) -> Bool {
      guard event.at >= after else { return false }
      for label in labels {
        let own =
          switch label.name {
          case "part": event.part
          case "kind": event.kind
          default: event.weight.rawValue
          }
        guard own == label.value else { return false }
      }
      let line = "\(event.part) \(event.kind) \(event.detail)".lowercased()
      return words.allSatisfy(line.contains)
    }
  }
}

extension Instant {
  /// The time since the start as a word without spaces: `31.9s`.
  fileprivate var compact: String {
    description.split(separator: " ").joined()
  }
}
