/// The ring of nginx's `hash … consistent`: 160 points a unit of weight, placed by CRC-32.
///
/// Each point of a server is hashed from its address and the point before. An empty key is not
/// hashed at all: it goes to the round robin.
///
/// Source: nginx `src/http/modules/ngx_http_upstream_hash_module.c`, after Cache::Memcached::Fast.
public struct KetamaRing: Sendable, Equatable {
  /// The points in order, each once.
  public private(set) var points: [UInt32] = []
  private var owners: [Int] = []

  /// The ring of servers at these addresses.
  public init(_ servers: [(host: String, port: String, weight: Int)]) {
    var all: [(point: UInt32, server: Int)] = []
    for (index, server) in servers.enumerated() {
      var base = CRC32()
      base.add(server.host)
      base.add(0)
      base.add(server.port)
      var previous: UInt32 = 0
      for _ in 0..<(160 * server.weight) {
        var sum = base
        for shift in [0, 8, 16, 24] { sum.add(UInt8(truncatingIfNeeded: previous >> shift)) }
        previous = sum.value
        all.append((previous, index))
      }
    }
    all.sort { ($0.point, $0.server) < ($1.point, $1.server) }
    for entry in all where points.last != entry.point {
      points.append(entry.point)
      owners.append(entry.server)
    }
  }

  /// The server of `key`, `step` points further on; nil for an empty key or ring.
  public func server(of key: String, step: Int = 0) -> Int? {
    guard !points.isEmpty, !key.isEmpty else { return nil }
    let hash = CRC32.value(key)
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return owners[(low + step) % points.count]
  }
}

/// nginx's `hash` without `consistent`: CRC-32 by weight, hashed again while a server is out.
///
/// Source: nginx `src/http/modules/ngx_http_upstream_hash_module.c`, after Cache::Memcached.
public enum NginxModuloHash {
  /// The server of `key`; nil when twenty hashes found none that `isTaken`, or the key is empty.
  public static func server(
    of key: String, weights: [Int], where isTaken: (Int) -> Bool = { _ in true }
  ) -> Int? {
    let total = weights.reduce(0, +)
    guard !key.isEmpty, total > 0 else { return nil }
    var sum = 0
    for attempt in 0...20 {
      let hash = CRC32.value(attempt == 0 ? key : "\(attempt)\(key)")
      sum += Int(hash >> 16 & 0x7fff)
      var rest = sum % total
      var server = 0
      while rest >= weights[server] {
        rest -= weights[server]
        server += 1
      }
      if isTaken(server) { return server }
    }
    return nil
  }
}
