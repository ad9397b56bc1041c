import Kernel

/// Another service that a service needs, and for how long it can do without.
///
/// A *hard* dependency takes the service down with it. A *soft* one can be done without for a while:
/// what it said last is still good enough until `bridge` is over.
///
/// Source: AWS, Availability and Beyond (2021), availability with dependencies.
public struct ServiceDependency: Sendable, Hashable {
  /// The share of time that it is up, above 0 and below 1.
  public var availability: Double
  /// The mean time that it is down for.
  public var meanDown: TimeSpan
  /// How long the service goes on without it; zero makes it hard.
  public var bridge: TimeSpan

  /// A dependency.
  public init(availability: Double, meanDown: TimeSpan, bridge: TimeSpan = .zero) {
    precondition(availability > 0 && availability < 1, "an availability lies between 0 and 1")
    self.availability = availability
    self.meanDown = meanDown
    self.bridge = bridge
  }

  /// The mean time from its return to its next failure, in seconds.
  public var meanUpSeconds: Double {
    meanDown.seconds * availability / (1 - availability)
  }

  /// The share of time that the service is not down for its sake.
  ///
  /// Of outages of exponential length a share e^(-bridge / meanDown) lasts longer than the bridge,
  /// and those last `meanDown` beyond it.
  public var computed: Double {
    1 - (1 - availability) * PortableMath.exp(-bridge.seconds / meanDown.seconds)
  }

  /// The availability of what needs all of `parts`, each a share of time, if they fail
  /// independently: the product.
  public static func series(_ parts: some Sequence<Double>) -> Double { parts.reduce(1, *) }
}
