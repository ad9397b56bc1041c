import Kernel
import Patterns
import Simulation

/// What of a run is told: the first troubles of each kind, each with what led to it.
struct TransactionStory: Sendable {
  /// Events of one kind after which no more are told.
  private static let limit = 40

  var lastFault: Trace.ID?
  private var told: [String: Int] = [:]
  private var lastAbort: [String: Trace.ID] = [:]
  private var lastWait: [String: Trace.ID] = [:]
  private var lastDeadlock: Trace.ID?

  private mutating func isNew(_ kind: String) -> Bool {
    told[kind, default: 0] += 1
    return told[kind, default: 0] <= Self.limit
  }

  mutating func waits(_ client: String, for other: String, at now: Instant, _ trace: inout Trace) {
    guard isNew("waits") else { return lastWait[client] = nil }
    lastWait[client] = trace.record(
      at: now, client, "waits", "waits for a row that \(other) holds", cause: lastWait[other])
  }

  mutating func deadlock(_ circle: [String], at now: Instant, _ trace: inout Trace) {
    guard isNew("deadlock"), let first = circle.first else { return }
    lastDeadlock = trace.record(
      at: now, first, "deadlock",
      "finds a circle: " + circle.joined(separator: " waits for ") + " waits for \(first)",
      cause: lastWait[first])
  }

  mutating func aborts(
    _ client: String, _ error: TransactionError, at now: Instant, _ trace: inout Trace
  ) {
    guard isNew("aborted") else { return lastAbort[client] = nil }
    let reason = error.reason.map { ": \($0)" } ?? ""
    let cause = error.state == .deadlock ? lastDeadlock : lastWait[client]
    lastAbort[client] = trace.record(
      at: now, client, "aborted", "is aborted with \(error.state.rawValue)\(reason)",
      cause: cause)
  }

  mutating func gaveUp(_ client: TransactionClient, at now: Instant, _ trace: inout Trace) {
    guard isNew("gave-up") else { return }
    trace.record(
      at: now, client.name, "gave-up",
      "gives its transaction up after \(client.attempts) "
        + (client.attempts == 1 ? "attempt" : "attempts"), weight: .harm,
      cause: lastAbort[client.name])
  }

  mutating func timedOut(_ client: TransactionClient, at now: Instant, _ trace: inout Trace) {
    guard isNew("timed-out") else { return }
    trace.record(
      at: now, client.name, "timed-out", "has no answer and gives the connection up",
      weight: .harm, cause: lastFault ?? lastWait[client.name])
  }

  /// A commit was answered: whether it rested on something that was no longer so.
  mutating func committed(
    _ client: TransactionClient, _ rows: [[ColumnValue]], _ meters: TransactionMeters,
    at now: Instant, _ trace: inout Trace
  ) {
    for (place, write) in client.writes.enumerated() where client.tokens.indices.contains(place) {
      guard let sight = client.sights[write.row], rows.indices.contains(write.row),
        case .list(let log) = rows[write.row][2],
        let own = log.firstIndex(of: client.tokens[place]), own > sight.log.count,
        !write.isAdded, let missed = meters.writers[log[own - 1]]
      else { continue }
      noteLost(client, write, sight, missed, at: now, &trace)
    }
    if meters.setup.workload == .onCall { noteEmpty(client, rows, meters, at: now, &trace) }
  }

  private mutating func noteLost(
    _ client: TransactionClient, _ write: TransactionPlan.Write,
    _ sight: TransactionClient.Sight, _ missed: TransactionMeters.Writer, at now: Instant,
    _ trace: inout Trace
  ) {
    guard isNew("lost-update") else { return }
    let read = trace.record(
      at: now, "c\(missed.client + 1)", "overtook",
      "wrote \(missed.write.value) to row \(write.row) at \(missed.at), after \(client.name) had "
        + "read \(sight.value) there at \(sight.at)")
    trace.record(
      at: now, client.name, "lost-update",
      "commits row \(write.row) = \(write.value), worked out from \(sight.value): what "
        + "c\(missed.client + 1) wrote is lost", weight: .harm, cause: read)
  }

  private mutating func noteEmpty(
    _ client: TransactionClient, _ rows: [[ColumnValue]], _ meters: TransactionMeters,
    at now: Instant, _ trace: inout Trace
  ) {
    guard let write = client.writes.first, write.value == 0, rows.count > write.row | 1,
      rows[write.row][1] == .integer(0), rows[write.row ^ 1][1] == .integer(0),
      isNew("nobody-on-call")
    else { return }
    var cause: Trace.ID?
    if case .list(let log) = rows[write.row ^ 1][2], let last = log.last,
      let other = meters.writers[last], let sight = client.sights[write.row ^ 1]
    {
      cause = trace.record(
        at: now, "c\(other.client + 1)", "overtook",
        "took doctor \(write.row ^ 1) off at \(other.at), after \(client.name) had seen that doctor "
          + "on call at \(sight.at)")
    }
    trace.record(
      at: now, client.name, "nobody-on-call",
      "takes doctor \(write.row) off: nobody is on call in shift \(write.row / 2)", weight: .harm,
      cause: cause)
  }
}
