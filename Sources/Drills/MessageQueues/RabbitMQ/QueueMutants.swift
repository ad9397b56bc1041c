import Patterns
import Verification

/// The deliberate bugs of a queue broker, each with the settings under which it shows.
enum QueueMutants {
  private static let loss = DeliveryAudit.Promise.noLoss.rawValue
  private static let order = DeliveryAudit.Promise.inOrder.rawValue

  static let all = [
    Mutant(
      RabbitShortcut.confirmsBeforeDisk.rawValue,
      title: "confirms a publish before the disk has it",
      summary: "The broker says yes as soon as the message is in memory. Producers forget what is "
        + "confirmed, so what the crash takes with it exists nowhere any more.",
      settings: [
        "rate": "20/s", "work": "100ms", "consumers": "1", "prefetch": "10", "duration": "12s",
        "settle": "40s",
      ],
      faults: ["at 10s crash rabbit-1 for 2s"], caughtBy: .finding(loss)),
    Mutant(
      RabbitShortcut.confirmsBeforeMajority.rawValue,
      title: "confirms a publish when only the leader has it",
      summary: "The leader of a quorum queue does not wait for the others. Cut off from them it "
        + "goes on confirming until it steps down, and the next leader has never heard of it.",
      settings: [
        "queue": "quorum", "rate": "100/s", "duration": "8s", "settle": "20s", "producers": "6",
      ],
      faults: ["at 5s partition rabbit-1 | rabbit-2,rabbit-3 for 5s"],
      caughtBy: .finding(loss)),
    Mutant(
      RabbitShortcut.requeuesAtTail.rawValue,
      title: "puts a returned message at the tail of the queue",
      summary: "A message that comes back should stand where it stood. At the tail it is served "
        + "after everything that was published since: later messages of its key are applied "
        + "first.",
      settings: [
        "consumers": "1", "prefetch": "1", "failures": "10%", "rate": "40/s", "keys": "3",
        "duration": "12s", "settle": "20s",
      ],
      caughtBy: .finding(order)),
    Mutant(
      RabbitShortcut.ignoresPrefetch.rawValue,
      title: "sends consumers more than their prefetch",
      summary: "The broker pushes whatever comes to whoever listens. One slow consumer fills up "
        + "while others have nothing to do.",
      settings: ["prefetch": "5", "work": "100ms", "duration": "8s", "settle": "20s"],
      caughtBy: .invariant("no more than the prefetch is held")),
    Mutant(
      RabbitShortcut.forgetsDeliveries.rawValue,
      title: "does not count how often a message came back",
      summary: "The delivery limit never bites: a message that nobody can handle goes round for "
        + "ever and takes the consumers' time with it.",
      settings: [
        "queue": "quorum", "poison": "5%", "dead-letter": "on", "delivery-limit": "3",
        "prefetch": "10", "rate": "20/s", "duration": "8s", "settle": "5s",
      ],
      caughtBy: .objective("set_aside > 0")),
    Mutant(
      RabbitShortcut.dropsUnackedOnClose.rawValue,
      title: "drops what a closed channel had not acknowledged",
      summary: "A consumer that dies takes its deliveries with it: the broker forgets them instead "
        + "of putting them back.",
      settings: ["prefetch": "20", "work": "60ms", "duration": "12s", "settle": "20s"],
      faults: ["at 8s crash consumer-1 for 3s"], caughtBy: .finding(loss)),
    Mutant(
      RabbitShortcut.dropsDead.rawValue,
      title: "drops dead messages instead of dead-lettering them",
      summary: "What a consumer rejects is gone: it never reaches the queue where somebody would "
        + "look at it.",
      settings: [
        "poison": "3%", "dead-letter": "on", "on.failure": "reject", "duration": "8s",
        "settle": "10s",
      ],
      caughtBy: .finding(loss)),
  ]
}
