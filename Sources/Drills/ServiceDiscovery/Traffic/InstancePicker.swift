import Kernel
import Patterns

/// How one picker chooses among the instances it sees: at random or in turn, past those that its
/// outlier detector has put out.
struct InstancePicker: Sendable {
  private let isRoundRobin: Bool
  private let apps: [NodeID]
  private var detector: OutlierDetector?
  private var turn = 0

  init(_ setup: DiscoverySetup, random: RandomStream) {
    isRoundRobin = setup.isRoundRobin && setup.registry != .kubernetes
    apps = setup.roster.apps
    guard setup.ejectAfter > 0 else { return }
    var options = OutlierDetector.Options()
    options.consecutive5xx = setup.ejectAfter
    options.consecutiveGatewayFailure = setup.ejectAfter
    options.baseEjectionTime = setup.ejectionTime
    options.maxEjectionPercent = 50
    options.interval = .seconds(1)
    options.enforcingSuccessRate = 0
    detector = OutlierDetector(options, hostCount: apps.count, random: random)
  }

  /// The instance for the next attempt, or nil when the view is empty.
  ///
  /// Instances that this call tried already, or that are put out, are only taken when no others
  /// are left.
  mutating func pick(
    from view: [NodeID], tried: [NodeID], at now: Instant, _ random: inout RandomStream
  ) -> NodeID? {
    _ = detector?.sweep(until: now)
    let known = view.filter { isIn($0) }
    let fresh = known.filter { !tried.contains($0) }
    let candidates = !fresh.isEmpty ? fresh : !known.isEmpty ? known : view
    guard !candidates.isEmpty else { return nil }
    guard isRoundRobin else { return candidates[random.below(candidates.count)] }
    turn += 1
    return candidates[turn % candidates.count]
  }

  /// Whether the detector lets calls go to `app`.
  func isIn(_ app: NodeID) -> Bool { detector?.isActive(host(app)) ?? true }

  /// Notes how an attempt ended; true when the instance is put out because of it.
  mutating func record(_ isGood: Bool, from app: NodeID, at now: Instant) -> Bool {
    _ = detector?.sweep(until: now)
    let host = host(app)
    let event = detector?.record(isGood ? .success : .gatewayError, from: host, at: now)
    if case .ejected = event?.change { return true }
    return false
  }

  private func host(_ app: NodeID) -> NodeID { NodeID(app.index - apps[0].index) }
}
