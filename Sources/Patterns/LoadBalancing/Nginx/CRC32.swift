/// The CRC-32 of Ethernet and zlib, which nginx hashes with.
public struct CRC32: Sendable, Equatable {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
    }
  }

  private var state: UInt32 = 0xffff_ffff

  /// The checksum of nothing yet.
  public init() {}

  /// The checksum of the bytes so far.
  public var value: UInt32 { ~state }

  /// Adds a byte.
  public mutating func add(_ byte: UInt8) {
    state = Self.table[Int((state ^ UInt32(byte)) & 0xff)] ^ (state >> 8)
  }

  /// Adds the UTF-8 bytes of `text`.
  public mutating func add(_ text: String) { for byte in text.utf8 { add(byte) } }

  /// The checksum of `text`.
  public static func value(_ text: String) -> UInt32 {
    var sum = CRC32()
    sum.add(text)
    return sum.value
  }
}
