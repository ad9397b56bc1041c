import Kernel
import Patterns

/// The database of the orders service as a process.
struct OrderBookPart: Sendable, Equatable {
  var database = ServiceDatabase()
  let rule: RelayClaim
  let relays: Int
  /// How long a claim of rows lasts.
  let claimSpan: TimeSpan
  /// How long a transaction may be idle before it is rolled back.
  let idleSpan: TimeSpan
  /// Whether events carry the state.
  let carriesState: Bool
  /// The event and the begin of each open transaction.
  var open: [Int: Open] = [:]
  /// What became of ended transactions, for a commit that is asked for twice.
  var ended: [Int: Bool] = [:]
  /// The highest id that each relay has marked.
  var cursors: [Int: Int] = [:]

  struct Open: Sendable, Equatable {
    let event: DomainEvent
    let since: Instant
  }

  init(
    rule: RelayClaim, relays: Int, claimSpan: TimeSpan, idleSpan: TimeSpan, carriesState: Bool
  ) {
    self.rule = rule
    self.relays = relays
    self.claimSpan = claimSpan
    self.idleSpan = idleSpan
    self.carriesState = carriesState
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started: break
    case .timer:
      for transaction in open.keys.sorted() {
        guard let idle = open[transaction], idle.since + idleSpan <= now else { continue }
        take(.commit(transaction: transaction, isRefused: true), from: nil, at: now, &outputs)
      }
    case .received(.book(let call, let request), let node):
      take(call, from: (node, request), at: now, &outputs)
    case .received, .told: break
    }
    if let oldest = open.values.map(\.since).min() {
      outputs.append(.wakeMe(oldest + idleSpan, timer: 0))
    }
  }

  private mutating func take(
    _ call: BookCall, from caller: (node: NodeID, request: Int)?, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    var event: DomainEvent?
    if case .commit(let transaction, _) = call { event = open[transaction]?.event }
    outputs.append(.persist(.book(call, at: now)))
    let reply = carryOut(call, at: now)
    if case .committed(let isGood)? = reply, let event {
      outputs.append(.answer(isGood ? .committed(event) : .rolledBack(event)))
    }
    guard let reply, let caller else { return }
    outputs.append(.send(.booked(reply, request: caller.request), to: caller.node))
  }

  mutating func carryOut(_ call: BookCall, at now: Instant) -> BookReply? {
    switch call {
    case .change(let change, let transaction, let hasOutbox, let schema):
      // The same request again: the transaction is open already.
      if let known = open[transaction] { return .changed(known.event) }
      if ended[transaction] != nil { return nil }
      return begin(change, transaction, hasOutbox: hasOutbox, schema, at: now)
    case .commit(let transaction, let isRefused):
      if let isGood = ended[transaction] { return .committed(isGood) }
      open[transaction] = nil
      if isRefused { database.rollBack(transaction) }
      let isGood = !isRefused && database.commit(transaction)
      ended[transaction] = isGood
      return .committed(isGood)
    case .claim(let limit, let relay, let above):
      if let above { return .rows(database.rows(above: above, limit: limit)) }
      let rule: ServiceDatabase.ClaimRule =
        switch self.rule {
        case .none: .all
        case .skipLocked: .skipLocked
        case .byKey: .byKey(index: relay, of: relays)
        }
      return .rows(
        database.claim(limit, for: relay, by: rule, lasting: claimSpan, at: now))
    case .mark(let ids, let relay):
      database.markPublished(ids)
      cursors[relay] = max(cursors[relay] ?? 0, ids.max() ?? 0)
      return nil
    case .cursor(let relay): return .cursor(cursors[relay] ?? 0)
    case .look(let aggregate):
      let row = database.rows[aggregate] ?? ServiceDatabase.Row(version: 0, state: 0)
      return .state(version: row.version, state: row.state)
    }
  }

  private mutating func begin(
    _ change: OrderChange, _ transaction: Int, hasOutbox: Bool, _ schema: OrderSchema,
    at now: Instant
  ) -> BookReply {
    let carriesState = carriesState
    func event(_ id: Int, _ version: Int) -> DomainEvent {
      DomainEvent(
        id: id, aggregate: change.aggregate, version: version, type: "order-changed",
        schema: schema.schema().version,
        payload: carriesState
          ? schema.payload(order: change.aggregate, state: change.state) : [])
    }
    let result = database.change(
      change.aggregate, to: change.state, in: transaction, event: hasOutbox ? event : nil)
    switch result {
    case .locked: return .locked
    case .changed(let version, let id):
      open[transaction] = Open(event: event(id, version), since: now)
      return .changed(event(id, version))
    }
  }
}

/// How relays share the outbox.
enum RelayClaim: String, Sendable, Hashable, CaseIterable {
  /// Each takes everything that is pending.
  case none
  /// Each takes what no other has locked.
  case skipLocked = "skip-locked"
  /// Each takes the aggregates of its remainder.
  case byKey = "by-key"
}
