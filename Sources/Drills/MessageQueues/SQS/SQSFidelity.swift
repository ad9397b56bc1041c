import Kernel

/// What the models of SNS and SQS keep and leave out.
enum SQSFidelity {
  /// The bench's.
  static let bench = Fidelity(
    models: [
      "The queues, dead-letter queues and topic are the machines of the scenario sqs: leases, "
        + "receipts, redrive, retention, groups, deduplication, filters."
    ],
    leavesOut: [
      "You are all producers and consumers; calls take no time and nothing gets lost on the way.",
      "A standard queue lives on one server here, so that a short poll never comes back empty "
        + "while there is a message; in the scenario it asks three of four.",
    ] + Array(note.leavesOut.prefix(2)), sources: note.sources)

  static let note = Fidelity(
    models: [
      "Queues, dead-letter queues and the topic are machines that answer API calls over the "
        + "simulated network: leases, receipts, redrive, retention by the time of the first send, "
        + "groups, five minutes of deduplication, long polls, retries of deliveries.",
      "Producers and workers are clients with timeouts and retries; what a worker holds in memory "
        + "is gone when it dies. Work takes a drawn time, longer on a slowed node.",
      "Loss, duplicates and order are read from what producers, workers' databases and the reader "
        + "of the dead-letter queues saw, never from the queues' own counters.",
    ],
    leavesOut: [
      "Throughput quotas, batches of sends, message sizes, prices and fair queues are left out.",
      "How often a standard queue delivers twice by itself and how it spreads messages over "
        + "servers is not published; four servers of which a short poll asks three are ours, and "
        + "missed deletes are a knob.",
      "SNS adds jitter to its retries and can take months over them; jitter is left out, and a "
        + "run is shorter than the policy.",
      "A crash of the topic or a queue here is an outage of the service after which nothing is "
        + "forgotten; AWS keeps messages on several servers instead.",
      "The work itself cannot be seen by others until the database commits; work with side "
        + "effects along the way is worse off.",
    ],
    sources: [
      "Amazon SQS Developer Guide, github.com/awsdocs/amazon-sqs-developer-guide doc_source",
      "Amazon SNS Developer Guide, github.com/awsdocs/amazon-sns-developer-guide doc_source",
      "Dead-letter queue retention, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/"
        + "SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html",
    ])
}
