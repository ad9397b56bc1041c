import Kernel

extension SQSQueue {
  /// Finds the first invariant that does not hold.
  ///
  /// Nothing is lost from the books, no message is received more often than the redrive policy
  /// allows, and all messages of a lane that are in flight were taken by one receive.
  public func checkInvariants() -> InvariantViolation? {
    let came = counts.sent + counts.takenIn + counts.missed
    let left = counts.deleted + counts.expired + counts.deadLettered
    if came != messages.count + left || messages.count != visible.count + timed.count {
      return InvariantViolation(
        "conservation",
        witness: "\(came) came and \(left) left, but \(visible.count) are visible and "
          + "\(timed.count) hidden")
    }
    var takers: [String: (call: Int, sequence: Int)] = [:]
    for sequence in timed {
      guard let message = messages[sequence], let call = call(of: sequence) else { continue }
      if let most = options.maxReceiveCount, message.receives > most {
        return InvariantViolation(
          "receive limit",
          witness: "message \(message.messageID) is out for the \(message.receives)th time, "
            + "maxReceiveCount is \(most)")
      }
      guard options.isFifo, let group = message.group else { continue }
      if let other = takers[group], other.call != call {
        return InvariantViolation(
          "one receive a lane",
          witness: "messages \(other.sequence) and \(sequence) of group \(group) are in flight "
            + "under different receives")
      }
      takers[group] = (call, sequence)
    }
    return nil
  }
}
