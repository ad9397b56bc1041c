import Kernel
import Patterns
import Verification

/// What the clients of a store saw: the histories that checkers read, and the figures.
struct StoreMeters: Sendable {
  /// An operation that is over.
  struct Done: Sendable {
    let client: Int
    let process: Int
    let request: StoreRequest.ID
    let key: Int
    let isWrite: Bool
    let isTroubled: Bool
    let outcome: RecordedOperation<KeyValueAction>.Outcome
    let value: Int?
    let version: StoreVersion?
    let beganAt: Instant
    let endedAt: Instant
  }

  /// What was done to registers.
  private(set) var registers = History<KeyValueAction>(capacity: 40_000)
  /// What was done to the counter.
  private(set) var counter = History<CounterAction>(capacity: 40_000)
  /// Everything that is over, in order.
  private(set) var done: [Done] = []
  /// What each process is writing.
  private var pending: [Int: KeyValueAction] = [:]
  private var isCounter = false
  let clientCount: Int

  init(clients: Int) { clientCount = clients }

  /// A process begins an operation.
  mutating func begin(
    _ process: Int, key: Int, isWrite: Bool, action: StoreAction, isCounter: Bool, at now: Instant
  ) {
    self.isCounter = isCounter
    if isCounter {
      counter.invoke(process, isWrite ? .add(1) : .read(0), at: now)
      return
    }
    var value = Datum.none
    if case .write(let number) = action { value = .number(number) }
    let operation = KeyValueAction(
      key: Self.datum(key), isWrite ? .write(value) : .read(.none))
    pending[process] = operation
    registers.invoke(process, operation, at: now)
  }

  /// An operation took effect.
  mutating func succeed(
    _ process: Int, _ errand: StoreClient.Errand, client: Int, value: Int?,
    version: StoreVersion, at now: Instant
  ) {
    if isCounter {
      counter.succeed(process, errand.isWrite ? .add(1) : .read(value ?? 0), at: now)
    } else if errand.isWrite {
      guard let operation = pending[process] else { return }
      registers.succeed(process, operation, at: now)
    } else {
      let datum = value.map { Datum.number($0) } ?? .none
      registers.succeed(
        process, KeyValueAction(key: Self.datum(errand.key), .read(datum)), at: now)
    }
    note(process, errand, client, .ok, value, version, now)
  }

  /// An operation failed, or nobody knows what became of it.
  mutating func end(
    _ process: Int, _ errand: StoreClient.Errand, client: Int,
    outcome: RecordedOperation<KeyValueAction>.Outcome, at now: Instant
  ) {
    if isCounter {
      let action: CounterAction = errand.isWrite ? .add(1) : .read(0)
      if outcome == .unknown {
        counter.lose(process, action, at: now)
      } else {
        counter.fail(process, action, at: now)
      }
    } else {
      guard let operation = pending[process] else { return }
      if outcome == .unknown {
        registers.lose(process, operation, at: now)
      } else {
        registers.fail(process, operation, at: now)
      }
    }
    note(process, errand, client, outcome, nil, nil, now)
  }

  private mutating func note(
    _ process: Int, _ errand: StoreClient.Errand, _ client: Int,
    _ outcome: RecordedOperation<KeyValueAction>.Outcome, _ value: Int?,
    _ version: StoreVersion?, _ now: Instant
  ) {
    done.append(
      Done(
        client: client, process: process, request: errand.request.id, key: errand.key,
        isWrite: errand.isWrite, isTroubled: errand.isTroubled, outcome: outcome, value: value,
        version: version, beganAt: errand.beganAt, endedAt: now))
  }

  static func datum(_ key: Int) -> Datum { .text("k\(key)") }

  /// Reads and writes that are known to be over, with their versions, for checkers of sessions.
  var versioned: [(operation: VersionedOperation, done: Int)] {
    done.indices.compactMap { index in
      let entry = done[index]
      guard entry.outcome == .ok, let version = entry.version else { return nil }
      return (
        VersionedOperation(
          session: entry.client, key: Self.datum(entry.key),
          kind: entry.isWrite ? .write : .read, version: version.epoch << 32 | version.place,
          invokedAt: entry.beganAt, returnedAt: entry.endedAt), index
      )
    }
  }
}
