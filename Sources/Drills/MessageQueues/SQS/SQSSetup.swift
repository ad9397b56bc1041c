import Kernel
import Patterns
import Simulation

/// Who is who in a universe of SNS and SQS, and how each of them is set up.
struct SQSSetup: Sendable {
  let settings: Settings
  let roster: Roster
  let producers: [NodeID]
  let topic: NodeID
  let queues: [NodeID]
  let stores: [NodeID]
  let workers: [NodeID]
  /// Who reads the dead-letter queues; no process of the cluster.
  let person: NodeID

  init(_ settings: Settings) {
    self.settings = settings
    var names: [String] = []
    func add(_ name: String, _ count: Int) -> [NodeID] {
      (0..<count).map { number in
        names.append("\(name)-\(number + 1)")
        return NodeID(names.count - 1)
      }
    }
    producers = add("producer", settings.integer("producers"))
    queues = add("queue", settings.flag("topic") ? settings.integer("queues") : 1)
    stores = add("store", queues.count)
    workers = add("worker", settings.integer("workers") * queues.count)
    names += ["topic", "operator"]
    topic = NodeID(names.count - 2)
    person = NodeID(names.count - 1)
    roster = Roster(names)
  }

  var isFifo: Bool { settings.flag("FifoQueue") }
  var rate: Double { settings.number("rate") }
  var keys: Int { settings.integer("keys") }
  var poisonEvery: Int { settings.integer("poison.every") }
  var loadEnd: Instant { .zero + settings.span("duration") }
  var end: Instant { loadEnd + settings.span("settle") }
  var work: Distribution {
    .lognormal(p50: settings.span("work.p50"), p99: settings.span("work.p99"))
  }

  /// The place of a worker's queue among the queues.
  func subscription(of worker: NodeID) -> Int {
    (worker.index - workers[0].index) % queues.count
  }

  /// The group of a message of `key`.
  func group(_ key: Int) -> String {
    settings.word("MessageGroupId") == "key" ? "key-\(key)" : "tenant"
  }

  func isPoison(_ number: Int) -> Bool {
    poisonEvery > 0 && number % poisonEvery == poisonEvery / 2
  }

  /// The role of every process, with the bug of `mutant` if there is one.
  func roles(seed: UInt64, mutant: SQSMutant?) -> [MessagingPart.Role] {
    roster.nodes.dropLast().map { role($0, seed: seed, mutant: mutant) }
  }

  private func role(_ node: NodeID, seed: UInt64, mutant: SQSMutant?) -> MessagingPart.Role {
    if node == topic {
      let subscriptions = queues.map { _ in SNSSubscription() }
      return .topic(
        SNSTopicPart(
          topic: SNSTopic(subscriptions: subscriptions, isFifo: isFifo), queues: queues))
    }
    if producers.contains(node) { return .producer(producer) }
    if queues.contains(node) { return .queue(queue(node, seed: seed, mutant: mutant)) }
    if stores.contains(node) {
      return .store(
        ConsumerStorePart(
          database: ConsumerDatabase(
            hasInbox: settings.flag("worker.idempotent"), rule: .overwrite)))
    }
    return .worker(worker(node, mutant: mutant))
  }

  private var producer: SQSProducerPart {
    var options = SQSProducerPart.Options()
    options.attempts = settings.integer("producer.attempts")
    options.timeout = settings.span("producer.timeout")
    options.keepsOrder = settings.flag("producer.waits")
    options.renamesAttempts = settings.word("MessageDeduplicationId") == "attempt"
    let target = settings.flag("topic") ? topic : queues[0]
    return SQSProducerPart(options, target: target, isFifo: isFifo)
  }

  private func queue(_ node: NodeID, seed: UInt64, mutant: SQSMutant?) -> SQSQueuePart {
    var options = SQSPreset.options(settings)
    options.missedDelete = settings.number("missed.deletes")
    if let shortcut = mutant?.queueShortcut { options.shortcuts = [shortcut] }
    let random = RandomStream(seed: seed, name: "queue/\(node.index)")
    let deadRandom = RandomStream(seed: seed, name: "dead/\(node.index)")
    return SQSQueuePart(
      queue: SQSQueue(options, random: random),
      dead: SQSQueue(SQSPreset.deadLetterOptions(settings), random: deadRandom))
  }

  private func worker(_ node: NodeID, mutant: SQSMutant?) -> SQSWorkerPart {
    var options = SQSWorkerPart.Options()
    options.most = settings.integer("MaxNumberOfMessages")
    options.visibility = settings.span("VisibilityTimeout")
    options.heartbeat = settings.span("worker.heartbeat")
    options.pause = settings.span("worker.poll")
    options.deletesFirst = settings.word("worker.deletes") == "before"
    options.isFifo = isFifo
    if let shortcut = mutant?.workerShortcut { options.shortcuts = [shortcut] }
    let place = subscription(of: node)
    return SQSWorkerPart(options, queue: queues[place], store: stores[place])
  }
}
