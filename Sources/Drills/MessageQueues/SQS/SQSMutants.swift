import Patterns

/// The deliberate bugs of queues and workers.
enum SQSMutant: String, CaseIterable {
  case visibilityFromReceipt = "visibility-from-receipt"
  case opensBusyLanes = "opens-busy-lanes"
  case forgetsOnDelete = "forgets-on-delete"
  case forgetsReceives = "forgets-receives"
  case commitsAfterAck = "commits-after-ack"
  case inboxOutsideTransaction = "inbox-outside-transaction"

  var queueShortcut: SQSShortcut? {
    switch self {
    case .visibilityFromReceipt: .visibilityFromReceipt
    case .opensBusyLanes: .opensBusyLanes
    case .forgetsOnDelete: .forgetsOnDelete
    case .forgetsReceives: .forgetsReceives
    case .commitsAfterAck, .inboxOutsideTransaction: nil
    }
  }

  var workerShortcut: SQSWorkerShortcut? {
    switch self {
    case .commitsAfterAck: .commitsAfterAck
    case .inboxOutsideTransaction: .inboxOutsideTransaction
    case .visibilityFromReceipt, .opensBusyLanes, .forgetsOnDelete, .forgetsReceives: nil
    }
  }

  var mutant: Mutant {
    switch self {
    case .visibilityFromReceipt:
      Mutant(
        rawValue, title: "ChangeMessageVisibility counts from the receipt",
        summary: "A heartbeat sets the end of the timeout to the receipt plus the new timeout, "
          + "not to the call plus it, so it extends nothing: messages whose work takes longer "
          + "than one timeout come back while they are worked on.",
        settings: [
          "VisibilityTimeout": "30s", "worker.heartbeat": "10s", "work.p50": "40s",
          "work.p99": "60s", "rate": "0.1/s", "workers": "8",
        ], caughtBy: .finding("no message is applied twice"))
    case .opensBusyLanes:
      Mutant(
        rawValue, title: "A FIFO queue hands out two messages of a busy group",
        summary: "A receive does not look whether its group has a message in flight, so that two "
          + "workers work on messages of one key at the same time and finish in any order.",
        settings: ["FifoQueue": "on", "keys": "3", "duration": "2m", "settle": "2m"],
        caughtBy: .invariant("one receive a lane"))
    case .forgetsOnDelete:
      Mutant(
        rawValue, title: "Deleting a message forgets its deduplication id",
        summary: "The id is dropped with the message instead of being kept for five minutes: a "
          + "producer whose answer got lost sends again and the message is delivered again.",
        settings: [
          "FifoQueue": "on", "topic": "off", "producer.timeout": "10s", "producer.attempts": "10",
          "duration": "5m", "settle": "3m",
        ],
        faults: ["at 1m drop 60% queue-1 -> producer-1 for 4m"],
        caughtBy: .finding("no message is applied twice"))
    case .forgetsReceives:
      Mutant(
        rawValue, title: "The receive count begins anew at each timeout",
        summary: "When a message comes back its receive count is 0 again, so that it never "
          + "reaches maxReceiveCount: a poison message goes round for ever.",
        settings: [
          "maxReceiveCount": "3", "poison.every": "50", "VisibilityTimeout": "10s",
          "duration": "2m", "settle": "3m",
        ],
        caughtBy: .finding(SQSFindings.receiveLimit))
    case .commitsAfterAck:
      Mutant(
        rawValue, title: "Workers delete the message, then commit",
        summary: "The delete goes out before the effect is committed. A worker that dies in "
          + "between leaves neither the message nor the effect.",
        settings: ["duration": "5m", "settle": "3m"],
        faults: ["at 1m delay 800ms worker-1 <-> queue-1 for 4m"] + crashes,
        caughtBy: .finding("no confirmed message is lost"))
    case .inboxOutsideTransaction:
      Mutant(
        rawValue, title: "The inbox is written before the effect's transaction",
        summary: "The id is noted in a transaction of its own. A worker that dies between the two "
          + "leaves an id without an effect, and the next delivery is taken for a repeat.",
        settings: ["worker.idempotent": "on", "duration": "5m", "settle": "3m"],
        faults: ["at 1m delay 800ms worker-1 <-> store-1 for 4m"] + crashes,
        caughtBy: .finding("no confirmed message is lost"))
    }
  }

  /// A worker that dies again and again while what it talks to is slow to answer.
  private var crashes: [String] {
    (0..<14).map { "at \(65 + $0 * 17)s crash worker-1 for 2s" }
  }
}
