import Kernel

extension RabbitBroker {
  /// What must hold of a broker after every step.
  public func checkInvariants() -> InvariantViolation? {
    for name in queueNames {
      if let violation = queue(name)?.checkInvariants() {
        return InvariantViolation(
          violation.invariant, witness: "queue \(name): \(violation.witness)")
      }
      if let violation = quorum[name]?.raft.checkInvariants() { return violation }
    }
    return nil
  }

  /// The same, and whether queues and channels agree about every delivery.
  public func checkThoroughly() -> InvariantViolation? {
    if let violation = checkInvariants() { return violation }
    var claimed: [String: Set<Int>] = [:]
    for id in channels.keys.sorted() {
      guard let channel = channels[id] else { continue }
      for delivery in channel.outstanding where classic[delivery.queue] != nil {
        guard claimed[delivery.queue, default: []].insert(delivery.position).inserted else {
          return InvariantViolation(
            "a delivery belongs to one consumer",
            witness: "position \(delivery.position) of \(delivery.queue) is held twice")
        }
        guard classic[delivery.queue]?.holder(of: delivery.position) == delivery.holder else {
          return InvariantViolation(
            "queue and channel agree",
            witness: "the queue \(delivery.queue) does not know who holds \(delivery.position)")
        }
      }
    }
    for name in queueNames {
      if let violation = classic[name]?.checkThoroughly() { return violation }
      guard let queue = classic[name], queue.heldCount != claimed[name, default: []].count
      else { continue }
      return InvariantViolation(
        "queue and channel agree",
        witness: "\(queue.heldCount) deliveries of \(name) are held, channels know of "
          + "\(claimed[name, default: []].count)")
    }
    return nil
  }
}
