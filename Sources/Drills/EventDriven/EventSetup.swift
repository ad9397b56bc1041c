import Kernel
import Patterns
import Simulation

/// Who is who in a universe of services, and how each of them is set up.
struct EventSetup: Sendable {
  let settings: Settings
  let roster: Roster
  let orders: NodeID
  let book: NodeID
  let topic: NodeID
  let relays: [NodeID]
  let queues: [NodeID]
  let workers: [NodeID]
  let stores: [NodeID]
  /// Who reads the dead-letter queues; no process of the cluster.
  let person: NodeID

  init(_ settings: Settings) {
    self.settings = settings
    var names = ["orders", "orders-db", "topic"]
    orders = NodeID(0)
    book = NodeID(1)
    topic = NodeID(2)
    func add(_ name: String, _ count: Int) -> [NodeID] {
      (0..<count).map { number in
        names.append("\(name)-\(number + 1)")
        return NodeID(names.count - 1)
      }
    }
    relays = add("relay", settings.word("publish") == "outbox" ? settings.integer("relays") : 0)
    let subscribers = settings.integer("subscribers")
    queues = add("queue", subscribers)
    workers = add("consumer", subscribers)
    stores = add("consumer-db", subscribers)
    names.append("operator")
    person = NodeID(names.count - 1)
    roster = Roster(names)
  }

  var isFifo: Bool { settings.flag("FifoQueue") }
  var publish: OrderPublishing { OrderPublishing(rawValue: settings.word("publish")) ?? .outbox }
  var carriesState: Bool { settings.word("carries") == "state" }
  var rule: VersionedReplica.Rule {
    VersionedReplica.Rule(rawValue: settings.word("versions")) ?? .park
  }
  var loadEnd: Instant { .zero + settings.span("duration") }
  var end: Instant { loadEnd + settings.span("settle") }
  var work: Distribution {
    let median = settings.span("consumer.time")
    return .lognormal(p50: median, p99: median * 5)
  }

  /// The schema of version 2: a rename may write both names for a while.
  var nextSchema: OrderSchema {
    let change = OrderSchema(rawValue: settings.word("schema.change")) ?? .added
    return change == .renamed && settings.flag("schema.both") ? .expanded : change
  }

  /// Why the registry refuses version 2, or nil.
  var schemaRefusal: SchemaRegistry.Refusal? {
    let rule =
      SchemaRegistry.Compatibility(rawValue: settings.word("schema.compatibility")) ?? .none
    var registry = SchemaRegistry(rule, first: OrderSchema.first.schema())
    do {
      try registry.register(nextSchema.schema())
      return nil
    } catch {
      return error
    }
  }

  /// Consumers that go first read by version 2 from the start, if the registry takes it.
  private var reader: EventReader {
    let goesFirst = settings.word("schema.readers") == "first" && schemaRefusal == nil
    return EventReader(
      goesFirst ? nextSchema.schema() : OrderSchema.first.schema(),
      isStrict: settings.word("reader") != "tolerant",
      converters: settings.word("reader") == "converting" ? nextSchema.converters() : [])
  }

  /// The role of every process, with the bug of `mutant` if there is one.
  func roles(seed: UInt64, mutant: EventMutant?) -> [MessagingPart.Role] {
    roster.nodes.dropLast().map { role($0, seed: seed, mutant: mutant) }
  }

  private func role(_ node: NodeID, seed: UInt64, mutant: EventMutant?) -> MessagingPart.Role {
    if node == orders {
      var options = OrdersPart.Options()
      options.publish = publish
      options.serviceTime = settings.span("service.time")
      return .orders(OrdersPart(options, book: book, topic: topic, isFifo: isFifo))
    }
    if node == book {
      let rule = RelayClaim(rawValue: settings.word("relay.claim")) ?? .byKey
      return .book(
        OrderBookPart(
          rule: rule, relays: max(1, relays.count), claimSpan: .seconds(10),
          idleSpan: .seconds(10), carriesState: carriesState))
    }
    if node == topic {
      return .topic(
        SNSTopicPart(
          topic: SNSTopic(
            subscriptions: queues.map { _ in SNSSubscription() }, isFifo: isFifo),
          queues: queues))
    }
    if let index = relays.firstIndex(of: node) { return .relay(relay(index, mutant: mutant)) }
    if queues.contains(node) { return .queue(queue(node, seed: seed)) }
    if let index = workers.firstIndex(of: node) { return .worker(worker(index, mutant: mutant)) }
    return .store(
      ConsumerStorePart(
        database: ConsumerDatabase(hasInbox: settings.flag("inbox"), rule: rule)))
  }

  private func relay(_ index: Int, mutant: EventMutant?) -> RelayPart {
    var options = OutboxRelay.Options()
    options.pollInterval = settings.span("relay.poll")
    options.batchSize = settings.integer("relay.batch")
    if let shortcut = mutant?.relayShortcut { options.shortcuts = [shortcut] }
    return RelayPart(options, index: index, book: book, topic: topic, isFifo: isFifo)
  }

  private func queue(_ node: NodeID, seed: UInt64) -> SQSQueuePart {
    var options = SQSOptions()
    options.isFifo = isFifo
    options.visibilityTimeout = settings.span("VisibilityTimeout")
    options.receiveWait = .seconds(20)
    var dead = options
    dead.retention = .hours(336)
    dead.receiveWait = .zero
    let most = settings.integer("maxReceiveCount")
    options.maxReceiveCount = most == 0 ? nil : most
    return SQSQueuePart(
      queue: SQSQueue(options, random: RandomStream(seed: seed, name: "queue/\(node.index)")),
      dead: SQSQueue(dead, random: RandomStream(seed: seed, name: "dead/\(node.index)")))
  }

  private func worker(_ index: Int, mutant: EventMutant?) -> SQSWorkerPart {
    var options = SQSWorkerPart.Options()
    options.most = 10
    options.visibility = settings.span("VisibilityTimeout")
    options.isFifo = isFifo
    options.asks = !carriesState
    options.reader = reader
    if let shortcut = mutant?.workerShortcut { options.shortcuts = [shortcut] }
    return SQSWorkerPart(options, queue: queues[index], store: stores[index], owner: orders)
  }
}
