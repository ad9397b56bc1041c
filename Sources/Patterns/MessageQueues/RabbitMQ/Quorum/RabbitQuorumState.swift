import Kernel

/// The state machine of a quorum queue: a queue, and who talks to it.
///
/// Every replica applies the same commands in the same order, so all go through the same states;
/// only the leader acts on what comes out. Modelled on `rabbit_fifo` (rabbitmq-server,
/// deps/rabbit/src/rabbit_fifo.erl): commands are numbered by their senders, deliveries are
/// numbered and sent again when asked for.
public struct RabbitQuorumState: Sendable, Hashable {
  /// What the queue knows of a broker that talks to it.
  struct Peer: Sendable, Hashable {
    let session: RabbitSession
    /// The number of its last command.
    var last = 0
    /// Results that are not simply done, of commands it may still ask about.
    var results: [Int: RabbitQuorumResult] = [:]
    /// Deliveries that it may not have received yet.
    var deliveries: [RabbitQuorumDelivery] = []
    var nextDelivery = 1
  }

  /// What came of a command, for the leader to act on.
  public enum Effect: Sendable, Hashable {
    /// A command of `session` has this result.
    case applied(RabbitSession, number: Int, RabbitQuorumResult)
    /// Send a delivery.
    case deliver(RabbitSession, RabbitQuorumDelivery)
    /// A message died.
    case died(RabbitQueueEntry, RabbitDeath.Reason)
  }

  /// The queue.
  public private(set) var queue: RabbitQueue
  /// The brokers that talk to it, in the order they began.
  private(set) var peers: [Peer] = []
  /// The latest session of each broker that was given up.
  private var ended: [NodeID: RabbitSession] = [:]
  /// Which session a channel belongs to.
  private var homes: [RabbitChannelID: RabbitSession] = [:]
  /// The latest time that a command carried.
  private(set) var now = Instant.zero
  private var credit = RabbitCredit()

  /// An empty queue.
  public init(_ arguments: RabbitQueueArguments) { queue = RabbitQueue(arguments) }

  /// The deliveries of `session` after number `received`, or nil when the session is unknown.
  func deliveries(for session: RabbitSession, after received: Int) -> [RabbitQuorumDelivery]? {
    peers.first { $0.session == session }.map { peer in
      peer.deliveries.filter { $0.number > received }
    }
  }

  /// Whether `session` was given up, so that its commands do nothing.
  func isEnded(_ session: RabbitSession) -> Bool {
    ended[session.node].map { session <= $0 } ?? false
  }

  /// What is known of a command that was sent again, or nil when it has not been applied.
  func result(of number: Int, in session: RabbitSession) -> RabbitQuorumResult? {
    guard let peer = peers.first(where: { $0.session == session }), number <= peer.last else {
      return nil
    }
    return peer.results[number] ?? .done
  }

  /// Applies a command and returns what the leader has to do.
  public mutating func apply(_ command: RabbitQuorumCommand) -> [Effect] {
    now = max(now, command.at)
    var events: [RabbitQueueEvent] = []
    var effects: [Effect] = []
    if command.number == 0 {
      apply(ownAction: command.action, &events)
    } else if let result = take(command, &events) {
      effects.append(.applied(command.session, number: command.number, result))
    }
    for event in events { act(on: event, &effects) }
    return effects
  }

  private mutating func apply(
    ownAction action: RabbitQuorumCommand.Action, _ events: inout [RabbitQueueEvent]
  ) {
    guard case .nodeDown(let node) = action else {
      return queue.dropExpired(at: now, &events)
    }
    let lost = peers.filter { $0.session.node == node }.map(\.session)
    for session in lost { end(session, &events) }
  }

  /// Carries out a command unless it was already or others come first.
  private mutating func take(
    _ command: RabbitQuorumCommand, _ events: inout [RabbitQueueEvent]
  ) -> RabbitQuorumResult? {
    guard let place = place(of: command.session, &events) else { return nil }
    let expected = max(peers[place].last + 1, command.lowestPending)
    guard command.number == expected else { return nil }
    peers[place].last = command.number
    peers[place].results = peers[place].results.filter { $0.key >= command.lowestPending }
    let received = peers[place].deliveries.prefix { $0.number <= command.receivedUpTo }.count
    peers[place].deliveries.removeFirst(received)
    let result = carryOut(command.action, of: command.session, &events)
    if result != .done { peers[place].results[command.number] = result }
    return result
  }

  /// The place of a session, which ends earlier lives of its broker; nil for an ended one.
  private mutating func place(
    of session: RabbitSession, _ events: inout [RabbitQueueEvent]
  ) -> Int? {
    if let place = peers.firstIndex(where: { $0.session == session }) { return place }
    if isEnded(session) { return nil }
    for old in peers.map(\.session) where old.node == session.node { end(old, &events) }
    peers.append(Peer(session: session))
    return peers.count - 1
  }

  private mutating func end(_ session: RabbitSession, _ events: inout [RabbitQueueEvent]) {
    peers.removeAll { $0.session == session }
    ended[session.node] = max(ended[session.node] ?? session, session)
    let channels = homes.filter { $0.value == session }.keys.sorted()
    for channel in channels { homes[channel] = nil }
    queue.forget({ channels.contains($0) }, at: now, credit: &credit, &events)
  }

  private mutating func carryOut(
    _ action: RabbitQuorumCommand.Action, of session: RabbitSession,
    _ events: inout [RabbitQueueEvent]
  ) -> RabbitQuorumResult {
    switch action {
    case .enqueue(let message):
      let place = queue.enqueue(message, at: now, credit: &credit, &events)
      return place == nil ? .rejected : .done
    case .consume(let holder, let prefetch, let autoAck):
      homes[holder.channel] = session
      queue.add(
        holder, prefetch: prefetch, autoAck: autoAck, at: now, credit: &credit, &events)
    case .cancel(let holder): queue.cancel(holder)
    case .get(let channel, let autoAck):
      homes[channel] = session
      let entry = queue.get(for: channel, autoAck: autoAck, at: now, &events)
      return .fetched(entry, waiting: queue.waitingCount)
    case .settle(let holder, let positions, let verdict):
      queue.settle(positions, of: holder, verdict, at: now, credit: &credit, &events)
    case .forget(let channel):
      homes[channel] = nil
      queue.forget({ $0 == channel }, at: now, credit: &credit, &events)
    case .purge: return .purged(queue.purge(&events))
    case .note, .nodeDown: queue.dispatch(at: now, credit: &credit, &events)
    }
    return .done
  }

  private mutating func act(on event: RabbitQueueEvent, _ effects: inout [Effect]) {
    switch event {
    case .delivered(let entry, let holder, let isSettled):
      guard holder.tag != nil, let home = homes[holder.channel],
        let place = peers.firstIndex(where: { $0.session == home })
      else { return }
      let delivery = RabbitQuorumDelivery(
        number: peers[place].nextDelivery, entry: entry, holder: holder, isSettled: isSettled)
      peers[place].nextDelivery += 1
      peers[place].deliveries.append(delivery)
      effects.append(.deliver(home, delivery))
    case .died(let entry, let reason): effects.append(.died(entry, reason))
    case .settled, .purged, .returned: break
    }
  }
}
