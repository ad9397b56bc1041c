import Kernel

extension JetStream {
  /// The names of what must hold after every step.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// No more is out than MaxAckPending.
    case ackPending = "unacknowledged stays within MaxAckPending"
    /// Nothing that is pending lies at or below the ack floor.
    case floor = "ack floor stays below what is pending"
    /// Nothing is handed out more often than MaxDeliver.
    case deliveries = "deliveries stay within MaxDeliver"
    /// A stream obeys its limits, and its counts are those of its messages.
    case limits = "a stream obeys its limits"
  }

  /// Finds the first rule that does not hold.
  public func checkInvariants() -> InvariantViolation? {
    for entry in entries {
      if let violation = Self.limits(entry.stream) { return violation }
      for consumer in entry.consumers {
        if let violation = Self.check(consumer) { return violation }
      }
    }
    return nil
  }

  private static func check(_ consumer: JetStreamConsumer) -> InvariantViolation? {
    let name = consumer.configuration.name
    if let limit = consumer.configuration.maxAckPending, consumer.pending.count > limit {
      return InvariantViolation(
        Rule.ackPending.rawValue,
        witness: "Consumer \(name) has \(consumer.pending.count) messages out, MaxAckPending is "
          + "\(limit).")
    }
    if let first = consumer.pending.keys.min(), first <= consumer.ackFloor.stream {
      return InvariantViolation(
        Rule.floor.rawValue,
        witness: "Message \(first) is out and the ack floor of \(name) is "
          + "\(consumer.ackFloor.stream).")
    }
    if let limit = consumer.configuration.maxDeliver {
      let over = consumer.deliveries.filter { $0.value > limit }.keys.min()
      if let over {
        return InvariantViolation(
          Rule.deliveries.rawValue,
          witness: "Consumer \(name) handed out message \(over) "
            + "\(consumer.deliveries[over] ?? 0) times, MaxDeliver is \(limit).")
      }
    }
    return nil
  }

  private static func limits(_ stream: JetStreamStream) -> InvariantViolation? {
    let options = stream.configuration
    func violation(_ witness: String) -> InvariantViolation {
      InvariantViolation(Rule.limits.rawValue, witness: "Stream \(options.name) " + witness)
    }
    if let limit = options.maxMsgs, stream.count > limit {
      return violation("has \(stream.count) messages, the limit is \(limit).")
    }
    if let limit = options.maxBytes, stream.bytes > limit {
      return violation("has \(stream.bytes) bytes, the limit is \(limit).")
    }
    if stream.count > 0, stream[stream.firstSequence] == nil {
      return violation("has no message at its first sequence \(stream.firstSequence).")
    }
    return nil
  }
}
