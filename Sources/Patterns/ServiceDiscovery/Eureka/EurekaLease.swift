import Kernel

/// A registration that dies unless it is renewed, with Eureka's well-known slip kept.
///
/// `renew` sets the last update to now *plus* the duration, and `isExpired` adds the duration once
/// more: after a heartbeat a lease of 90 s lives 180 s. The code's own comment admits it and leaves
/// it. A lease that was never renewed ends after one duration.
/// Source: Netflix/eureka, `com.netflix.eureka.lease.Lease`.
public struct EurekaLease: Sendable, Hashable {
  /// What is registered.
  public var holder: EurekaInstance
  /// When it was registered.
  public let registered: Instant
  /// `lastUpdateTimestamp`; ahead of the clock after a renewal.
  public private(set) var lastUpdate: Instant
  /// The agreed duration.
  public let duration: TimeSpan

  /// A lease that starts at `now`.
  public init(_ holder: EurekaInstance, at now: Instant) {
    self.holder = holder
    registered = now
    lastUpdate = now
    duration = holder.leaseDuration
  }

  /// Takes a heartbeat.
  public mutating func renew(at now: Instant) { lastUpdate = now + duration }

  /// Whether it has expired, with `additional` time granted (for a pause of the server itself).
  public func isExpired(at now: Instant, additional: TimeSpan = .zero) -> Bool {
    now > lastUpdate + duration + additional
  }

  /// The first instant after which it counts as expired.
  public var expiry: Instant { lastUpdate + duration }
}
