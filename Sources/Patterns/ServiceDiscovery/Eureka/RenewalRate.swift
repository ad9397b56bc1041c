/// Renewals counted in whole minutes: the figure of the last full minute is what decides.
///
/// The window does not slide; a burst just before the minute's end counts for the minute that ends.
/// Source: Netflix/eureka, `com.netflix.eureka.util.MeasuredRate` with a sample of 60 s.
public struct RenewalRate: Sendable, Hashable {
  /// Renewals in the last full minute.
  public private(set) var lastMinute = 0
  /// Renewals in the running minute.
  public private(set) var current = 0

  /// Nothing counted yet.
  public init() {}

  /// Counts one renewal.
  public mutating func count() { current += 1 }

  /// Ends the running minute.
  public mutating func endMinute() {
    lastMinute = current
    current = 0
  }
}
