import Kernel

/// Requests for a host that something else has named: a cookie, or a tool's own hash.
extension Balancer {
  /// Whether `host` may get a request that was already sent to `tried`.
  public func accepts(_ host: Int, tried: HostsTried = HostsTried(), at now: Instant) -> Bool {
    isUsable(host, Search(tried: tried, second: Self.second(now), isPanicking: isPanicking))
  }

  /// Takes a request for the `host` that was named, if it accepts it.
  ///
  /// Such a request is out of turn: no round robin moves on.
  public mutating func stick(to host: Int, tried: HostsTried, at now: Instant) -> Bool {
    guard accepts(host, tried: tried, at: now) else { return false }
    hosts[host].picks += 1
    if options.maxFails > 0 { lookAgain(at: host, second: Self.second(now)) }
    return true
  }
}
