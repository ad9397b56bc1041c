import Patterns

/// The deliberate bugs of NATS and JetStream.
enum NATSMutant: String, CaseIterable {
  case groupsBroadcast = "groups-broadcast"
  case keepsSlowConsumers = "keeps-slow-consumers"
  case ignoresDuplicateWindow = "ignores-duplicate-window"
  case floorSkipsUnacked = "floor-skips-unacked"
  case ackWaitNeverEnds = "ack-wait-never-ends"
  case ignoresMaxAckPending = "ignores-max-ack-pending"
  case ignoresMaxDeliver = "ignores-max-deliver"

  var serverShortcut: NATSShortcut? { NATSShortcut(rawValue: rawValue) }
  var streamShortcut: JetStreamShortcut? { JetStreamShortcut(rawValue: rawValue) }

  var mutant: Mutant {
    switch self {
    case .groupsBroadcast:
      Mutant(
        rawValue, title: "every member of a queue group gets a message",
        summary: "The server does not pick one member of the group: what was meant to share the "
          + "work does all of it several times.",
        settings: ["delivery": "core", "duration": "20s", "settle": "10s"],
        caughtBy: .finding("no message is applied twice"))
    case .keepsSlowConsumers:
      Mutant(
        rawValue, title: "keeps a client that does not read",
        summary: "The server lets bytes pile up for a client that stands still, beyond max_pending "
          + "and write_deadline: one client that hangs takes the memory of all.",
        settings: [
          "delivery": "core", "size": "65536", "max_pending": "1048576", "duration": "20s",
          "settle": "10s",
        ], faults: ["at 5s pause worker-1 for 12s"], caughtBy: .invariant("pending limit"))
    case .ignoresDuplicateWindow:
      Mutant(
        rawValue, title: "stores a message whose id it knows",
        summary: "The stream does not look at Nats-Msg-Id: a publisher whose answer was lost sends "
          + "again, and the message is in the stream twice.",
        settings: ["publish.timeout": "1s", "duration": "30s", "settle": "20s"],
        faults: ["at 5s drop 40% nats -> publisher-1 for 20s"],
        caughtBy: .finding("no message is applied twice"))
    case .floorSkipsUnacked:
      Mutant(
        rawValue, title: "an acknowledgement moves the floor over others",
        summary: "With ack_policy explicit, the acknowledgement of a later message settles earlier "
          + "ones that are still out. If their worker dies, nobody gets them again.",
        settings: [
          "ack_wait": "5s", "work.p50": "300ms", "work.p99": "3s", "rate": "5", "batch": "5",
          "duration": "40s", "settle": "40s", "sync_interval": "0s",
        ], faults: crashes, caughtBy: .finding("no confirmed message is lost"))
    case .ackWaitNeverEnds:
      Mutant(
        rawValue, title: "the wait for an acknowledgement never ends",
        summary: "A message that a dead worker held stays out for ever: it is neither handed out "
          + "again nor given up.",
        settings: [
          "ack_wait": "5s", "work.p50": "300ms", "work.p99": "1s", "rate": "5", "batch": "5",
          "duration": "40s", "settle": "40s",
        ], faults: crashes, caughtBy: .finding("no confirmed message is lost"))
    case .ignoresMaxAckPending:
      Mutant(
        rawValue, title: "hands out whatever is asked for",
        summary: "max_ack_pending is not looked at: a backlog ends in the memories of the workers, "
          + "where the first crash sends it back.",
        settings: [
          "max_ack_pending": "10", "batch": "50", "rate": "60", "work.p50": "200ms",
          "work.p99": "400ms", "duration": "20s", "settle": "10s",
        ], caughtBy: .invariant("unacknowledged stays within MaxAckPending"))
    case .ignoresMaxDeliver:
      Mutant(
        rawValue, title: "hands a message out as often as it takes",
        summary: "The count of deliveries is kept and never compared with max_deliver.",
        settings: [
          "max_deliver": "2", "ack_wait": "500ms", "work.p50": "2s", "work.p99": "3s",
          "rate": "0.5",
          "duration": "20s", "settle": "20s",
        ], caughtBy: .invariant("deliveries stay within MaxDeliver"))
    }
  }

  /// Workers that die again and again.
  private var crashes: [String] {
    (0..<6).map { "at \(8 + $0 * 5)s crash worker-\($0 % 3 + 1) for 2s" }
  }
}
