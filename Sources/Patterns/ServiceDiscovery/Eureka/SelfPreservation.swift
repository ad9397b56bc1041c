import Kernel

/// The arithmetic by which a Eureka server decides whether it believes its own expiries.
///
/// Source: Netflix/eureka, `PeerAwareInstanceRegistryImpl` and `AbstractInstanceRegistry.evict`.
public struct SelfPreservation: Sendable, Hashable {
  /// Clients that should be sending renewals.
  public private(set) var expectedClients = 0
  /// `numberOfRenewsPerMinThreshold`: renewals a minute that must be exceeded.
  public private(set) var threshold = 0

  /// Nothing expected.
  public init() {}

  /// Takes over a count of clients and recomputes the threshold.
  public mutating func expect(_ clients: Int, options: EurekaServerOptions) {
    expectedClients = clients
    let perMinute = 60.0 / options.expectedClientRenewalInterval.seconds
    threshold = Int(Double(clients) * perMinute * options.renewalPercentThreshold)
  }

  /// Counts one client more or less; a server that expects none does not start to count so.
  public mutating func change(by difference: Int, options: EurekaServerOptions) {
    if expectedClients > 0 { expect(expectedClients + difference, options: options) }
  }

  /// The periodic recount: adopted only when it does not lower the bar by much, so that a mass loss
  /// is not taken for the new normal.
  public mutating func recount(_ clients: Int, options: EurekaServerOptions) {
    let bar = options.renewalPercentThreshold * Double(expectedClients)
    if Double(clients) > bar || !options.enableSelfPreservation {
      expect(clients, options: options)
    }
  }

  /// Whether expired leases may be evicted now; the comparison is strict.
  public func allowsEviction(renewals: Int, options: EurekaServerOptions) -> Bool {
    let isEnough = threshold > 0 && renewals > threshold
    let isInverted = options.shortcut == .invertsSelfPreservation
    return !options.enableSelfPreservation || isEnough != isInverted
  }

  /// The most leases one run may evict from a registry of `size`.
  public static func evictionLimit(size: Int, options: EurekaServerOptions) -> Int {
    size - Int(Double(size) * options.renewalPercentThreshold)
  }
}
