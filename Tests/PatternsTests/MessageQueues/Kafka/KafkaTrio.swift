import Kernel
import Patterns

/// Three brokers and a controller whose messages arrive at once, unless they are lost.
struct KafkaTrio {
  static let controllerID = NodeID(3)

  let options: KafkaOptions
  let partitions: Int
  var controller: KafkaController?
  var brokers: [KafkaBroker?] = []
  var disks: [KafkaStorage]
  var lives = [1, 1, 1]
  var now = Instant.zero
  /// Says of a message to a node whether it is lost.
  var loses: (KafkaMessage, NodeID) -> Bool = { _, _ in false }
  /// What producers were told.
  var told: [KafkaMessage] = []
  var audit: KafkaAudit
  var violation: InvariantViolation?
  private var queue: [(message: KafkaMessage, from: NodeID, to: NodeID)] = []

  static let nodes = [NodeID(0), NodeID(1), NodeID(2)]

  init(_ options: KafkaOptions, partitions: Int = 1) {
    self.options = options
    self.partitions = partitions
    disks = Array(repeating: KafkaStorage(partitions: partitions), count: 4)
    audit = KafkaAudit(
      brokers: Self.nodes, partitions: partitions, holdsUnclean: options.uncleanLeaderElection,
      flushes: true)
    brokers = [nil, nil, nil]
    startController()
    for place in 0..<3 { start(place) }
  }

  /// The leadership of a partition, as the controller has it.
  func leadership(_ partition: Int = 0) -> KafkaLeadership? { controller?.leaderships[partition] }

  mutating func startController() {
    controller = KafkaController(
      brokers: Self.nodes, replication: 3, storage: disks[3], options: options)
    stepController(.started)
  }

  mutating func start(_ place: Int) {
    brokers[place] = KafkaBroker(
      NodeID(place), controller: Self.controllerID, storage: disks[place], options: options,
      incarnation: lives[place])
    step(place, .started)
  }

  mutating func restart(_ place: Int) {
    lives[place] += 1
    audit.restarted(NodeID(place), life: lives[place] - 1)
    start(place)
  }

  mutating func run(_ span: TimeSpan) {
    let end = now + span
    while now < end {
      now += .milliseconds(50)
      stepController(.wake)
      for place in 0..<3 { step(place, .wake) }
      deliver()
    }
  }

  mutating func send(_ message: KafkaMessage, to place: Int) {
    queue.append((message, NodeID(9), NodeID(place)))
    deliver()
  }

  private mutating func deliver() {
    var count = 0
    while !queue.isEmpty, count < 10_000 {
      count += 1
      let (message, sender, target) = queue.removeFirst()
      guard !loses(message, target) else { continue }
      if target == Self.controllerID {
        stepController(.received(message, from: sender))
      } else if target.index < 3 {
        step(target.index, .received(message, from: sender))
      } else {
        told.append(message)
      }
    }
  }

  private mutating func stepController(_ input: KafkaController.Input) {
    for output in controller?.step(input, at: now) ?? [] {
      switch output {
      case .send(let message, let target):
        queue.append((message, Self.controllerID, target))
      case .persist(let record): disks[3].apply(record)
      default: break
      }
    }
  }

  private mutating func step(_ place: Int, _ input: KafkaBroker.Input) {
    for output in brokers[place]?.step(input, at: now) ?? [] {
      switch output {
      case .send(let message, let target): queue.append((message, NodeID(place), target))
      case .persist(let record), .write(let record): disks[place].apply(record)
      default: break
      }
    }
    violation =
      violation ?? brokers[place]?.checkInvariants()
      ?? audit.observe(NodeID(place), among: brokers)
  }
}
