import Kernel
import Patterns

/// Which instance of each shard is the primary, and where each key lives.
struct StoreState {
  let design: StoreDesign
  let shards: Int
  let keys: Int
  /// The primary's place within its shard; nil while the shard has none.
  var primaries: [Int?]

  init(_ design: StoreDesign, shards: Int, keys: Int) {
    self.design = design
    self.shards = shards
    self.keys = keys
    primaries = Array(repeating: 0, count: shards)
  }

  /// The shard of a key; a fan-out goes on to the shards after it.
  @inline(__always) func shard(of key: UInt64, plus copy: Int) -> Int {
    guard shards > 1 else { return 0 }
    let home: Int
    switch design.placement {
    case .hash: home = JumpHash.bucket(of: Self.mixed(key), buckets: shards)
    case .range: home = keys == 0 ? 0 : Int(key) * shards / keys
    }
    let place = home + copy
    return place < shards ? place : place % shards
  }

  /// Spreads neighbouring keys; SplitMix64's finisher.
  private static func mixed(_ key: UInt64) -> UInt64 {
    var z = key &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
