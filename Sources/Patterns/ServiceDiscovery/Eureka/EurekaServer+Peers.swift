import Kernel

/// Operations that wait for, or are on their way to, one peer.
///
/// Source: Netflix/eureka, `PeerEurekaNode` and `TaskDispatchers`: batches of up to 250 after at
/// most 500 ms, one second's rest when the peer does not answer.
struct EurekaOutbox: Sendable, Hashable {
  static let maxBatch = 250
  static let maxDelay = TimeSpan.milliseconds(500)
  static let readTimeout = TimeSpan.milliseconds(200)
  static let retryDelay = TimeSpan.seconds(1)

  var waiting: [EurekaReplication] = []
  var underway: [EurekaReplication] = []
  var call: Int?

  /// Adds an operation; a later one of the same kind on the same instance replaces the earlier.
  mutating func add(_ item: EurekaReplication) {
    waiting.removeAll { $0.action == item.action && $0.instance.node == item.instance.node }
    waiting.append(item)
  }
}

extension EurekaServer {
  /// Queues an operation for every peer.
  mutating func queue(
    _ action: EurekaReplication.Action, _ instance: EurekaInstance, at now: Instant
  ) {
    let item = EurekaReplication(action, instance, expiry: now + instance.renewalInterval)
    for peer in peers {
      outboxes[peer]?.add(item)
      if timers.due(.flush(peer)) == nil, outboxes[peer]?.call == nil {
        timers.set(.flush(peer), at: now + EurekaOutbox.maxDelay)
      }
    }
  }

  /// Sends what waits for `peer`, without what is no longer worth sending.
  mutating func flush(to peer: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard var box = outboxes[peer], box.call == nil else { return }
    box.waiting.removeAll { $0.expiry < now }
    guard !box.waiting.isEmpty else {
      outboxes[peer] = box
      return
    }
    box.underway = Array(box.waiting.prefix(EurekaOutbox.maxBatch))
    box.waiting.removeFirst(box.underway.count)
    let call = makeCall()
    box.call = call
    outboxes[peer] = box
    outputs.append(.send(.request(call, .replicate(box.underway)), to: peer))
    timers.set(.peerTimeout(peer), at: now + EurekaOutbox.readTimeout)
  }

  /// Puts the unanswered batch back, behind nothing newer of its kind, and tries again later.
  mutating func peerDidNotAnswer(_ peer: NodeID, at now: Instant) {
    guard var box = outboxes[peer], box.call != nil else { return }
    let newer = box.waiting
    box.waiting = box.underway
    for item in newer { box.add(item) }
    box.underway = []
    box.call = nil
    outboxes[peer] = box
    timers.set(.flush(peer), at: now + EurekaOutbox.retryDelay)
  }

  /// Takes the answer to a call of ours.
  mutating func received(
    _ response: EurekaMessage.Response, to call: Int, from peer: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch response {
    case .all(let copy): receivedCopy(copy, at: now, &outputs)
    case .replicated(let answers):
      guard let box = outboxes[peer], box.call == call else { return }
      settle(peer, at: now)
      for (item, answer) in zip(box.underway, answers) {
        reconcile(item, answer, with: peer, at: now, &outputs)
      }
    case .unavailable:
      guard outboxes[peer]?.call == call else { return }
      timers.cancel(.peerTimeout(peer))
      peerDidNotAnswer(peer, at: now)
    case .done, .notFound, .conflict, .delta: break
    }
  }

  private mutating func settle(_ peer: NodeID, at now: Instant) {
    outboxes[peer]?.underway = []
    outboxes[peer]?.call = nil
    timers.cancel(.peerTimeout(peer))
    if outboxes[peer]?.waiting.isEmpty == false { timers.set(.flush(peer), at: now) }
  }

  /// A peer that did not know the instance is sent it; a peer that knew better is believed.
  private mutating func reconcile(
    _ item: EurekaReplication, _ answer: EurekaMessage.Response, with peer: NodeID,
    at now: Instant, _ outputs: inout [Output]
  ) {
    guard item.action == .heartbeat else { return }
    switch answer {
    case .notFound:
      guard let held = leases[item.instance.node]?.holder else { return }
      outboxes[peer]?.add(
        EurekaReplication(.register, held, expiry: now + held.renewalInterval))
      timers.set(.flush(peer), at: now + EurekaOutbox.maxDelay)
    case .conflict(let newer): register(newer, isReplication: true, at: now, &outputs)
    case .done, .unavailable, .all, .delta, .replicated: break
    }
  }
}
