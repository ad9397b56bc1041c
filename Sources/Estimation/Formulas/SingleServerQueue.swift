import Kernel

/// Waiting in front of one server with arrivals at random.
///
/// Times are counted in mean services; `utilisation`, the share of time in which the server is
/// busy, lies from 0 up to but without 1.
///
/// Source: Kleinrock, "Queueing Systems", volume 1 (1975); the mean for any service time is the
/// formula of Pollaczek and Khinchine.
public enum SingleServerQueue {
  /// The mean wait (M/G/1) when service times have the coefficient of variation `variation`:
  /// deviation over mean, 0 for constant and 1 for exponential ones.
  public static func meanWait(utilisation: Double, variation: Double) -> Double {
    utilisation / (1 - utilisation) * (1 + variation * variation) / 2
  }

  /// The response time, wait and service together, that the share `slow` of arrivals exceeds when
  /// service times are exponential (M/M/1).
  public static func response(exceededBy slow: Double, utilisation: Double) -> Double {
    -PortableMath.log(slow) / (1 - utilisation)
  }
}
