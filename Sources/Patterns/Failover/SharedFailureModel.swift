import Kernel

/// What becomes of the formula for redundant parts once some failures are shared and a switch takes
/// time.
///
/// Of a part's failures a share strikes its whole zone, a share all zones (a release, a certificate,
/// a configuration); the rest is its own. Each part fails as often as before, only not alone: the
/// beta-factor model of reliability engineering. Repairs begin when a failure is found.
public struct SharedFailureModel: Sendable, Hashable {
  /// The parts as if they failed independently.
  public var parts: AvailabilityModel
  /// How many zones they are spread over, evenly.
  public var zones: Int
  /// The share of a part's failures that strikes its whole zone.
  public var zoneShare: Double
  /// The share that strikes all zones.
  public var releaseShare: Double
  /// The mean time until a failure is found.
  public var detection: TimeSpan

  /// A model of `parts`, whose own `shared` is not looked at.
  public init(
    _ parts: AvailabilityModel, zones: Int, zoneShare: Double, releaseShare: Double,
    detection: TimeSpan
  ) {
    precondition(zones >= 1 && zoneShare + releaseShare <= 1, "shares of all failures")
    self.parts = parts
    self.zones = zones
    self.zoneShare = zoneShare
    self.releaseShare = releaseShare
    self.detection = detection
  }

  /// The availability, to first order: enough parts are up, less the time that switches take.
  ///
  /// A switch helps when one of those that serve fails and a spare is left: not when all zones are
  /// struck, nor when the only one is.
  public var computed: Double {
    let own = share(1 - zoneShare - releaseShare)
    let zone = share(zoneShare)
    var ways = [1.0]
    for place in 0..<zones {
      let size = (parts.parts - place + zones - 1) / zones
      ways = Self.sum(of: ways, Self.counts(size, each: own, zone: zone))
    }
    let enough = share(releaseShare) * ways.dropFirst(parts.needed).reduce(0, +)
    guard parts.parts > parts.needed else { return enough }
    let rescued = 1 - releaseShare - (zones > 1 ? 0 : zoneShare)
    let lost = (detection + parts.switchTime).seconds / parts.meanUp.seconds
    return max(0, enough - Double(parts.needed) * rescued * lost)
  }

  /// The share of time that something is up which breaks at a part of the parts' rate.
  private func share(_ rate: Double) -> Double {
    let down = (parts.meanDown + detection).seconds * rate
    return parts.meanUp.seconds / (parts.meanUp.seconds + down)
  }

  /// How likely each number of up parts is in a zone of `size`.
  private static func counts(_ size: Int, each own: Double, zone: Double) -> [Double] {
    var ways = (0...size).map { up in
      let least = AvailabilityModel.atLeast(up, of: size, each: own)
      let more = up < size ? AvailabilityModel.atLeast(up + 1, of: size, each: own) : 0
      return (least - more) * zone
    }
    ways[0] += 1 - zone
    return ways
  }

  private static func sum(of left: [Double], _ right: [Double]) -> [Double] {
    var ways = [Double](repeating: 0, count: left.count + right.count - 1)
    for (a, first) in left.enumerated() {
      for (b, second) in right.enumerated() { ways[a + b] += first * second }
    }
    return ways
  }
}
