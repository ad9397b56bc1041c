import Kernel
import Patterns
import Simulation

/// Tells a run of services in the trace: a thread for every event, repeated trouble a dozen times.
struct EventStory: Sendable {
  typealias World = Cluster<MessagingFamily>

  let setup: EventSetup
  private var threads: [Int: Trace.ID] = [:]
  private var told: [String: Int] = [:]
  private var relayed: [Int: NodeID] = [:]
  private var orders: [Int: (order: Int, version: Int)] = [:]
  private var deploy: Trace.ID?

  init(_ setup: EventSetup) { self.setup = setup }

  private func name(_ node: NodeID) -> String { setup.roster.name(node) }

  private func text(_ event: DomainEvent) -> String {
    "version \(event.version) of order \(event.aggregate)"
  }

  private mutating func tell(
    _ part: NodeID, _ fact: Fact, of id: Int, blaming culprit: Trace.ID? = nil,
    in world: inout World
  ) {
    told[fact.kind, default: 0] += 1
    guard told[fact.kind] ?? 0 <= SQSStory.limit else { return }
    threads[id] = world.record(name(part), fact, cause: culprit ?? threads[id])
  }

  mutating func violated(_ broken: InvariantViolation, by node: NodeID, in world: inout World) {
    world.record(name(node), Fact("violated", broken.description, weight: .harm))
  }

  mutating func committed(_ event: DomainEvent) {
    orders[event.id] = (event.aggregate, event.version)
  }

  mutating func unpublished(_ event: DomainEvent, in world: inout World) {
    let culprit = world.environment.blame(setup.topic, seenBy: setup.orders)
    let fact = Fact(
      "not-published", "gives up on telling the topic of \(text(event))", weight: .harm)
    tell(setup.orders, fact, of: event.id, blaming: culprit, in: &world)
  }

  /// A relay publishes: the first time goes without saying.
  mutating func relayed(_ event: DomainEvent, by relay: NodeID, in world: inout World) {
    guard let before = relayed.updateValue(relay, forKey: event.id) else { return }
    let other = before == relay ? "itself" : name(before)
    let fact = Fact(
      "published-again", "publishes \(text(event)), which was published before by \(other)")
    let since = Instant.zero + max(.zero, (world.now - .zero) - .seconds(30))
    let culprit = world.environment.blame(before, seenBy: setup.book, since: since)
    tell(relay, fact, of: event.id, blaming: culprit, in: &world)
  }

  mutating func repeated(_ event: DomainEvent, by part: NodeID, in world: inout World) {
    let fact = Fact(
      "deduplicated", "knows the deduplication id of \(text(event)) and stores nothing")
    tell(part, fact, of: event.id, in: &world)
  }

  mutating func gaveUp(_ event: DomainEvent, in world: inout World) {
    let fact = Fact("gave-up", "gives a copy of \(text(event)) up", weight: .harm)
    tell(setup.topic, fact, of: event.id, in: &world)
  }

  mutating func deployed(
    _ schema: OrderSchema, refusal: SchemaRegistry.Refusal?, in world: inout World
  ) {
    if let refusal {
      let detail =
        "the registry refuses version 2: a reader of version \(refusal.reader) would miss "
        + refusal.missing.joined(separator: ", ")
      world.record("deploy", Fact("schema-refused", detail))
      return
    }
    let detail = "orders writes version 2 of its event from now on (\(schema.rawValue))"
    deploy = world.record("deploy", Fact("schema-deployed", detail, weight: .fault))
  }

  mutating func unreadable(_ event: DomainEvent, by worker: NodeID, in world: inout World) {
    let fact = Fact(
      "unreadable", "cannot read \(text(event)), written under schema \(event.schema)",
      weight: .harm)
    tell(worker, fact, of: event.id, blaming: deploy, in: &world)
  }

  mutating func deadLettered(
    _ event: DomainEvent, receives: Int, in queue: NodeID, of world: inout World
  ) {
    let detail = "\(text(event)) goes to the dead-letter queue after \(receives) receives"
    tell(queue, Fact("dead-lettered", detail, weight: .harm), of: event.id, in: &world)
  }

  mutating func appliedAgain(_ id: Int, at subscriber: Int, in world: inout World) {
    let detail = "carries event \(id) out a second time"
    tell(
      setup.stores[subscriber], Fact("applied-again", detail, weight: .harm), of: id, in: &world)
  }

  mutating func ghost(_ event: DomainEvent, at subscriber: Int, in world: inout World) {
    let detail = "acts on \(text(event)), which was rolled back"
    tell(
      setup.stores[subscriber], Fact("ghost-event", detail, weight: .harm), of: event.id,
      in: &world)
  }

  mutating func recognised(_ event: DomainEvent, at subscriber: Int, in world: inout World) {
    let fact = Fact(
      "recognised", "has the id of \(text(event)) and changes nothing", weight: .recovery)
    tell(setup.stores[subscriber], fact, of: event.id, in: &world)
  }

  mutating func parked(_ event: DomainEvent, at subscriber: Int, in world: inout World) {
    let fact = Fact("parked", "keeps \(text(event)) until the version before it is there")
    tell(setup.stores[subscriber], fact, of: event.id, in: &world)
  }

  /// Tells of broken promises that no single event told, when the run is over.
  mutating func tell(_ findings: [Finding], in world: inout World) {
    let events = world.environment.trace.events
    let root = events.indices.last { events[$0].weight == .fault }.map(Trace.ID.init)
    for finding in findings {
      guard case .violated(let witness) = finding.verdict else { continue }
      let kind = finding.guarantee.split(separator: " ").joined(separator: "-")
      let fact = Fact("broken-\(kind)", witness.joined(separator: " "), weight: .harm)
      world.record("audit", fact, cause: root)
    }
  }
}
