import Kernel
import Patterns
import Simulation

/// Tells a run of queues in the trace: a thread for every message, repeated trouble a dozen times.
struct SQSStory: Sendable {
  typealias World = Cluster<MessagingFamily>

  let setup: SQSSetup
  /// The last event that was told of each message.
  private var threads: [Int: Trace.ID] = [:]
  /// Who works on what, by queue.
  private var working: [SQSTally.Place: NodeID] = [:]
  private var applied: Set<SQSTally.Place> = []
  private var told: [String: Int] = [:]

  /// How often a kind of event is told.
  static let limit = 12

  init(_ setup: SQSSetup) { self.setup = setup }

  private static func instant(_ span: TimeSpan, before now: Instant) -> Instant {
    .zero + max(.zero, (now - .zero) - span)
  }

  private func name(_ node: NodeID) -> String { setup.roster.name(node) }

  /// Records an event in the thread of a message, unless its kind was told often enough.
  private mutating func tell(
    _ part: NodeID, _ fact: Fact, of number: Int, blaming culprit: Trace.ID? = nil,
    in world: inout World
  ) {
    told[fact.kind, default: 0] += 1
    guard told[fact.kind] ?? 0 <= Self.limit else { return }
    let cause = culprit ?? threads[number]
    threads[number] = world.record(name(part), fact, cause: cause)
  }

  mutating func handed(_ number: Int, to worker: NodeID, at subscription: Int) {
    working[SQSTally.Place(number: number, subscription: subscription)] = worker
  }

  mutating func worked(_ number: Int, by worker: NodeID, at subscription: Int) {
    let place = SQSTally.Place(number: number, subscription: subscription)
    if working[place] == worker { working[place] = nil }
  }

  func isApplied(_ number: Int, at subscription: Int) -> Bool {
    applied.contains(SQSTally.Place(number: number, subscription: subscription))
  }

  mutating func violated(_ broken: InvariantViolation, by node: NodeID, in world: inout World) {
    world.record(name(node), Fact("violated", broken.description, weight: .harm))
  }

  mutating func retried(_ number: Int, attempt: Int, by producer: NodeID, in world: inout World) {
    let target = setup.settings.flag("topic") ? setup.topic : setup.queues[0]
    let patience = setup.settings.span("producer.timeout")
    let culprit = world.environment.blame(
      target, seenBy: producer, since: Self.instant(patience, before: world.now))
    let fact = Fact("sent-again", "sends message \(number) for the \(attempt)th time")
    tell(producer, fact, of: number, blaming: culprit, in: &world)
  }

  mutating func timedOut(_ number: Int, receives: Int, in queue: NodeID, of world: inout World) {
    let subscription = setup.queues.firstIndex(of: queue) ?? 0
    let place = SQSTally.Place(number: number, subscription: subscription)
    let timeout = setup.settings.span("VisibilityTimeout")
    guard let worker = working[place] else {
      let fact = Fact(
        "came-back", "message \(number) is visible again, nobody has deleted it within \(timeout)")
      tell(queue, fact, of: number, in: &world)
      return
    }
    let since = Self.instant(timeout, before: world.now)
    let culprit = world.environment.blame(worker, seenBy: queue, since: since)
    let runs = world.environment.processes.runs(worker)
    let detail =
      runs
      ? "message \(number) is visible again after \(timeout) while \(name(worker)) works on it"
      : "message \(number) is visible again after \(timeout); \(name(worker)) does not run"
    tell(
      queue, Fact(runs ? "lease-ended" : "came-back", detail), of: number, blaming: culprit,
      in: &world)
  }

  mutating func deadLettered(
    _ number: Int, receives: Int, isPoison: Bool, in queue: NodeID, of world: inout World
  ) {
    let detail =
      "message \(number) goes to the dead-letter queue after \(receives) receives"
      + (isPoison ? "" : ", although nothing is wrong with it")
    tell(
      queue, Fact("dead-lettered", detail, weight: isPoison ? .change : .harm), of: number,
      in: &world)
  }

  mutating func expired(
    _ number: Int, count: Int, isDead: Bool, in queue: NodeID, of world: inout World
  ) {
    let place = isDead ? "its dead-letter queue" : "the queue"
    let detail = "deletes \(count) messages from \(place) for their age, message \(number) first"
    tell(queue, Fact("expired", detail, weight: .harm), of: number, in: &world)
  }

  mutating func resurfaced(_ number: Int, in queue: NodeID, of world: inout World) {
    let fact = Fact(
      "resurfaced", "a server that missed the delete of message \(number) is back with its copy")
    tell(queue, fact, of: number, in: &world)
  }

  mutating func repeated(_ number: Int, in part: NodeID, of world: inout World) {
    let fact = Fact(
      "deduplicated", "knows the deduplication id of message \(number) and stores nothing")
    tell(part, fact, of: number, in: &world)
  }

  mutating func recognised(
    _ number: Int, in store: NodeID, at subscription: Int, of world: inout World
  ) {
    let fact = Fact(
      "recognised", "has the id of message \(number) and changes nothing", weight: .recovery)
    tell(store, fact, of: number, in: &world)
  }

  mutating func gaveUp(_ number: Int, by topic: NodeID, in world: inout World) {
    let fact = Fact("gave-up", "gives a copy of message \(number) up", weight: .harm)
    tell(topic, fact, of: number, in: &world)
  }

  mutating func applied(
    _ number: Int, isSecond: Bool, by worker: NodeID, at subscription: Int, in store: NodeID,
    of world: inout World
  ) {
    applied.insert(SQSTally.Place(number: number, subscription: subscription))
    guard isSecond else { return }
    let detail = "carries message \(number) out again for \(name(worker))"
    tell(store, Fact("applied-again", detail, weight: .harm), of: number, in: &world)
  }

  /// Tells of what was lost, when the run is over.
  mutating func tellLosses(_ findings: [Finding], in world: inout World) {
    for finding in findings {
      guard finding.guarantee == "no confirmed message is lost",
        case .violated(let witness) = finding.verdict
      else { continue }
      let fact = Fact("lost", witness.joined(separator: " "), weight: .harm)
      let roots = world.environment.trace.events.indices.filter {
        world.environment.trace.events[$0].weight == .fault
      }
      world.record("queues", fact, cause: roots.last.map(Trace.ID.init))
    }
  }
}
