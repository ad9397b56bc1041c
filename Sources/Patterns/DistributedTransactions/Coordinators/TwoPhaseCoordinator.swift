import Kernel
import OrderedCollections

/// The coordinator of two-phase commit, with presumed abort.
///
///     begin ──▶ waiting ──all yes, record forced──▶ committing ──all acknowledged──▶ forgotten
///                  └──a no, or the vote timeout──▶ aborted, forgotten at once
///
/// **The record of the decision is the commit point: it is on the disk before anybody hears of
/// it.** No record means abort, so that an abort needs neither a record nor acknowledgements. A
/// new life goes on telling what it finds decided, and answers every other question with abort.
///
/// Each try has an xid of its own, made from the transaction and the life of the process.
public struct TwoPhaseCoordinator: Machine {
  /// What a coordinator may be told to do otherwise.
  public struct Options: Sendable, Equatable {
    /// How long it waits for votes.
    public var voteTimeout = TimeSpan.seconds(5)
    /// How soon a decision that was not acknowledged is sent again.
    public var resendInterval = TimeSpan.seconds(1)
    /// The deliberate bug, if it has one.
    public var shortcut: DistributedShortcut?

    /// A sound coordinator.
    public init() {}
  }

  /// A transaction under way.
  public struct Instance: Sendable, Equatable {
    /// The transaction.
    public let transaction: BusinessTransaction
    /// Who takes part.
    public let participants: [NodeID]
    /// Whether it is decided that it commits.
    public var isCommitting: Bool
    /// Who has yet to vote, or to acknowledge.
    public var awaited: [NodeID]
    /// When to stop waiting for votes, or to tell the decision again.
    public var due: Instant
  }

  /// Its options.
  public let options: Options
  /// What is under way, by xid.
  public private(set) var instances: OrderedDictionary<Int, Instance> = [:]
  private let node: NodeID
  private let life: Int
  /// How transactions ended, as far as this life knows.
  private var outcomes: [Int: TransactionOutcome] = [:]
  private var armed: Instant?

  /// A coordinator that finds `log` on its disk.
  public init(_ options: Options, node: NodeID, life: Int, log: [DistributedRecord] = []) {
    self.options = options
    self.node = node
    self.life = life
    for record in log {
      switch record {
      case .decision(let xid, let transaction):
        let participants = Self.participants(of: transaction)
        instances[xid] = Instance(
          transaction: transaction, participants: participants, isCommitting: true,
          awaited: participants, due: .zero)
        outcomes[transaction.id] = .committed
      case .forgotten(let xid): instances.removeValue(forKey: xid)
      default: break
      }
    }
  }

  /// The services that a transaction touches, in the order of its steps.
  public static func participants(of transaction: BusinessTransaction) -> [NodeID] {
    var nodes: [NodeID] = []
    for step in transaction.steps where !nodes.contains(step.work.service) {
      nodes.append(step.work.service)
    }
    return nodes
  }

  /// Takes one input.
  public mutating func step(
    _ input: DistributedInput, at now: Instant
  ) -> [DistributedOutput] {
    var outputs: [DistributedOutput] = []
    switch input {
    case .started, .woken:
      armed = nil
      wake(at: now, &outputs)
    case .received(.place(let transaction), let customer):
      outputs.append(.send(.accepted(transaction.id), to: customer))
      begin(transaction, at: now, &outputs)
    case .received(.vote(let xid, let isYes), let voter):
      hear(isYes, from: voter, on: xid, at: now, &outputs)
    case .received(.acknowledge(let xid), let sender):
      guard let place = instances.index(forKey: xid), instances.values[place].isCommitting else {
        break
      }
      instances.values[place].awaited.removeAll { $0 == sender }
      if instances.values[place].awaited.isEmpty {
        instances.removeValue(forKey: xid)
        outputs.append(.write(.forgotten(xid: xid)))
      }
    case .received(.inquire(let xid), let sender):
      // Undecided: the answer comes with the decision. Unknown: no record means abort.
      if let instance = instances[xid] {
        if instance.isCommitting {
          outputs.append(.send(.decide(xid: xid, commits: true), to: sender))
        }
      } else {
        outputs.append(.send(.decide(xid: xid, commits: false), to: sender))
      }
    case .received: break
    }
    arm(&outputs)
    return outputs
  }

  private mutating func begin(
    _ transaction: BusinessTransaction, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    let xid = transaction.id * 1_000 + life
    guard instances[xid] == nil, outcomes[transaction.id] == nil else { return }
    let participants = Self.participants(of: transaction)
    instances[xid] = Instance(
      transaction: transaction, participants: participants, isCommitting: false,
      awaited: participants, due: now + options.voteTimeout)
    for participant in participants {
      let works = transaction.steps.indices.filter {
        transaction.steps[$0].work.service == participant
      }.map { NumberedWork(step: $0, work: transaction.steps[$0].work) }
      let work = PreparedWork(
        xid: xid, transaction: transaction.id, works: works, coordinator: node,
        peers: participants.filter { $0 != participant })
      outputs.append(.send(.prepare(work), to: participant))
    }
  }

  private mutating func hear(
    _ isYes: Bool, from voter: NodeID, on xid: Int, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    guard let instance = instances[xid], !instance.isCommitting else { return }
    guard isYes else { return abort(xid, at: now, &outputs) }
    instances[xid]?.awaited.removeAll { $0 == voter }
    if instances[xid]?.awaited.isEmpty == true { commit(xid, at: now, &outputs) }
  }

  private mutating func commit(
    _ xid: Int, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    guard let instance = instances[xid] else { return }
    let record = DistributedRecord.decision(xid: xid, instance.transaction)
    instances[xid]?.isCommitting = true
    instances[xid]?.awaited = instance.participants
    instances[xid]?.due = now + options.resendInterval
    outcomes[instance.transaction.id] = .committed
    let isHasty = options.shortcut == .tellsBeforeForcing
    if !isHasty { outputs.append(.persist(record)) }
    for participant in instance.participants {
      outputs.append(.send(.decide(xid: xid, commits: true), to: participant))
    }
    if isHasty { outputs.append(.write(record)) }
    outputs.append(.write(.ended(instance.transaction.id, .committed, at: now)))
    outputs.append(.ended(instance.transaction.id, .committed))
  }

  private mutating func abort(_ xid: Int, at now: Instant, _ outputs: inout [DistributedOutput]) {
    guard let instance = instances.removeValue(forKey: xid) else { return }
    outcomes[instance.transaction.id] = .aborted
    for participant in instance.participants {
      outputs.append(.send(.decide(xid: xid, commits: false), to: participant))
    }
    outputs.append(.write(.ended(instance.transaction.id, .aborted, at: now)))
    outputs.append(.ended(instance.transaction.id, .aborted))
  }

  private mutating func wake(at now: Instant, _ outputs: inout [DistributedOutput]) {
    for (xid, instance) in instances where instance.due <= now {
      if instance.isCommitting {
        instances[xid]?.due = now + options.resendInterval
        for participant in instance.awaited {
          outputs.append(.send(.decide(xid: xid, commits: true), to: participant))
        }
      } else if options.shortcut == .silenceIsYes {
        commit(xid, at: now, &outputs)
      } else {
        outputs.append(
          .fact(
            DistributedFact(
              "vote-timeout",
              "aborts transaction \(instance.transaction.id): \(instance.awaited.count) of "
                + "\(instance.participants.count) have not voted",
              weight: .harm, about: instance.awaited.first)))
        abort(xid, at: now, &outputs)
      }
    }
  }

  private mutating func arm(_ outputs: inout [DistributedOutput]) {
    let due = instances.values.lazy.map(\.due).min()
    guard due != armed else { return }
    armed = due
    outputs.append(due.map { .wakeMe($0) } ?? .sleep)
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for (xid, instance) in instances where instance.isCommitting {
      if outcomes[instance.transaction.id] != .committed {
        return InvariantViolation(
          "a decision is final", witness: "\(xid) commits and has another outcome")
      }
    }
    return nil
  }
}
