import Kernel

/// Watches the primary and appoints another when it is silent for too long.
///
/// It is one node, and so the one authority: what it cannot reach it takes for dead. With fencing
/// it waits until the lease that it granted last must be over before it appoints a successor.
public struct FailoverMonitor: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A node says something.
    case received(PrimaryBackupMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(PrimaryBackupMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write to disk before anything that follows.
    case persist(PrimaryBackupStorage.Record)
    /// It has not heard from the primary for so long.
    case suspects(NodeID, silent: TimeSpan)
    /// It appoints a primary, whose log is so long.
    case appoints(NodeID, epoch: Int, length: Int)
  }

  /// How it watches.
  public struct Options: Sendable, Hashable {
    /// The nodes that hold the data.
    public var replicas: [NodeID]
    /// How long the primary may be silent.
    public var patience: TimeSpan
    /// The lease that it grants; nil grants none.
    public var lease: TimeSpan?
    /// By how much clocks may disagree about a lease; it waits so much longer.
    public var clockDrift: TimeSpan
    /// How long it waits for nodes to say how far they are.
    public var poll: TimeSpan
    /// How often it looks.
    public var interval: TimeSpan

    /// Options; ours.
    public init(
      replicas: [NodeID], patience: TimeSpan, lease: TimeSpan?,
      clockDrift: TimeSpan = .milliseconds(50), poll: TimeSpan = .milliseconds(500),
      interval: TimeSpan = .milliseconds(100)
    ) {
      self.replicas = replicas
      self.patience = patience
      self.lease = lease
      self.clockDrift = clockDrift
      self.poll = poll
      self.interval = interval
    }
  }

  private enum Phase: Sendable, Hashable {
    /// The primary is in office; when it was last heard.
    case watching(heardAt: Instant)
    /// The primary is given up; nobody is asked before the lease is over.
    case fencing(until: Instant)
    /// Nodes were asked how far they are.
    case polling(round: Int, until: Instant)
  }

  private struct Candidate: Sendable, Hashable {
    let node: NodeID
    let lastEpoch: Int
    let length: Int
  }

  private let options: Options
  /// The epoch of the primary in office.
  public private(set) var epoch: Int
  /// The primary in office.
  public private(set) var primary: NodeID
  private var phase = Phase.watching(heardAt: .zero)
  private var grantedAt: Instant?
  private var round = 0
  private var candidates: [Candidate] = []

  /// A monitor with what its disk holds.
  public init(storage: PrimaryBackupStorage, options: Options) {
    self.options = options
    epoch = storage.epoch
    primary = options.replicas[min(storage.primary, options.replicas.count - 1)]
  }

  /// Nothing to hold: its decisions are its own.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      // A lease granted in a former life may last as long as one granted now.
      grantedAt = now
      phase = .watching(heardAt: now)
      for node in options.replicas {
        outputs.append(.send(.appointed(epoch: epoch, primary: primary), to: node))
      }
      outputs.append(.wakeMe(at: now + options.interval))
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    case .wake:
      look(at: now, &outputs)
      outputs.append(.wakeMe(at: now + options.interval))
    }
    return outputs
  }

  private mutating func take(
    _ message: PrimaryBackupMessage, from sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch message {
    case .renew(let epoch, let sentAt):
      guard epoch == self.epoch, sender == primary, case .watching = phase else {
        if epoch < self.epoch || sender != primary {
          outputs.append(.send(.appointed(epoch: self.epoch, primary: primary), to: sender))
        }
        return
      }
      phase = .watching(heardAt: now)
      grantedAt = now
      outputs.append(.send(.granted(epoch: epoch, sentAt: sentAt), to: sender))
    case .hello: outputs.append(.send(.appointed(epoch: epoch, primary: primary), to: sender))
    case .soFar(let round, let lastEpoch, let length):
      guard case .polling(round, _) = phase,
        !candidates.contains(where: { $0.node == sender })
      else { return }
      candidates.append(Candidate(node: sender, lastEpoch: lastEpoch, length: length))
    case .ship, .shipped, .differs, .stale, .granted, .appointed, .howFar: break
    }
  }

  private mutating func look(at now: Instant, _ outputs: inout [Output]) {
    switch phase {
    case .watching(let heardAt):
      guard now - heardAt > options.patience else { return }
      outputs.append(.suspects(primary, silent: now - heardAt))
      let fenced = options.lease.map { (grantedAt ?? now) + $0 + options.clockDrift } ?? now
      phase = .fencing(until: max(now, fenced))
      look(at: now, &outputs)
    case .fencing(let until):
      guard now >= until else { return }
      poll(at: now, &outputs)
    case .polling(_, let until):
      guard now >= until else { return }
      appoint(at: now, &outputs)
    }
  }

  private mutating func poll(at now: Instant, _ outputs: inout [Output]) {
    round += 1
    candidates = []
    phase = .polling(round: round, until: now + options.poll)
    for node in options.replicas { outputs.append(.send(.howFar(round: round), to: node)) }
  }

  /// Appoints the node with the longest log of the latest epoch; asks again when nobody answers.
  private mutating func appoint(at now: Instant, _ outputs: inout [Output]) {
    let best = candidates.max { left, right in
      (left.lastEpoch, left.length, -left.node.index)
        < (right.lastEpoch, right.length, -right.node.index)
    }
    guard let best, let place = options.replicas.firstIndex(of: best.node) else {
      return poll(at: now, &outputs)
    }
    epoch += 1
    primary = best.node
    phase = .watching(heardAt: now)
    grantedAt = nil
    outputs.append(.persist(.appointed(epoch: epoch, primary: place)))
    outputs.append(.appoints(best.node, epoch: epoch, length: best.length))
    for node in options.replicas {
      outputs.append(.send(.appointed(epoch: epoch, primary: primary), to: node))
    }
  }
}
