import Kernel
import Patterns
import Simulation

/// Everything that a run of the logging scenario changes.
struct LoggingWorld: World, Sendable {
  /// What can happen.
  enum Event: Sendable {
    case request
    case second
    case databaseSpeaks
    case faultIsDue
  }

  let settings: Settings
  let isWords: Bool
  var environment: Environment
  var schedule: FaultSchedule
  var byWord = WordIndexedLog()
  var byLabel: LabelIndexedLog
  /// Every line stored, in order: what searches are held against.
  var stored: [LogLine] = []
  var written = 0
  var heldBack = 0
  var refusedStreams = 0
  var refusedBytes = 0
  var causeLines = 0
  var bytesThisSecond = 0
  /// Lines of each kind this second, by instance and kind.
  var repeats: [[Int]]
  var violations: [(name: String, at: Instant, witness: String)] = []
  var lastFault: Trace.ID?
  var stormEvent: Trace.ID?
  var isStreamTold = false
  private var arrivalRandom: RandomStream
  private var userRandom: RandomStream
  private var errorRandom: RandomStream

  init(_ request: ScenarioRequest, roster: Roster) {
    settings = request.settings
    isWords = settings.word("store") == "words"
    environment = Environment(
      roster,
      network: Network(
        LinkQuality(latency: .constant(.milliseconds(1))), seed: request.seed),
      traceCapacity: request.traceCapacity)
    schedule = FaultSchedule(request.faults)
    var options = LabelIndexedLog.Options()
    options.maxStreams = settings.integer("max.streams")
    byLabel = LabelIndexedLog(options, forgetsLimit: request.mutant == "forgets-limit")
    repeats = Array(repeating: [0, 0, 0], count: settings.integer("instances") + 1)
    arrivalRandom = RandomStream(seed: request.seed, name: "arrivals")
    userRandom = RandomStream(seed: request.seed, name: "users")
    errorRandom = RandomStream(seed: request.seed, name: "errors")
  }

  private var database: Int { settings.integer("instances") }

  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleRequest(in: &queue)
    queue.schedule(.second, after: .seconds(1))
    queue.schedule(.databaseSpeaks, after: .milliseconds(700))
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
  }

  private mutating func scheduleRequest(in queue: inout EventQueue<Event>) {
    let rate = settings.number("rate") * environment.loadFactor
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.request, after: max(gap, .nanoseconds(1)))
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .request:
      serve(at: now)
      scheduleRequest(in: &queue)
    case .second:
      endSecond(at: now)
      queue.schedule(.second, after: .seconds(1))
    case .databaseSpeaks:
      tellCause(at: now)
      queue.schedule(.databaseSpeaks, after: .seconds(1))
    case .faultIsDue:
      for applied in schedule.carryOut(in: &environment, at: now) where applied.number != nil {
        lastFault = applied.event
      }
      if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
    }
  }

  /// A request writes a line, and many when it fails.
  private mutating func serve(at now: Instant) {
    let user = userRandom.below(settings.integer("users"))
    let place = userRandom.below(settings.integer("instances"))
    let chance = max(
      environment.errorRate(NodeID(place)), environment.errorRate(NodeID(database)))
    let isFailed = errorRandom.chance(min(1, chance))
    guard environment.processes.runs(NodeID(place)) else { return }
    write(
      place, kind: 0, user, isFailed ? "error" : "info",
      "request of user-\(user) took \(20 + user % 60) ms", at: now)
    guard isFailed else { return }
    for line in 0..<settings.integer("stack.lines") {
      write(
        place, kind: 1, user, "error", "could not reach the database, at frame \(line) of handler",
        at: now)
    }
  }

  private mutating func write(
    _ place: Int, kind: Int, _ user: Int?, _ level: String, _ text: String, at now: Instant
  ) {
    written += 1
    let limit = settings.integer("repeat.limit")
    repeats[place][kind] += 1
    if limit > 0, repeats[place][kind] > limit {
      heldBack += 1
      return
    }
    let size = text.utf8.count
    guard Double(bytesThisSecond + size) <= settings.number("ingest.limit") else {
      refusedBytes += 1
      noteStorm(at: now)
      return
    }
    var labels = MetricLabels([
      ("instance", environment.roster.name(NodeID(place))), ("level", level),
    ])
    if let user, settings.word("labels") == "user" { labels["user"] = "\(user)" }
    let line = LogLine(at: now.nanoseconds / 1_000_000, labels: labels, text: text)
    if isWords {
      byWord.append(line)
    } else if byLabel.append(line) != nil {
      refusedStreams += 1
      noteStreams(at: now)
      return
    }
    bytesThisSecond += size
    stored.append(line)
  }

  private mutating func endSecond(at now: Instant) {
    bytesThisSecond = 0
    for place in repeats.indices { repeats[place] = [0, 0, 0] }
    if let fault = byLabel.fault { violated("streams", at: now, fault) }
  }

  /// The database tells what is wrong with it, a line a second, in the middle of all others.
  private mutating func tellCause(at now: Instant) {
    guard environment.errorRate(NodeID(database)) > 0 else { return }
    causeLines += 1
    write(database, kind: 2, nil, "error", "disk-full on volume data-1, writes refused", at: now)
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !violations.contains(where: { $0.name == name }) { violations.append((name, now, witness)) }
  }

  private mutating func noteStorm(at now: Instant) {
    guard stormEvent == nil else { return }
    stormEvent = environment.trace.record(
      at: now, "store", "bytes-used-up",
      "\(Unit.bytes.text(settings.number("ingest.limit"))) of this second are used up; further "
        + "lines are refused, whatever they say", weight: .harm, cause: lastFault)
  }

  private mutating func noteStreams(at now: Instant) {
    guard !isStreamTold else { return }
    isStreamTold = true
    environment.trace.record(
      at: now, "store", "too-many-streams",
      "\(byLabel.streamCount) streams; lines that would make another are refused",
      weight: .harm, cause: lastFault)
  }
}
