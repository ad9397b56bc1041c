/// One kind of configuration that a control plane pushes to sidecars.
public enum MeshPart: Sendable, Hashable {
  /// The subsets of a service's endpoints that can be named: Envoy's clusters.
  case clusters([Int])
  /// Which subset gets which share of requests, and of which share a copy goes to another.
  case routes(MeshRoutes)
  /// Which connections are taken.
  case peers(PeerMode)
  /// Who may call.
  case authorization(AuthorizationPolicy)
  /// The roots that are trusted.
  case trust([Int])

  /// The place of its kind: what is pushed first stands first, clusters before routes.
  public var rank: Int {
    switch self {
    case .trust: 0
    case .clusters: 1
    case .routes: 2
    case .peers: 3
    case .authorization: 4
    }
  }
}

/// Shares of requests by subset.
public struct MeshRoutes: Sendable, Hashable {
  /// A subset and its weight.
  public struct Weight: Sendable, Hashable {
    /// The subset.
    public let subset: Int
    /// Its weight beside the others'.
    public let weight: Int

    /// A weight.
    public init(_ subset: Int, _ weight: Int) {
      self.subset = subset
      self.weight = weight
    }
  }

  /// The subsets that get requests.
  public var weights: [Weight]
  /// The subset that gets copies, whose answers nobody waits for.
  public var mirror: Int?
  /// The share of requests that are copied.
  public var mirrorShare: Double

  /// Routes.
  public init(_ weights: [Weight], mirror: Int? = nil, mirrorShare: Double = 0) {
    self.weights = weights
    self.mirror = mirror
    self.mirrorShare = mirrorShare
  }

  /// Every subset that is named.
  public var named: [Int] {
    weights.filter { $0.weight > 0 }.map(\.subset) + [mirror].compactMap(\.self)
  }

  /// The subset at `place` of the sum of the weights.
  public func subset(at place: Int) -> Int? {
    var left = place
    for entry in weights {
      if left < entry.weight { return entry.subset }
      left -= entry.weight
    }
    return nil
  }

  /// The sum of the weights.
  public var total: Int { weights.reduce(0) { $0 + $1.weight } }
}
