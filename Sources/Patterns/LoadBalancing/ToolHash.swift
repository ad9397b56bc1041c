/// The ways in which nginx and HAProxy find the server of a key, each its own.
public struct ToolHash: Sendable {
  /// Whose way.
  public enum Kind: Sendable, Hashable {
    /// nginx `hash … consistent`.
    case ketama
    /// nginx `hash`.
    case modulo
    /// HAProxy `hash-type consistent`.
    case tree
    /// HAProxy `hash-type map-based`, its default.
    case map
  }

  private let kind: Kind
  private let weights: [Int]
  private let isIn: [Bool]
  private var ring = KetamaRing([])
  private var tree = HAProxyHashTree(ids: [], weights: [])
  private var map = StaticServerMap(weights: [])

  /// The servers of these weights, of which some are out.
  ///
  /// Server n, from 1, has the id n and, for nginx, the address 10.0.0.n:80.
  public init(_ kind: Kind, weights: [Int], isIn: [Bool]) {
    self.kind = kind
    self.weights = weights
    self.isIn = isIn
    let left = zip(weights, isIn).map { $1 ? $0 : 0 }
    switch kind {
    case .ketama:
      ring = KetamaRing(weights.enumerated().map { ("10.0.0.\($0 + 1)", "80", $1) })
    case .modulo: break
    case .tree: tree = HAProxyHashTree(ids: weights.indices.map { $0 + 1 }, weights: left)
    case .map: map = StaticServerMap(weights: left)
    }
  }

  /// The server of `key`; nil when there is none, or when nginx leaves it to the round robin.
  public func server(of key: String) -> Int? {
    switch kind {
    case .ketama:
      // nginx looks at twenty points further on before it gives up.
      for step in 0...20 {
        guard let server = ring.server(of: key, step: step) else { return nil }
        if isIn[server] { return server }
      }
      return nil
    case .modulo: return NginxModuloHash.server(of: key, weights: weights) { isIn[$0] }
    case .tree: return tree.server(of: HAProxyHash.avalanched(HAProxyHash.sdbm(key)))
    case .map: return map.server(of: HAProxyHash.sdbm(key))
    }
  }
}
