/// A glob of Redis: `*`, `?`, `[abc]`, `[^a-c]` and `\` before a plain character.
public struct RedisPattern: Sendable, Hashable {
  /// The pattern as written.
  public let text: String
  private let bytes: [UInt8]

  /// A pattern; every text is one.
  public init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// Whether all of `subject` matches (redis, src/util.c, stringmatchlen).
  public func matches(_ subject: String) -> Bool {
    Self.match(bytes[...], Array(subject.utf8)[...])
  }

  private static func match(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    var pattern = pattern
    var text = text
    while let token = pattern.first {
      switch token {
      case UInt8(ascii: "*"):
        while pattern.first == UInt8(ascii: "*") { pattern.removeFirst() }
        if pattern.isEmpty { return true }
        while true {
          if match(pattern, text) { return true }
          guard text.popFirst() != nil else { return false }
        }
      case UInt8(ascii: "?"):
        guard text.popFirst() != nil else { return false }
        pattern.removeFirst()
      case UInt8(ascii: "["):
        guard let byte = text.popFirst() else { return false }
        pattern.removeFirst()
        guard takeClass(&pattern, byte) else { return false }
      default:
        if token == UInt8(ascii: "\\"), pattern.count > 1 { pattern.removeFirst() }
        guard text.popFirst() == pattern.popFirst() else { return false }
      }
    }
    return text.isEmpty
  }

  /// Reads a class up to its bracket and says whether `byte` is in it.
  private static func takeClass(_ pattern: inout ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
    let isNegated = pattern.first == UInt8(ascii: "^")
    if isNegated { pattern.removeFirst() }
    var isIn = false
    while let next = pattern.popFirst(), next != UInt8(ascii: "]") {
      if next == UInt8(ascii: "\\"), let plain = pattern.popFirst() {
        isIn = isIn || plain == byte
      } else if pattern.count >= 2, pattern.first == UInt8(ascii: "-") {
        let end = pattern[pattern.startIndex + 1]
        pattern.removeFirst(2)
        isIn = isIn || (min(next, end)...max(next, end)).contains(byte)
      } else {
        isIn = isIn || next == byte
      }
    }
    return isIn != isNegated
  }
}
