/// The name of an event, the same on every machine that has it: 32 hexadecimal digits.
///
/// The first twelve are the wall clock in milliseconds, the rest is chance (the layout of a UUID
/// of version 7), so that a copied store and its original never give two events one name.
public struct EventID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 32 digits.
  public let text: String

  /// The id written as `text`, or nil when that is no id.
  public init?(_ text: String) {
    let isDigits = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard text.utf8.count == 32, isDigits else { return nil }
    self.text = text
  }

  /// A new id for an event at `atMilliseconds`, from two random words.
  init(atMilliseconds: Int, chance: (UInt64, UInt64)) {
    let time = UInt64(max(0, atMilliseconds)) & 0xffff_ffff_ffff
    let high = time << 16 | 0x7000 | chance.0 & 0x0fff
    let low = 0x8000_0000_0000_0000 | chance.1 & 0x3fff_ffff_ffff_ffff
    text = Self.hex(high) + Self.hex(low)
  }

  /// The 32 digits.
  public var description: String { text }

  /// Whether the left id comes first in the order of text.
  public static func < (left: EventID, right: EventID) -> Bool { left.text < right.text }

  /// Whether `text` can name a thing in the log: one line, not empty, at most 400 bytes.
  public static func isName(_ text: String) -> Bool {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
    }
    return isPlain && !text.isEmpty && text.utf8.count <= 400
  }

  private static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
