import Patterns

/// The deliberate bugs of relays and consumers.
enum EventMutant: String, CaseIterable {
  case marksBeforeAck = "marks-before-ack"
  case readsPastHighestID = "reads-past-highest-id"
  case inboxOutsideTransaction = "inbox-outside-transaction"
  case commitsAfterAck = "commits-after-ack"

  var relayShortcut: OutboxRelay.Shortcut? {
    switch self {
    case .marksBeforeAck: .marksBeforeAck
    case .readsPastHighestID: .readsPastHighestID
    case .inboxOutsideTransaction, .commitsAfterAck: nil
    }
  }

  var workerShortcut: SQSWorkerShortcut? {
    switch self {
    case .inboxOutsideTransaction: .inboxOutsideTransaction
    case .commitsAfterAck: .commitsAfterAck
    case .marksBeforeAck, .readsPastHighestID: nil
    }
  }

  var mutant: Mutant {
    switch self {
    case .marksBeforeAck:
      Mutant(
        rawValue, title: "The relay marks rows before the broker has them",
        summary: "A row counts as published when it is read. A relay that dies before the topic "
          + "has acknowledged the event leaves a row that nobody will publish.",
        faults: crashes("relay-1", whileSlow: "relay-1 <-> topic"),
        caughtBy: .finding(EventFindings.everyRow))
    case .readsPastHighestID:
      Mutant(
        rawValue, title: "The relay goes on from the highest id it has seen",
        summary: "Ids are given at the insert, places at the commit. A change that commits late "
          + "has a lower id than one that the relay has read already, and is never read.",
        settings: ["commit.time": "200ms"], caughtBy: .finding(EventFindings.everyRow))
    case .inboxOutsideTransaction:
      Mutant(
        rawValue, title: "The inbox is written before the effect's transaction",
        summary: "The id is noted in a transaction of its own. A consumer that dies between the "
          + "two leaves an id without an effect, and the next delivery is taken for a repeat.",
        faults: crashes("consumer-1", whileSlow: "consumer-1 <-> consumer-db-1"),
        caughtBy: .finding("no confirmed message is lost"))
    case .commitsAfterAck:
      Mutant(
        rawValue, title: "Consumers delete the event, then commit",
        summary: "The delete goes out before the effect is committed. A consumer that dies in "
          + "between leaves neither the event nor the effect.",
        faults: crashes("consumer-1", whileSlow: "consumer-1 <-> queue-1"),
        caughtBy: .finding("no confirmed message is lost"))
    }
  }

  /// A part that dies again and again while what it talks to is slow to answer.
  private func crashes(_ part: String, whileSlow link: String) -> [String] {
    ["at 20s delay 800ms \(link) for 2m"]
      + (0..<14).map { "at \(25 + $0 * 8)s crash \(part) for 1s" }
  }
}
