import Kernel

extension RabbitQueue {
  /// What must hold of a queue at any moment.
  public func checkInvariants() -> InvariantViolation? {
    let present = waitingCount + held.count
    let gone = tally.settled + tally.died + tally.purged + tally.dropped
    if present + gone != tally.enqueued {
      return InvariantViolation(
        "every message is somewhere",
        witness: "\(tally.enqueued) enqueued, but \(waitingCount) wait, \(held.count) are held, "
          + "\(tally.settled) were settled, \(tally.died) died, \(tally.purged) were purged")
    }
    for consumer in consumers where consumer.prefetch > 0 && consumer.held > consumer.prefetch {
      return InvariantViolation(
        "no more than the prefetch is held",
        witness: "consumer \(consumer.holder.tag ?? "") holds \(consumer.held) deliveries, "
          + "its prefetch is \(consumer.prefetch)")
    }
    return checkLength()
  }

  private func checkLength() -> InvariantViolation? {
    guard arguments.overflow == .dropHead, let limit = arguments.maxLength, waitingCount > limit
    else { return nil }
    return InvariantViolation(
      "the queue is no longer than allowed",
      witness: "\(waitingCount) messages wait where \(limit) may")
  }

  /// The same, and that no message is in two places: it costs as much as the queue is long.
  public func checkThoroughly() -> InvariantViolation? {
    if let violation = checkInvariants() { return violation }
    var seen = Set(held.keys)
    for entry in waiting where !seen.insert(entry.position).inserted {
      return InvariantViolation(
        "a message is in one place",
        witness: "the message at \(entry.position) waits and is held, or waits twice")
    }
    var counts: [RabbitHolder: Int] = [:]
    for delivery in held.values { counts[delivery.holder, default: 0] += 1 }
    for consumer in consumers where counts[consumer.holder] ?? 0 != consumer.held {
      return InvariantViolation(
        "a consumer's deliveries are counted",
        witness: "\(consumer.held) counted, \(counts[consumer.holder] ?? 0) held")
    }
    let bytes = waiting.reduce(0) { $0 + $1.message.bodyBytes }
    return bytes == waitingBytes
      ? nil
      : InvariantViolation(
        "the bytes that wait are counted", witness: "\(waitingBytes) counted, \(bytes) wait")
  }
}
