import Kernel
import Simulation

/// Who is who in a universe: three registry machines, instances and their machines, callers.
///
/// The first names are the same for every registry, so that one fault plan fits all four.
struct DiscoveryRoster: Sendable {
  /// All names.
  let roster: Roster
  /// The registry's machines.
  let registries: [NodeID]
  /// The instances: processes.
  let apps: [NodeID]
  /// The machines they run on: the agent or kubelet there, if the registry has one.
  let hosts: [NodeID]
  /// The calling machines.
  let callers: [NodeID]
  /// The proxies of server-side discovery.
  let proxies: [NodeID]
  /// The name server of a headless service.
  let nameServer: NodeID?

  init(instances: Int, callers count: Int, isServerSide: Bool, hasNameServer: Bool) {
    var names: [String] = []
    func add(_ name: String, _ count: Int) -> [NodeID] {
      (1...max(1, count)).prefix(count).map { number in
        names.append("\(name)-\(number)")
        return NodeID(names.count - 1)
      }
    }
    registries = add("registry", 3)
    apps = add("app", instances)
    hosts = add("host", instances)
    callers = add("caller", count)
    proxies = add("proxy", isServerSide ? 2 : 0)
    nameServer = add("dns", hasNameServer ? 1 : 0).first
    roster = Roster(names)
  }

  /// Those that keep a view and pick.
  var pickers: [NodeID] { proxies.isEmpty ? callers : proxies }

  /// The machine of an instance.
  func host(of app: NodeID) -> NodeID { hosts[app.index - apps[0].index] }

  /// The instance on a machine, or nil when the node is no such machine.
  func app(on host: NodeID) -> NodeID? {
    hosts.firstIndex(of: host).map { apps[$0] }
  }

  /// Whether the node is an instance.
  func isApp(_ node: NodeID) -> Bool {
    node.index >= apps[0].index && node.index < apps[0].index + apps.count
  }

  /// Whether the machine `host` runs and no fault stands between it and most other machines.
  func isUnhindered(_ host: NodeID, in environment: Environment) -> Bool {
    guard environment.processes.runs(host) else { return false }
    let others = (registries + hosts).filter { $0 != host }
    let unhindered = others.count { environment.blame(host, seenBy: $0) == nil }
    return unhindered * 2 > others.count
  }

  /// A machine that dies or stands still takes its instance along: the plan with that spelled out.
  func spellOut(_ plan: FaultPlan) -> FaultPlan {
    FaultPlan(plan.faults.flatMap(spellOut))
  }

  /// The same for one fault.
  func spellOut(_ timed: TimedFault) -> [TimedFault] {
    func twin(_ fault: Fault) -> [TimedFault] {
      [timed, TimedFault(at: timed.at, fault, for: timed.duration)]
    }
    switch timed.fault {
    case .crash(let node): return app(on: node).map { twin(.crash($0)) } ?? [timed]
    case .restart(let node): return app(on: node).map { twin(.restart($0)) } ?? [timed]
    case .pause(let node): return app(on: node).map { twin(.pause($0)) } ?? [timed]
    case .resume(let node): return app(on: node).map { twin(.resume($0)) } ?? [timed]
    case .slow, .slowLink, .partition, .block, .drop, .delay, .duplicate, .reorder, .skew,
      .jump, .drift, .fill, .lose, .load, .errors, .heal:
      return [timed]
    }
  }
}
