/// The hash slots of Redis Cluster: a fixed number of buckets between keys and nodes.
///
/// Only the part of the key between the first `{` and the next `}` is hashed, when there is one and
/// it is not empty, so that keys with the same tag share a slot.
///
/// Source: Redis Cluster specification, "Keys distribution model" and "Hash tags".
public enum HashSlot {
  /// The number of slots.
  public static let count = 16_384

  /// The slot of the key called `name`; allocates nothing.
  public static func slot(of name: String) -> UInt16 {
    slot(of: name.utf8.span.bytes)
  }

  /// The slot of a key's bytes; allocates nothing.
  public static func slot(of key: borrowing RawSpan) -> UInt16 {
    let (start, end) = tag(of: key)
    return CRC16.checksum(key, from: start, to: end) % UInt16(count)
  }

  /// Where the hashed part of the key starts and ends.
  static func tag(of key: borrowing RawSpan) -> (start: Int, end: Int) {
    let whole = (0, key.byteCount)
    var open = 0
    while open < key.byteCount, key.byte(at: open) != 0x7b { open += 1 }
    guard open < key.byteCount else { return whole }
    var close = open + 1
    while close < key.byteCount, key.byte(at: close) != 0x7d { close += 1 }
    guard close < key.byteCount, close > open + 1 else { return whole }
    return (open + 1, close)
  }
}
