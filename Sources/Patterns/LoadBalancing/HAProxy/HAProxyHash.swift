/// The hash functions of HAProxy.
public enum HAProxyHash {
  /// `hash-type … sdbm`, the default function, of the bytes of a key.
  public static func sdbm(_ key: String) -> UInt32 {
    var hash: UInt32 = 0
    for byte in key.utf8 { hash = UInt32(byte) &+ (hash << 6) &+ (hash << 16) &- hash }
    return hash
  }

  /// The `avalanche` modifier, which `hash-type consistent` applies unless a function is named.
  ///
  /// Source: Bob Jenkins, "Integer hash function"; HAProxy then multiplies by a large prime.
  public static func avalanched(_ value: UInt32) -> UInt32 {
    var a = value
    a = (a &+ 0x7ed5_5d16) &+ (a << 12)
    a = (a ^ 0xc761_c23c) ^ (a >> 19)
    a = (a &+ 0x1656_67b1) &+ (a << 5)
    a = (a &+ 0xd3a2_646c) ^ (a << 9)
    a = (a &+ 0xfd70_46c5) &+ (a << 3)
    a = (a ^ 0xb55a_4f09) ^ (a >> 16)
    return a &* 3_221_225_473
  }
}

/// The tree of HAProxy's `hash-type consistent`: sixteen nodes a unit of weight, and a key goes to
/// the nearest node, on either side.
///
/// The nodes are hashed from the server's id and not from its address, so that servers without
/// explicit ids take other keys when their order in the configuration changes.
///
/// Source: HAProxy `src/lb_chash.c`.
public struct HAProxyHashTree: Sendable, Equatable {
  private var nodes: [(key: UInt32, server: Int)] = []

  /// The tree of servers with these ids and weights; a server of weight 0 is out.
  public init(ids: [Int], weights: [Int]) {
    for server in ids.indices {
      for node in 0..<(16 * weights[server]) {
        let number = UInt32(truncatingIfNeeded: ids[server] * 4_096 + node)
        nodes.append((HAProxyHash.avalanched(number), server))
      }
    }
    nodes.sort { ($0.key, $0.server) < ($1.key, $1.server) }
  }

  /// The server nearest to `hash`; nil when none is in.
  public func server(of hash: UInt32) -> Int? {
    guard let last = nodes.last else { return nil }
    var low = 0
    var high = nodes.count
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].key < hash { low = middle + 1 } else { high = middle }
    }
    let after = low == nodes.count ? nodes[0] : nodes[low]
    let before = low == 0 ? last : nodes[low - 1]
    return hash &- before.key <= after.key &- hash ? before.server : after.server
  }

  /// Whether both hold the same nodes.
  public static func == (left: Self, right: Self) -> Bool {
    left.nodes.elementsEqual(right.nodes) { $0.key == $1.key && $0.server == $1.server }
  }
}
