/// Digests of digests over a node's cells, so that two nodes find what differs without sending it all.
///
/// Node 1 is the root, the children of `i` are `2i` and `2i + 1`; the leaves are ranges of keys by
/// their scattered number.
///
/// Source: DeCandia et al., "Dynamo" (2007), section 4.7.
public struct MerkleTree: Sendable, Hashable {
  /// The leaves of every tree.
  public static let leafCount = 16

  private var digests = [UInt64](repeating: 0, count: MerkleTree.leafCount * 2)

  /// The tree over `cells`.
  public init(_ cells: [Int: QuorumCell]) {
    for key in cells.keys.sorted() {
      guard let cell = cells[key] else { continue }
      let leaf = Self.leaf(of: key)
      digests[leaf] = Self.mixed(digests[leaf], UInt64(bitPattern: Int64(key)) ^ cell.digest)
    }
    for node in stride(from: Self.leafCount - 1, to: 0, by: -1) {
      digests[node] = Self.mixed(digests[node * 2], digests[node * 2 + 1])
    }
  }

  /// The digest of everything.
  public var root: UInt64 { digests[1] }

  /// The digest of a node of the tree.
  public subscript(_ node: Int) -> UInt64 { digests[node] }

  /// Whether the node has no children.
  public static func isLeaf(_ node: Int) -> Bool { node >= leafCount }

  /// The leaf that `key` belongs to.
  public static func leaf(of key: Int) -> Int {
    leafCount + Int(mixed(0x9e37, UInt64(bitPattern: Int64(key))) % UInt64(leafCount))
  }

  private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var z = (left &* 0x9e37_79b9_7f4a_7c15) ^ right
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
