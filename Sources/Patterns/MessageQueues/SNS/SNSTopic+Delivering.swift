import Kernel

extension SNSTopic {
  /// A group of messages as one subscription sees it.
  struct Lane: Hashable {
    let subscription: Int
    let group: String
  }

  /// Begins every attempt that is due, gives up on endpoints that took too long, and asks to be
  /// woken for the next.
  mutating func work(at now: Instant, _ outputs: inout [Output]) {
    var blocked: Set<Lane> = []
    var next = Instant.distantFuture
    for number in order {
      guard var copy = copies[number] else { continue }
      let lane = Lane(subscription: copy.subscription, group: copy.entry.group ?? "")
      if isFifo, !blocked.insert(lane).inserted { continue }
      if copy.isAwaited, copy.due <= now {
        retry(number, at: now, &outputs)
        guard let again = copies[number] else {
          blocked.remove(lane)
          continue
        }
        copy = again
      }
      if !copy.isAwaited, copy.due <= now {
        copy.attempts += 1
        copy.isAwaited = true
        copy.due = now + responseTimeout
        copies[number] = copy
        outputs.append(
          .deliver(number, copy.entry, to: copy.subscription, attempt: copy.attempts))
      }
      next = min(next, copy.due)
    }
    guard next != .distantFuture, next != armed else { return }
    armed = next
    outputs.append(.wakeMe(next))
  }

  /// An attempt failed: sets the time of the next one, or gives up.
  mutating func retry(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let copy = copies[number] else { return }
    let subscription = subscriptions[copy.subscription]
    if let delay = subscription.policy.delay(beforeRetry: copy.attempts) {
      copies[number]?.isAwaited = false
      copies[number]?.due = now + delay
      return
    }
    remove(number)
    if subscription.hasDeadLetterQueue { counts.kept += 1 } else { counts.dropped += 1 }
    outputs.append(
      .gaveUp(
        copy.entry, of: copy.subscription, isKept: subscription.hasDeadLetterQueue,
        attempts: copy.attempts))
  }

  @discardableResult
  mutating func remove(_ number: Int) -> Copy? {
    guard let copy = copies.removeValue(forKey: number) else { return nil }
    if let place = order.firstIndex(of: number) { order.remove(at: place) }
    return copy
  }

  /// Finds the first invariant that does not hold: every copy is on its way, delivered, kept or
  /// dropped, and a FIFO topic has one delivery of a group to a subscription under way.
  public func checkInvariants() -> InvariantViolation? {
    let settled = counts.delivered + counts.kept + counts.dropped
    if counts.copies != copies.count + settled || copies.count != order.count {
      return InvariantViolation(
        "copies",
        witness: "\(counts.copies) copies were made, \(settled) are settled and "
          + "\(copies.count) under way")
    }
    guard isFifo else { return nil }
    var lanes: Set<Lane> = []
    for number in order {
      guard let copy = copies[number], copy.isAwaited else { continue }
      let lane = Lane(subscription: copy.subscription, group: copy.entry.group ?? "")
      if !lanes.insert(lane).inserted {
        return InvariantViolation(
          "one delivery a lane",
          witness: "two messages of group \(lane.group) are on their way to subscription "
            + "\(lane.subscription)")
      }
    }
    return nil
  }
}
