/// Which upstream a request goes to, by host, path and method.
///
///     exact host > wildcard host > any host, then the longest path, then a named method,
///     then who stands first
///
/// **The same request always finds the same route, whatever the order of the others.** A prefix ends
/// at a slash: `/cat` is no prefix of `/catalog`.
///
/// Source: Kong's traditional router (github.com/Kong/kong kong/router), nginx `location`
/// (longest prefix wins, in whatever order they stand).
public struct RouteTable: Sendable, Hashable {
  /// One route.
  public struct Route: Sendable, Hashable {
    /// The host, `*.example.com` for any below it, or nil for any at all.
    public let host: String?
    /// The path that a request's path must begin with, such as `/catalog`.
    public let path: String
    /// Whether the path must be just that.
    public let isExact: Bool
    /// The method, or nil for any.
    public let method: String?
    /// Whether the prefix is taken off before the request goes on; Kong `strip_path`.
    public let stripsPath: Bool
    /// The upstreams with their weights.
    public let upstreams: [Upstream]

    /// A route.
    public init(
      host: String? = nil, path: String, isExact: Bool = false, method: String? = nil,
      stripsPath: Bool = true, upstreams: [Upstream]
    ) {
      precondition(path.hasPrefix("/"), "a path begins with a slash")
      self.host = host
      self.path = path
      self.isExact = isExact
      self.method = method
      self.stripsPath = stripsPath
      self.upstreams = upstreams
    }
  }

  /// An upstream of a route.
  public struct Upstream: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its weight beside the others'.
    public let weight: Int

    /// An upstream.
    public init(_ name: String, weight: Int = 1) {
      self.name = name
      self.weight = weight
    }
  }

  /// A match: the route, and the path that the upstream sees.
  public struct Match: Sendable, Hashable {
    /// The place of the route.
    public let route: Int
    /// The path that the upstream sees.
    public let path: String
  }

  /// The routes, in the order in which they were given.
  public let routes: [Route]

  /// A table of `routes`.
  public init(_ routes: [Route]) { self.routes = routes }

  /// The route of a request, or nil: a 404.
  public func match(host: String, path: String, method: String) -> Match? {
    var best: (place: Int, rank: Rank)?
    for (place, route) in routes.enumerated() {
      guard let rank = rank(of: route, host: host, path: path, method: method) else { continue }
      if let best, !(rank > best.rank) { continue }
      best = (place, rank)
    }
    guard let best else { return nil }
    let route = routes[best.place]
    guard route.stripsPath else { return Match(route: best.place, path: path) }
    let rest = path.dropFirst(route.path == "/" ? 0 : route.path.count)
    return Match(route: best.place, path: rest.hasPrefix("/") ? String(rest) : "/" + rest)
  }

  /// The same table with other weights of a route's upstreams, in their order.
  public func weighted(_ route: Int, _ weights: [Int]) -> RouteTable {
    var changed = routes
    let old = routes[route]
    changed[route] = Route(
      host: old.host, path: old.path, isExact: old.isExact, method: old.method,
      stripsPath: old.stripsPath,
      upstreams: zip(old.upstreams, weights).map { Upstream($0.name, weight: $1) })
    return RouteTable(changed)
  }

  /// The upstream at `place` of the sum of a route's weights.
  public func upstream(of route: Int, at place: Int) -> Int? {
    var left = place
    for (index, upstream) in routes[route].upstreams.enumerated() {
      if left < upstream.weight { return index }
      left -= upstream.weight
    }
    return nil
  }

  /// How closely a route fits, most telling first.
  private struct Rank: Comparable {
    let host: Int
    let isExact: Int
    let length: Int
    let method: Int

    static func < (left: Rank, right: Rank) -> Bool {
      (left.host, left.isExact, left.length, left.method)
        < (right.host, right.isExact, right.length, right.method)
    }
  }

  private func rank(of route: Route, host: String, path: String, method: String) -> Rank? {
    var hostRank = 0
    if let wanted = route.host {
      if wanted.hasPrefix("*.") {
        guard host.hasSuffix(wanted.dropFirst(1)) else { return nil }
        hostRank = 1
      } else {
        guard wanted == host else { return nil }
        hostRank = 2
      }
    }
    if let wanted = route.method, wanted != method { return nil }
    let isSame = path == route.path
    let isBelow =
      route.path == "/" || path.hasPrefix(route.path.hasSuffix("/") ? route.path : route.path + "/")
    guard isSame || (!route.isExact && isBelow) else { return nil }
    return Rank(
      host: hostRank, isExact: route.isExact ? 1 : 0, length: route.path.count,
      method: route.method == nil ? 0 : 1)
  }
}
