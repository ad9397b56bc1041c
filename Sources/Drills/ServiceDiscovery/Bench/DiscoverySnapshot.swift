import Kernel
import Patterns
import Simulation

/// A universe as a bench shows it: a plain value.
struct DiscoverySnapshot: Sendable {
  /// One instance.
  struct Row: Sendable {
    let name: String
    /// What its process does.
    let process: String
    /// For each registry machine, whether it would name the instance; nil while it is down.
    let named: [Bool?]
    /// For each picker, whether it sees the instance; nil while it is down.
    let seen: [Bool?]
  }

  var rows: [Row] = []
  var servers: [String] = []
  var pickers: [String] = []
  /// One line about each server.
  var notes: [String] = []
  var events: [Trace.Event] = []
  var facts: [Measurement] = []
  var outcomes: [Int: Bool] = [:]
  var violation: InvariantViolation?
}

extension DiscoveryUniverse {
  /// The universe as a plain value.
  func snapshot() -> DiscoverySnapshot {
    var view = DiscoverySnapshot()
    let roster = setup.roster
    view.servers = roster.registries.map { roster.roster.name($0) }
    view.pickers = roster.pickers.map { roster.roster.name($0) }
    let named = roster.registries.map { registry($0)?.instances(of: DiscoveryFamily.service) }
    let seen = roster.pickers.map { node in
      cluster.environment.processes.runs(node) ? self.view(of: node) : nil
    }
    view.rows = roster.apps.map { app in
      DiscoverySnapshot.Row(
        name: roster.roster.name(app), process: process(app),
        named: named.map { $0?.contains(app) }, seen: seen.map { $0?.contains(app) })
    }
    view.notes = roster.registries.map { node in
      "\(roster.roster.name(node)): \(registry(node).map { note($0) } ?? "down")"
    }
    view.events = cluster.environment.trace.events
    view.facts = facts(named: named, seen: seen)
    view.outcomes = outcomes
    view.violation = violation?.violation
    return view
  }

  private func registry(_ node: NodeID) -> RegistryPart? {
    guard case .registry(let part)? = cluster.participants[node.index]?.role else { return nil }
    return part
  }

  private func process(_ app: NodeID) -> String {
    switch cluster.environment.processes.condition(app) {
    case .running: "runs"
    case .paused: "stands still"
    case .down:
      cluster.environment.processes.isDown(setup.roster.host(of: app)) ? "machine down" : "dead"
    }
  }

  private func note(_ part: RegistryPart) -> String {
    switch part.server {
    case .eureka(let server):
      let word = server.isBelowRenewThreshold ? "evicts nothing" : "may evict"
      return "\(server.renewals.lastMinute) renewals in the last full minute, "
        + "\(server.renewals.current) in this one; more than \(server.preservation.threshold) "
        + "needed: \(word)"
    case .consul(let server): return Self.note(server.replica.raft.role, server.replica.raft.term)
    case .etcd(let server):
      return Self.note(server.raft.role, server.raft.term)
        + ", revision \(server.state.store.revision)"
    case .kubernetes(let plane):
      let acts = plane.store.controller == plane.me ? ", its controllers act" : ""
      return Self.note(plane.replica.raft.role, plane.replica.raft.term) + acts
    case .away: return ""
    }
  }

  private static func note(_ role: RaftRole, _ term: Int) -> String {
    "\(role.rawValue) in term \(term)"
  }

  private func facts(named: [[NodeID]?], seen: [[NodeID]?]) -> [Measurement] {
    let running = setup.roster.apps.count { cluster.environment.processes.runs($0) }
    let views = seen.compactMap(\.self).map(\.count)
    let registered = named.compactMap(\.self).map(\.count)
    let preserving = setup.roster.registries.contains { node in
      guard case .eureka(let server)? = registry(node)?.server else { return false }
      return server.isBelowRenewThreshold
    }
    let leads = setup.roster.registries.contains { node in
      switch registry(node)?.server {
      case .consul(let server)?: server.replica.isLeader
      case .etcd(let server)?: server.raft.role == .leader
      case .kubernetes(let plane)?: plane.replica.isLeader
      case .eureka?, .away?, nil: false
      }
    }
    let own: [Measurement] = [
      Measurement("time", now.seconds, .seconds),
      Measurement("running", Double(running), .count),
      Measurement("registered", registered.max().map(Double.init), .count),
      Measurement("seen", views.max().map(Double.init), .count),
      Measurement("smallest_view", views.min().map(Double.init), .count),
      Measurement("preserving", preserving ? 1 : 0, .count),
      Measurement("leaders", leads ? 1 : 0, .count),
    ]
    let kept = [
      "detection_time", "stale_calls", "failed_calls", "refused_registrations",
      "false_evictions", "false_deaths", "join_time", "calls", "attempts",
    ]
    return own + meters.measurements(until: now).filter { kept.contains($0.name) }
  }
}
