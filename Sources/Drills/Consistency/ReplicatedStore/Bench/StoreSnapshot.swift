import Kernel
import Patterns
import Simulation
import Verification

/// A universe as a bench shows it: a plain value.
struct StoreSnapshot: Sendable {
  /// One replica.
  struct Row: Sendable {
    let name: String
    let zone: Int
    /// What it is, or why it does nothing.
    let role: String
    /// The version that it applied last.
    let applied: String
    /// What it holds, key by key.
    let holds: [String]
  }

  var rows: [Row] = []
  var keys: [String] = []
  var clients: [String] = []
  var done: [StoreMeters.Done] = []
  var events: [Trace.Event] = []
  var facts: [Measurement] = []
  var faults: [String] = []
  var violation: InvariantViolation?
}

extension StoreUniverse {
  /// The universe as a plain value.
  func snapshot() -> StoreSnapshot {
    var view = StoreSnapshot()
    let roster = setup.roster
    view.keys = (0..<setup.keys).map { "k\($0)" }
    view.clients = roster.clients.map(roster.roster.name)
    for node in roster.replicas { view.rows.append(row(node)) }
    view.done = meters.done
    view.events = cluster.environment.trace.events
    view.faults = cluster.environment.active.map { $0.fault.text(roster.roster) }
    view.violation = violation?.violation
    view.facts = facts(view.rows)
    return view
  }

  private func row(_ node: NodeID) -> StoreSnapshot.Row {
    let name = setup.roster.roster.name(node)
    let zone = setup.roster.zone(node) + 1
    let keys = 0..<setup.keys
    let isPaused = cluster.environment.processes.isPaused(node)
    func row(_ role: String, _ state: RegisterState?) -> StoreSnapshot.Row {
      let applied = state.map { "\($0.applied.epoch).\($0.applied.place)" } ?? ""
      let holds = keys.map { key in
        state.map { $0.register(key).value.map(String.init) ?? "nil" } ?? ""
      }
      return StoreSnapshot.Row(
        name: name, zone: zone, role: role, applied: applied, holds: holds)
    }
    func equal(_ applied: String, _ value: (Int) -> Int?) -> StoreSnapshot.Row {
      StoreSnapshot.Row(
        name: name, zone: zone, role: isPaused ? "paused" : "replica", applied: applied,
        holds: keys.map { value($0).map(String.init) ?? "nil" })
    }
    if cluster.environment.processes.isDown(node) { return row("down", nil) }
    switch cluster.participants[node.index]?.role {
    case .primaryBackup(let part):
      let isServing = part.holdsLease(at: cluster.localNow(node))
      let role = part.isPrimary ? (isServing ? "primary" : "primary, lease over") : "backup"
      return row(isPaused ? "paused" : role, part.state)
    case .raft(let part):
      let role = "\(part.replica.raft.role.rawValue), term \(part.replica.raft.term)"
      return row(isPaused ? "paused" : role, part.replica.store)
    case .quorum(let part):
      let applied = part.hints.isEmpty ? "" : "keeps \(part.hints.count) for others"
      return equal(applied) { part.cells[$0]?.values.first?.value }
    case .convergent(let part):
      return equal("") { key in
        if case .holds(let value, _) = part.replica.value.read(key) { value } else { nil }
      }
    case .monitor, .away, nil: return row("away", nil)
    }
  }

  private func facts(_ rows: [StoreSnapshot.Row]) -> [Measurement] {
    let last = meters.done.last
    let running = rows.filter { $0.role != "down" && $0.role != "away" }
    let figures = meters.measurements(setup, survivors: survivors)
    let wanted = [
      "stale_reads", "staleness_max", "lost_writes", "ryw_violations", "monotonic_violations",
      "unknown_outcomes",
    ]
    let counter = rows.first { $0.role.hasPrefix("primary") || $0.role.hasPrefix("leader") }?
      .holds.first
    return [
      Measurement("time", now.seconds, .seconds),
      Measurement("operations", Double(meters.done.count), .count),
      Measurement("answered", Double(meters.done.count { $0.outcome == .ok }), .count),
      Measurement("not_answered", Double(meters.done.count { $0.outcome != .ok }), .count),
      Measurement("last_ok", last.map { $0.outcome == .ok ? 1 : 0 }, .count),
      Measurement("last_value", last?.value.map(Double.init), .count),
      Measurement("last_time", last.map { ($0.endedAt - $0.beganAt).seconds }, .seconds),
      Measurement("primaries", Double(rows.count { $0.role == "primary" }), .count),
      Measurement("leaders", Double(rows.count { $0.role.hasPrefix("leader") }), .count),
      Measurement(
        "different", Double(Set(running.map(\.holds)).count), .count),
      Measurement("counter", counter.flatMap(Double.init), .count),
      Measurement("linearizable", isLinearizable.map { $0 ? 1 : 0 }, .count),
    ] + figures.filter { wanted.contains($0.name) }
  }

  /// Whether what clients saw so far is linearizable; nil when the checker ran out of budget.
  private var isLinearizable: Bool? {
    let budget = 300_000
    if setup.isCounter {
      let verdict = Linearizability.check(
        OperationHistory(meters.counter), against: CounterModel(), budget: budget)
      return verdict.holds ? true : verdict.witness == nil ? nil : false
    }
    let verdict = Linearizability.check(
      OperationHistory(meters.registers), against: KeyValueModel(), budget: budget)
    return verdict.holds ? true : verdict.witness == nil ? nil : false
  }
}
