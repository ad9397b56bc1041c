import Kernel

/// Which endpoints are in: those that discovery names and that were not taken out.
extension OutboundProxy {
  /// Lets those back whose time has come.
  mutating func refresh(at now: Instant) {
    switch options.ejection {
    case .none: break
    case .outlier:
      guard let due = detector?.nextSweepAt, due <= now else { return }
      for event in detector?.sweep(until: now) ?? [] { settle(event.host.index, at: now) }
    case .accrual:
      for endpoint in endpoints.indices { settle(endpoint, at: now) }
    }
  }

  mutating func judge(_ endpoint: Int, _ result: OutlierDetector.Result?, at now: Instant) {
    guard let result else { return }
    switch options.ejection {
    case .none: break
    case .outlier:
      refresh(at: now)
      if detector?.record(result, from: NodeID(endpoint), at: now) != nil {
        settle(endpoint, at: now)
      }
    case .accrual(let accrual):
      _ = accruals[endpoint].ended(
        result == .success, accrual, at: now, using: &accrualRandom)
      settle(endpoint, at: now)
    }
  }

  /// Tells the balancer of an endpoint whether it may be picked.
  mutating func settle(_ endpoint: Int, at now: Instant) {
    var isIn = isListed[endpoint]
    switch options.ejection {
    case .none: break
    case .outlier: isIn = isIn && detector?.isActive(NodeID(endpoint)) ?? true
    case .accrual: isIn = isIn && accruals[endpoint].admits(at: now)
    }
    let group = groupOf[endpoint]
    let place = placeOf[endpoint]
    // An endpoint that discovery does not name is no candidate in panic either.
    groups[group].panicBalancer.setEligible(place, isListed[endpoint], at: now)
    guard isHealthy(endpoint) != isIn else { return }
    groups[group].balancer.setEligible(place, isIn, at: now)
    changes.append(Change(endpoint: endpoint, isOut: !isIn))
  }

  /// Endpoints that discovery names and that are out.
  public var outCount: Int { endpoints.indices.count { isListed[$0] && !isHealthy($0) } }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if options.maxRequests > 0, inflight > options.maxRequests {
      return InvariantViolation("overflow", witness: "\(inflight) requests are under way")
    }
    let counted = groups.reduce(0) { $0 + $1.balancer.inflight }
    guard counted == inflight else {
      return InvariantViolation("in flight", witness: "\(counted) counted, \(inflight) under way")
    }
    return detector?.checkInvariants()
  }
}
