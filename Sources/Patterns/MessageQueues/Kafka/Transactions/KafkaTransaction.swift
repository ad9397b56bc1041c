import Kernel

/// A transaction as its coordinator keeps it in `__transaction_state`.
///
/// Sources: apache/kafka, `TransactionMetadata`; KIP-98, and KIP-890 for the epoch that grows with
/// every transaction.
public struct KafkaTransaction: Sendable, Hashable {
  /// Where it stands, in Kafka's words.
  public enum State: String, Sendable, Hashable {
    case empty = "Empty"
    case ongoing = "Ongoing"
    case prepareCommit = "PrepareCommit"
    case prepareAbort = "PrepareAbort"
    case completeCommit = "CompleteCommit"
    case completeAbort = "CompleteAbort"
  }

  /// The number that stands for `transactional.id`.
  public let name: Int
  /// The producer id that goes with it.
  public let producer: Int
  /// The epoch: who has an older one is fenced.
  public internal(set) var epoch = 0
  /// Where it stands.
  public internal(set) var state = State.empty
  /// What it writes to; `groupOffsets` stands for the positions of the group.
  public internal(set) var partitions: [Int] = []
  /// When it began.
  public internal(set) var startedAt: Instant = .zero
  /// `transaction.timeout.ms`, as its producer said.
  public internal(set) var timeout: TimeSpan

  /// The number that stands for the partition of `__consumer_offsets`.
  public static let groupOffsets = -1

  init(name: Int, timeout: TimeSpan) {
    self.name = name
    producer = 1_000_000 + name
    self.timeout = timeout
  }

  /// How it ends, or has ended; nil before that.
  public var marker: KafkaBatch.Marker? {
    switch state {
    case .prepareCommit, .completeCommit: .commit
    case .prepareAbort, .completeAbort: .abort
    case .empty, .ongoing: nil
    }
  }

  /// Whether its markers are still to be written.
  public var isPrepared: Bool { state == .prepareCommit || state == .prepareAbort }
}

/// Positions of a group that count once their transaction commits.
public struct KafkaPendingCommits: Sendable, Hashable {
  /// The newest epoch seen of the producer.
  public var epoch: Int
  /// The positions; empty when no transaction is open.
  public var commits: [KafkaCommit]
}
