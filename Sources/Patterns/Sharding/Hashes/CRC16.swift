/// The 16-bit cyclic redundancy check that Redis Cluster places keys with (XMODEM).
///
/// Polynomial 0x1021, initial value 0, nothing reflected, no final change.
///
/// Source: Redis Cluster specification, "Keys distribution model" and appendix A.
public enum CRC16 {
  /// The check value of `bytes` from `start` up to but without `end`; allocates nothing.
  public static func checksum(_ bytes: borrowing RawSpan, from start: Int, to end: Int) -> UInt16 {
    var crc: UInt16 = 0
    for place in start..<end {
      var index = (crc >> 8) ^ UInt16(bytes.byte(at: place))
      // The remainder of one byte without a table: x^16 + x^12 + x^5 + 1 in three shifts.
      index ^= index >> 4
      crc = (crc << 8) ^ (index << 12) ^ (index << 5) ^ index
    }
    return crc
  }

  /// The check value of all of `bytes`.
  public static func checksum(_ bytes: borrowing RawSpan) -> UInt16 {
    checksum(bytes, from: 0, to: bytes.byteCount)
  }

  /// The check value of the UTF-8 bytes of `text`.
  public static func checksum(_ text: String) -> UInt16 { checksum(text.utf8.span.bytes) }
}
