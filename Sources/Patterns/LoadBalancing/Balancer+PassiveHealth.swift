import Kernel

/// Health by what live requests tell, as nginx does it: counted in whole seconds.
///
/// A host with `maxFails` failures is out for `failTimeout`; after that one request looks again. Its
/// success clears the count. A single host is never taken out.
///
/// Source: nginx `src/http/ngx_http_upstream_round_robin.c`.
extension Balancer {
  static func second(_ now: Instant) -> Int64 { now.nanoseconds / 1_000_000_000 }

  private var timeout: Int64 { options.failTimeout.nanoseconds / 1_000_000_000 }

  /// Whether its failures keep `host` out during `second`.
  func isTakenOut(_ host: Int, second: Int64) -> Bool {
    hosts.count > 1 && hosts[host].fails >= options.maxFails
      && (second - hosts[host].checkedSecond <= timeout || options.shortcut == .neverReturns)
  }

  /// Whether failures of requests keep `host` out at `now`.
  public func isTakenOut(_ host: Int, at now: Instant) -> Bool {
    options.maxFails > 0 && isTakenOut(host, second: Self.second(now))
  }

  mutating func lookAgain(at host: Int, second: Int64) {
    if second - hosts[host].checkedSecond > timeout { hosts[host].checkedSecond = second }
  }

  mutating func judge(_ host: Int, succeeded: Bool, second: Int64) {
    guard hosts.count > 1 else { return }
    if succeeded {
      if hosts[host].failedSecond < hosts[host].checkedSecond { hosts[host].fails = 0 }
      return
    }
    hosts[host].fails += 1
    hosts[host].failedSecond = second
    hosts[host].checkedSecond = second
    let lost = hosts[host].weight / options.maxFails
    hosts[host].effectiveWeight = max(0, hosts[host].effectiveWeight - lost)
  }
}
