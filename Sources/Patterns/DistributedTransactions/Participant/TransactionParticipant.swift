import Kernel
import OrderedCollections

/// A service with a database of its own that takes part in transactions of several services.
///
/// It carries out steps of sagas, each in a local transaction that holds the effect, the step's
/// key and the event about it; it prepares and commits work under two-phase commit, with a lock
/// on every record from its promise to the decision; and it reacts to the events of others.
///
/// Under two-phase commit:
///
///     working ──prepare, yes──▶ prepared ──commit──▶ committed
///        │                         └──────abort───▶ aborted
///        └──no, or told to abort──▶ aborted
///
/// Prepared, it may not decide alone: it asks, and waits, and holds its locks.
///
/// Of a saga's step it knows, by key:
///
///     unknown ──perform──▶ done ──compensate──▶ undone
///        └──────compensate──▶ fenced: it may not come any more
///
/// Sources: PostgreSQL documentation, PREPARE TRANSACTION; Garcia-Molina and Salem, "Sagas"
/// (SIGMOD 1987); Apache Seata, the fence of its TCC mode (CommonFenceConstant.java).
public struct TransactionParticipant: Machine {
  /// What is known of a step.
  public enum Entry: Sendable, Equatable {
    /// It took effect on a record.
    case done(record: Int)
    /// The business said no.
    case refused
    /// It was undone.
    case undone
    /// It was undone before it came.
    case fenced
  }

  /// Work that is promised.
  public struct Promise: Sendable, Equatable {
    /// What was promised.
    public let work: PreparedWork
    /// Since when.
    public let since: Instant
    /// When to ask what was decided.
    public var nextInquiry: Instant
    /// How often it has asked.
    public var inquiries = 0
  }

  struct Waiting: Sendable, Equatable {
    let work: PreparedWork
    let deadline: Instant
  }

  /// Its options.
  public let options: Options
  /// Who it is.
  public let node: NodeID
  /// The balances that are not the initial one.
  public private(set) var balances: [Int: Int] = [:]
  /// How many effects it has carried out.
  public private(set) var position = 0
  /// Promised work by xid.
  public internal(set) var promises: OrderedDictionary<Int, Promise> = [:]
  /// Which xid holds the lock on a record.
  public private(set) var locks: [Int: Int] = [:]
  /// Which saga has marked a record as pending.
  public private(set) var marks: [Int: Int] = [:]
  /// How tries of two-phase commit ended, by xid.
  public private(set) var outcomes: [Int: Bool] = [:]
  /// Events on their way.
  public internal(set) var outbox = EventOutbox()
  /// Which of those it decided alone.
  private(set) var decidedAlone: Set<Int> = []
  private(set) var entries: [StepKey: Entry] = [:]
  var waiting: [Waiting] = []
  private var armed: Instant?

  /// A participant that finds `journal` on its disk.
  public init(_ options: Options, node: NodeID, journal: [DistributedRecord] = []) {
    self.options = options
    self.node = node
    for record in journal { replay(record) }
  }

  /// The balance of `record`.
  public func balance(_ record: Int) -> Int { balances[record] ?? options.initialBalance }

  /// What is known of a step; nil when it never came.
  public func entry(_ key: StepKey) -> Entry? { entries[key] }

  /// Takes one input.
  public mutating func step(
    _ input: DistributedInput, at now: Instant
  ) -> [DistributedOutput] {
    var outputs: [DistributedOutput] = []
    switch input {
    case .started:
      for place in promises.values.indices { promises.values[place].nextInquiry = now }
      wake(at: now, &outputs)
    case .woken:
      armed = nil
      wake(at: now, &outputs)
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    }
    arm(&outputs)
    return outputs
  }

  private mutating func take(
    _ message: DistributedMessage, from sender: NodeID, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    switch message {
    case .command(let command):
      let answer = carryOut(command, from: sender, at: now, &outputs)
      outputs.append(.send(.answer(command.key, command.verb, answer), to: sender))
      promiseWaiting(at: now, &outputs)
    case .look(let record, let request):
      let view = RecordView(
        record: record, balance: balance(record), isPending: marks[record] != nil,
        position: position)
      outputs.append(.send(.seen(view, request: request), to: sender))
    case .prepare(let work): prepare(work, at: now, &outputs)
    case .decide(let xid, let commits):
      hear(xid, commits: commits, from: sender, at: now, &outputs)
    case .inquire(let xid): tellPeer(xid, sender, at: now, &outputs)
    case .event(let event, let number):
      react(to: event, from: sender, at: now, &outputs)
      outbox.send(at: now, again: options.resendInterval, &outputs)
      if let number { outputs.append(.send(.eventTaken(number: number), to: sender)) }
    case .eventTaken(let number):
      if outbox.entries[number]?.targets.contains(sender) == true {
        keep(.delivered(number: number, target: sender), isForced: false, &outputs)
      }
    case .place, .accepted, .answer, .seen, .vote, .acknowledge: break
    }
  }

  private mutating func wake(at now: Instant, _ outputs: inout [DistributedOutput]) {
    giveUpWaiting(at: now, &outputs)
    inquire(at: now, &outputs)
    outbox.send(at: now, again: options.resendInterval, &outputs)
  }

  private mutating func arm(_ outputs: inout [DistributedOutput]) {
    var due = outbox.due
    for promise in promises.values { due = min(due ?? promise.nextInquiry, promise.nextInquiry) }
    for entry in waiting { due = min(due ?? entry.deadline, entry.deadline) }
    guard due != armed else { return }
    armed = due
    outputs.append(due.map { .wakeMe($0) } ?? .sleep)
  }

  /// Changes its state by a record and writes the record: one path for living and for recovery.
  mutating func keep(
    _ record: DistributedRecord, isForced: Bool = true, _ outputs: inout [DistributedOutput]
  ) {
    replay(record)
    outputs.append(isForced ? .persist(record) : .write(record))
  }

  private mutating func replay(_ record: DistributedRecord) {
    switch record {
    case .effect(let effect):
      position += 1
      balances[effect.record] = effect.balance
      entries[effect.key] = effect.isUndo ? .undone : .done(record: effect.record)
      if effect.marks {
        marks[effect.record] = effect.key.transaction
      } else if effect.isUndo, marks[effect.record] == effect.key.transaction {
        marks[effect.record] = nil
      }
    case .refused(let key): entries[key] = .refused
    case .fenced(let key): entries[key] = .fenced
    case .settled(let key, let record):
      if marks[record] == key.transaction { marks[record] = nil }
    case .prepared(let work, let now):
      promises[work.xid] = Promise(
        work: work, since: now, nextInquiry: now + options.inquiryInterval)
      for numbered in work.works { locks[numbered.work.record] = work.xid }
    case .decided(let xid, let commits, let isAlone, _):
      outcomes[xid] = commits
      if isAlone { decidedAlone.insert(xid) }
      for numbered in promises.removeValue(forKey: xid)?.work.works ?? [] {
        locks[numbered.work.record] = nil
      }
    case .queued, .delivered: outbox.replay(record)
    case .begun, .stepBegun, .stepDone, .turnedBack, .stepUndone, .ended, .decision, .forgotten:
      break
    }
  }
}
