import Kernel
import Patterns
import Recordings

/// Does with the engine what `promtool test rules` does with the real one.
struct PromReplay {
  let configuration: JSONText
  let steps: JSONText
  let observed: JSONText

  init(_ recording: Recording) {
    self.init(
      configuration: recording.configuration, steps: recording.steps,
      observed: recording.observed)
  }

  init(configuration: JSONText, steps: JSONText, observed: JSONText) {
    self.configuration = configuration
    self.steps = steps
    self.observed = observed
  }

  /// What is wrong with the recording, or nothing.
  struct Unreadable: Error { let what: String }

  struct Answer {
    let query: String
    let at: String
    let recorded: String
    let ours: String
    /// Whether the query was refused.
    let isError: Bool
    let isOurError: Bool

    /// Whether both say the same.
    ///
    /// Which of several duplicates an error names depends on the order of a map of the real one;
    /// numbers that Go's library of mathematics rounds otherwise may differ in the last place.
    var isSame: Bool {
      guard !isError, !isOurError else {
        return isError && isOurError && Self.unnamed(ours) == Self.unnamed(recorded)
      }
      let isRounded = Self.rounded.contains(where: query.contains)
      return ours == recorded || isRounded && Self.isNear(ours, recorded)
    }

    private static let rounded = [
      "sin", "cos", "tan", "exp", "ln", "log", "^", "deg", "rad", "holt_winters",
    ]

    private static func unnamed(_ error: String) -> String {
      error.replacing(#/{[^}]*}/#, with: "{}")
    }

    private static func isNear(_ ours: String, _ recorded: String) -> Bool {
      let (one, other) = (parts(ours), parts(recorded))
      guard one.count == other.count else { return false }
      return zip(one, other).allSatisfy { mine, theirs in
        if mine == theirs { return true }
        guard let left = Double(mine), let right = Double(theirs) else { return false }
        return abs(left - right) <= 1e-13 * max(abs(left), abs(right))
      }
    }

    private static func parts(_ text: String) -> [Substring] {
      text.split { $0 == " " || $0 == "," }
    }
  }

  func answers() throws -> [Answer] {
    let items = observed.items ?? []
    let times = try items.map { try milliseconds($0["time"]?.string) }
    let store = try store(through: times.max() ?? 0)
    return try zip(items, times).map { item, time in
      let query = try text(item["expr"]?.string, "expr")
      let recorded = item["result"]?.string ?? item["error"]?.string ?? ""
      let (ours, isRefused) = Self.answer(query, store, at: time)
      return Answer(
        query: query, at: item["time"]?.string ?? "", recorded: recorded, ours: ours,
        isError: item["error"] != nil, isOurError: isRefused)
    }
  }

  private static func answer(
    _ query: String, _ store: SeriesStore, at time: Int64
  ) -> (text: String, isRefused: Bool) {
    do {
      let engine = PromEngine(store)
      let samples = try engine.samples(try PromParser.expression(query), at: time)
      let sorted = samples.sorted { $0.labels < $1.labels }
      let text = sorted.isEmpty ? "nil" : sorted.map(\.testText).joined(separator: ", ")
      return (text, false)
    } catch {
      return (error.message, true)
    }
  }

  /// The store after every evaluation of the rules up to `end`.
  private func store(through end: Int64) throws -> SeriesStore {
    let interval = try milliseconds(configuration["interval"]?.string ?? "1m")
    let step = try milliseconds(configuration["evaluation_interval"]?.string ?? "1m")
    // promtool evaluates every group at every step, whatever interval the group has.
    var groups = try (configuration["groups"]?.items ?? [configuration]).map { group in
      RuleGroup(try (group["rules"]?.items ?? []).map(rule))
    }
    var series: [(labels: MetricLabels, values: [Double?])] = []
    for item in steps["input_series"]?.items ?? [] {
      let labels = try PromParser.series(try text(item["series"]?.string, "series"))
      series.append((labels, try SeriesNotation.values(item["values"]?.string ?? "")))
    }
    var store = SeriesStore()
    var next = 0
    func load(through time: Int64) {
      while Int64(next) * interval <= time {
        for (labels, values) in series where next < values.count {
          if let value = values[next] {
            store.append(labels, value, at: Int64(next) * interval)
          }
        }
        next += 1
      }
    }
    for time in stride(from: 0, through: end, by: Int64.Stride(step)) {
      load(through: time)
      for place in groups.indices { _ = groups[place].evaluate(&store, at: time) }
    }
    // Samples after the last evaluation are not there, even if a later time is asked about.
    return store
  }

  private func rule(_ json: JSONText) throws -> MonitoringRule {
    let expression = try text(json["expr"]?.string, "expr")
    let labels = (json["labels"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
    if let name = json["record"]?.string {
      return try .record(name, expression, labels: labels)
    }
    return try .alert(
      try text(json["alert"]?.string, "alert"), expression,
      for: try json["for"].map { try milliseconds($0.string) } ?? 0,
      keepFiringFor: try json["keep_firing_for"].map { try milliseconds($0.string) } ?? 0,
      labels: labels)
  }

  private func text(_ text: String?, _ what: String) throws -> String {
    guard let text else { throw Unreadable(what: what) }
    return text
  }

  private func milliseconds(_ text: String?) throws -> Int64 {
    if text == "0" || text == "0m" || text == "0s" { return 0 }
    guard let text, let span = PromDuration.milliseconds(text) else {
      throw Unreadable(what: "time \(text ?? "none")")
    }
    return span
  }
}
