import Kernel
import OrderedCollections

/// The coordinator of transactions: who may write under a `transactional.id`, and how a transaction
/// ends in all its partitions or in none.
///
/// The decision is durable before a marker leaves; after a crash what was decided is carried out
/// again. Sources: apache/kafka, `TransactionCoordinator`, `TransactionStateManager`,
/// `TransactionMarkerChannelManager`; KIP-98, KIP-890.
public struct KafkaTransactionCoordinator: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(KafkaMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(KafkaMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write and flush before anything that follows.
    case persist(KafkaStorage.Record)
    /// A producer with an older epoch asks: it is refused.
    case fences(NodeID, transactional: Int, epoch: Int, known: Int)
    /// A transaction ends; `because` says why when its producer did not ask for it.
    case decides(KafkaBatch.Marker, transactional: Int, because: String?)
  }

  private let controller: NodeID
  private let groupCoordinator: NodeID
  /// The transactions, in the order of their first use.
  public private(set) var transactions: [KafkaTransaction]
  private var leaders: [NodeID?] = []
  /// When the markers of a transaction were sent last.
  private var sentAt: [Int: Instant] = [:]
  private var askedAt: Instant = .zero

  /// After how long what was not answered is sent again.
  static let repeatInterval = TimeSpan.milliseconds(300)

  /// A coordinator with what its log holds.
  public init(controller: NodeID, groupCoordinator: NodeID, storage: KafkaStorage) {
    self.controller = controller
    self.groupCoordinator = groupCoordinator
    transactions = Array(storage.transactions.values)
  }

  /// A transaction that is prepared has partitions to write markers to.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started, .wake:
      look(at: now, &outputs)
      outputs.append(.wakeMe(at: now + .milliseconds(100)))
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    }
    return outputs
  }

  private mutating func take(
    _ message: KafkaMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .leaders(let known): leaders = known
    case .initProducer(let name, let timeout):
      initialise(name, timeout, sender, at: now, &outputs)
    case .addPartitions(let name, let epoch, let partitions):
      let error = add(partitions, to: name, epoch, sender, at: now, &outputs)
      outputs.append(
        .send(
          .partitionsAdded(
            transactional: name, epoch: epoch, partitions: partitions, error: error), to: sender))
    case .endTransaction(let name, let epoch, let marker):
      end(name, epoch, marker, sender, at: now, &outputs)
    case .markerWritten(let partition, let producer, let epoch):
      written(partition, producer, epoch, &outputs)
    default: break
    }
  }

  private func place(_ name: Int) -> Int? { transactions.firstIndex { $0.name == name } }

  /// A producer begins: it gets a new epoch, which fences all before it.
  private mutating func initialise(
    _ name: Int, _ timeout: TimeSpan, _ sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    let place: Int
    if let known = self.place(name) {
      place = known
    } else {
      place = transactions.count
      transactions.append(KafkaTransaction(name: name, timeout: timeout))
    }
    var error: KafkaError?
    switch transactions[place].state {
    case .ongoing:
      decide(.abort, place, because: "its producer begins anew", at: now, &outputs)
      error = .concurrentTransactions
    case .prepareCommit, .prepareAbort: error = .concurrentTransactions
    case .empty, .completeCommit, .completeAbort:
      transactions[place].epoch += 1
      transactions[place].state = .empty
      transactions[place].timeout = timeout
      keep(place, &outputs)
    }
    outputs.append(
      .send(
        .producerReady(
          transactional: name, producer: transactions[place].producer,
          epoch: transactions[place].epoch, error: error), to: sender))
  }

  private mutating func add(
    _ partitions: [Int], to name: Int, _ epoch: Int, _ sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) -> KafkaError? {
    guard let place = place(name) else { return .producerFenced }
    let known = transactions[place]
    guard known.epoch == epoch else {
      outputs.append(.fences(sender, transactional: name, epoch: epoch, known: known.epoch))
      return .producerFenced
    }
    guard !known.isPrepared else { return .concurrentTransactions }
    if known.state != .ongoing {
      transactions[place].state = .ongoing
      transactions[place].partitions = []
      transactions[place].startedAt = now
    }
    for partition in partitions where !transactions[place].partitions.contains(partition) {
      transactions[place].partitions.append(partition)
    }
    if transactions[place] != known { keep(place, &outputs) }
    return nil
  }

  private mutating func end(
    _ name: Int, _ epoch: Int, _ marker: KafkaBatch.Marker, _ sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let place = place(name) else { return }
    let known = transactions[place]
    var error: KafkaError?
    if known.epoch == epoch, known.state == .ongoing {
      decide(marker, place, because: nil, at: now, &outputs)
    } else if known.epoch != epoch + 1 || known.marker != marker {
      // Otherwise it asks again for what was decided already.
      error = .producerFenced
      outputs.append(.fences(sender, transactional: name, epoch: epoch, known: known.epoch))
    }
    outputs.append(
      .send(
        .transactionEnded(
          transactional: name, asked: epoch, epoch: transactions[place].epoch, error: error),
        to: sender))
  }

  /// Decides, durably; the markers follow under the next epoch.
  private mutating func decide(
    _ marker: KafkaBatch.Marker, _ place: Int, because reason: String?, at now: Instant,
    _ outputs: inout [Output]
  ) {
    transactions[place].state = marker == .commit ? .prepareCommit : .prepareAbort
    transactions[place].epoch += 1
    outputs.append(
      .decides(marker, transactional: transactions[place].name, because: reason))
    keep(place, &outputs)
    sendMarkers(place, at: now, &outputs)
  }

  private mutating func sendMarkers(_ place: Int, at now: Instant, _ outputs: inout [Output]) {
    let transaction = transactions[place]
    guard let marker = transaction.marker else { return }
    sentAt[transaction.name] = now
    for partition in transaction.partitions {
      let target: NodeID?
      if partition == KafkaTransaction.groupOffsets {
        target = groupCoordinator
      } else {
        target = leaders.indices.contains(partition) ? leaders[partition] : nil
      }
      guard let target else { continue }
      outputs.append(
        .send(
          .writeMarker(
            partition: partition, marker, producer: transaction.producer, epoch: transaction.epoch),
          to: target))
    }
  }

  private mutating func written(
    _ partition: Int, _ producer: Int, _ epoch: Int, _ outputs: inout [Output]
  ) {
    guard let place = transactions.firstIndex(where: { $0.producer == producer }),
      transactions[place].epoch == epoch, transactions[place].isPrepared
    else { return }
    transactions[place].partitions.removeAll { $0 == partition }
    guard transactions[place].partitions.isEmpty else { return }
    transactions[place].state =
      transactions[place].state == .prepareCommit ? .completeCommit : .completeAbort
    keep(place, &outputs)
  }

  /// Sends markers again, and ends what is open for too long.
  private mutating func look(at now: Instant, _ outputs: inout [Output]) {
    for place in transactions.indices {
      let transaction = transactions[place]
      if transaction.state == .ongoing, now - transaction.startedAt > transaction.timeout {
        decide(.abort, place, because: "transaction.timeout.ms is over", at: now, &outputs)
      } else if transaction.isPrepared,
        now - (sentAt[transaction.name] ?? .zero) > Self.repeatInterval
      {
        askLeaders(at: now, &outputs)
        sendMarkers(place, at: now, &outputs)
      }
    }
    if leaders.isEmpty { askLeaders(at: now, &outputs) }
  }

  private mutating func askLeaders(at now: Instant, _ outputs: inout [Output]) {
    guard now - askedAt >= Self.repeatInterval else { return }
    askedAt = now
    outputs.append(.send(.metadata, to: controller))
  }

  private func keep(_ place: Int, _ outputs: inout [Output]) {
    outputs.append(.persist(.transaction(transactions[place])))
  }
}
