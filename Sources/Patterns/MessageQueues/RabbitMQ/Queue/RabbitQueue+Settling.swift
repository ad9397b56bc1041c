import Kernel

extension RabbitQueue {
  /// What a consumer says about a delivery.
  public enum Verdict: String, Sendable, Hashable {
    /// The work is done.
    case ack
    /// Somebody should try again.
    case requeue
    /// Nobody should try again.
    case reject
  }

  /// Settles deliveries that `holder` has, in the order of the queue; others are left alone.
  public mutating func settle(
    _ positions: [Int], of holder: RabbitHolder, _ verdict: Verdict, at now: Instant,
    credit: inout RabbitCredit, _ events: inout [RabbitQueueEvent]
  ) {
    for position in positions.sorted() where held[position]?.holder == holder {
      guard let entry = release(position, &credit) else { continue }
      switch verdict {
      case .ack:
        tally.settled += 1
        events.append(.settled(entry))
      case .reject:
        tally.died += 1
        events.append(.died(entry, .rejected))
      case .requeue: requeue(entry, from: holder, &events)
      }
    }
    dropOverflow(&events)
    dispatch(at: now, credit: &credit, &events)
  }

  /// Adds a consumer at the end of the line.
  public mutating func add(
    _ holder: RabbitHolder, prefetch: Int, autoAck: Bool, at now: Instant,
    credit: inout RabbitCredit, _ events: inout [RabbitQueueEvent]
  ) {
    consumers.append(Consumer(holder: holder, prefetch: prefetch, isAutoAck: autoAck))
    dispatch(at: now, credit: &credit, &events)
  }

  /// Takes a consumer out of the line; it keeps what it holds.
  public mutating func cancel(_ holder: RabbitHolder) {
    consumers.removeAll { $0.holder == holder }
  }

  /// Forgets a channel: its consumers are gone, and what they held goes back.
  public mutating func forget(
    _ channels: (RabbitChannelID) -> Bool, at now: Instant,
    credit: inout RabbitCredit, _ events: inout [RabbitQueueEvent]
  ) {
    consumers.removeAll { channels($0.holder.channel) }
    let lost = held.values.filter { channels($0.holder.channel) }.map(\.entry.position).sorted()
    for position in lost {
      guard let holder = held[position]?.holder, let entry = release(position, &credit)
      else { continue }
      if arguments.shortcuts.contains(.dropsUnackedOnClose) {
        tally.dropped += 1
        events.append(.settled(entry))
      } else {
        requeue(entry, from: holder, &events)
      }
    }
    dropOverflow(&events)
    dispatch(at: now, credit: &credit, &events)
  }

  private mutating func release(
    _ position: Int, _ credit: inout RabbitCredit
  ) -> RabbitQueueEntry? {
    guard let delivery = held.removeValue(forKey: position) else { return nil }
    if delivery.holder.tag != nil { credit.giveBack(delivery.holder.channel) }
    if let place = consumers.firstIndex(where: { $0.holder == delivery.holder }) {
      consumers[place].held -= 1
    }
    return delivery.entry
  }

  /// Puts a delivery back among those that wait, or gives it up when it came back too often.
  private mutating func requeue(
    _ entry: RabbitQueueEntry, from holder: RabbitHolder, _ events: inout [RabbitQueueEvent]
  ) {
    var entry = entry
    entry.isRedelivered = true
    if !arguments.shortcuts.contains(.forgetsDeliveries) { entry.returns += 1 }
    if let limit = arguments.deliveryLimit, entry.returns > limit {
      tally.died += 1
      events.append(.died(entry, .deliveryLimit))
      return
    }
    events.append(.returned(entry, from: holder))
    waitingBytes += entry.message.bodyBytes
    if arguments.shortcuts.contains(.requeuesAtTail) {
      lanes[lane(of: entry.message)].append(entry)
    } else if arguments.kind == .classic {
      lanes[lane(of: entry.message)].insert(entry)
    } else if arguments.deliveryLimit == nil {
      lanes[lane(of: entry.message)].append(entry)
    } else {
      returns.append(entry)
    }
  }
}
