import Kernel

/// Moves keys between shards that go on serving: copy, catch up, cut over, clean up.
///
///     waiting ──▶ copying ──▶ catching up ──▶ freezing ──▶ draining ──▶ committed
///                    └────────────(copy-only, key by key)──────────────────▲
///
/// The keys move in parcels. A parcel is read at its sources and written at its targets in batches,
/// no more than `keysPerSecond` and no more than `window` batches at a time. A key that is written at
/// its source after it was read for copying is copied again. When few such keys are left, writes
/// to the parcel are frozen, the last keys are copied, and the parcel changes hands. Without the
/// freeze, or without catching up at all, the writes in the gap are lost: the machine does what its
/// options say. Key by key, a key changes hands with its batch and is never written while it moves.
///
/// The host carries out the copies and says when they are done. One move at a time.
///
/// Source: the phases of Vitess Reshard (copy, catch-up, SwitchTraffic), of a MongoDB chunk
/// migration (clone, catch-up, critical section, commit) and of a Redis Cluster slot migration.
public struct Resharding: Machine {
  /// What can happen.
  public enum Input: Sendable {
    /// The plan of a move; nothing is on the move yet.
    case start(ReshardingPlan)
    /// All keys of a batch are at the target.
    case copied(CopyBatch)
    /// A batch could not be copied.
    case failed(CopyBatch)
    /// A key of a parcel was written at its source.
    case wrote(key: Int, parcel: Int)
    /// No write to a frozen parcel is under way at its sources any more.
    case drained(parcel: Int)
    /// The time asked for has come.
    case wake
  }

  /// What the machine asks for or states.
  public enum Output: Sendable, Equatable {
    /// Read these keys at the source and write them at the target.
    case copy(CopyBatch)
    /// Let writes to the parcel wait, and say when none is under way.
    case freeze(parcel: Int)
    /// Hand the parcel over in the map; writes that wait go on at the new owner.
    case commit(parcel: Int)
    /// Remove the parcel's keys from their sources.
    case cleanUp(parcel: Int)
    /// Call again then.
    case wakeMe(at: Instant)
    /// Everything has moved.
    case finished
  }

  /// How far a parcel is.
  public enum Phase: String, Sendable, Hashable {
    /// Its turn has not come.
    case waiting
    /// Its keys are copied for the first time.
    case copying
    /// Keys that were written meanwhile are copied again.
    case catchingUp
    /// Writes wait, those under way finish.
    case freezing
    /// Writes wait, the last keys are copied.
    case draining
    /// It has changed hands.
    case committed
  }

  /// A parcel on its way.
  struct Parcel: Sendable, Equatable {
    var phase = Phase.waiting
    var flows: [ReshardingPlan.Flow]
    /// The next key to copy for the first time: a flow and a place in it.
    var flow = 0
    var place = 0
    /// Keys read for copying.
    var issued: Set<Int> = []
    /// Keys to copy again, in the order they were written.
    var dirty: [Int] = []
    var isDirty: Set<Int> = []
    /// Keys of the round of repeated copies under way that are not copied yet.
    ///
    /// A round begins when the one before has arrived, so that two copies of a key never race.
    var round: [Int] = []
    var inFlight = 0
    var rounds = 0
  }

  /// The knobs.
  public let options: ReshardingOptions
  /// The parcels of the move under way.
  var parcels: [Parcel] = []
  /// Batches under way.
  public internal(set) var inFlight = 0
  var retries: [(at: Instant, batch: CopyBatch)] = []
  var nextNumber = 0
  var nextCopy = Instant.zero
  var isFinished = true

  /// A machine with nothing on the move.
  public init(_ options: ReshardingOptions) { self.options = options }

  /// Whether keys are on the move.
  public var isMoving: Bool { !isFinished }

  /// How far `parcel` is.
  public func phase(of parcel: Int) -> Phase { parcels[parcel].phase }

  /// Takes one input and returns what follows, in order.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .start(let plan):
      precondition(isFinished, "one move at a time")
      parcels = plan.parcels.map { Parcel(flows: $0) }
      isFinished = false
      nextCopy = now
    case .copied(let batch):
      parcels[batch.parcel].inFlight -= 1
      inFlight -= 1
    case .failed(let batch) where options.shortcut == .takesFailureForDone:
      parcels[batch.parcel].inFlight -= 1
      inFlight -= 1
    case .failed(let batch):
      retries.append((now + options.retryAfter, batch))
    case .wrote(let key, let parcel): markDirty(key, in: parcel)
    case .drained(let parcel):
      if parcels[parcel].phase == .freezing { parcels[parcel].phase = .draining }
    case .wake: break
    }
    advance(at: now, &outputs)
    return outputs
  }

  /// Takes in a key that was made after the plan, in `parcel`: it has to move as well.
  ///
  /// Key by key, a new key is made at its target and has no need of it.
  public mutating func include(key: Int, parcel: Int, source: NodeID, target: NodeID) {
    guard isMoving, parcels[parcel].phase != .committed else { return }
    let flow = ReshardingPlan.Flow(source: source, target: target, keys: [key])
    parcels[parcel].flows.append(flow)
    switch parcels[parcel].phase {
    case .waiting, .copying: break
    case .catchingUp, .freezing, .draining, .committed:
      // The first copy is over: the key will be copied when it is written.
      parcels[parcel].flow = parcels[parcel].flows.count
      parcels[parcel].issued.insert(key)
    }
  }

  private mutating func markDirty(_ key: Int, in parcel: Int) {
    guard options.style == .parcel, options.cutOver != .copyOnly, isMoving,
      options.shortcut != .forgetsWrites,
      parcels[parcel].phase != .committed, parcels[parcel].issued.contains(key),
      parcels[parcel].isDirty.insert(key).inserted
    else { return }
    parcels[parcel].dirty.append(key)
  }

  /// Whether both machines are in the same state.
  public static func == (left: Resharding, right: Resharding) -> Bool {
    left.options == right.options && left.parcels == right.parcels
      && left.inFlight == right.inFlight && left.nextNumber == right.nextNumber
      && left.nextCopy == right.nextCopy && left.isFinished == right.isFinished
      && left.retries.map(\.batch) == right.retries.map(\.batch)
      && left.retries.map(\.at) == right.retries.map(\.at)
  }
}
