/// The header `traceparent` of the W3C: which trace a call belongs to, and which span called.
///
/// Source: github.com/w3c/trace-context spec/20-http_request_header_format.md @acab820.
public struct TraceParent: Sendable, Hashable {
  /// The trace, 32 hexadecimal digits, not all 0.
  public let traceID: String
  /// The span that calls, 16 hexadecimal digits, not all 0.
  public let parentID: String
  /// The flags; the lowest bit says that the trace is recorded.
  public let flags: UInt8

  /// A header for a span of a trace.
  public init(traceID: String, parentID: String, flags: UInt8) {
    self.traceID = traceID
    self.parentID = parentID
    self.flags = flags
  }

  /// Whether the caller records the trace.
  public var isSampled: Bool { flags & 1 == 1 }

  /// Reads the value of the header; nil where a new trace must be begun.
  ///
  /// A later version is read as far as version 00 goes; version 00 itself must have 55 characters.
  public init?(header: String) {
    var bytes = Array(header.utf8)
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    guard bytes.count >= 55, bytes[2] == 0x2d, bytes[35] == 0x2d, bytes[52] == 0x2d else {
      return nil
    }
    let fields = [bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55]]
    guard fields.allSatisfy({ $0.allSatisfy(Self.isHexadecimal) }) else { return nil }
    let texts = fields.map { String(decoding: $0, as: UTF8.self) }
    guard texts[0] != "ff", texts[0] != "00" || bytes.count == 55 else { return nil }
    guard bytes.count == 55 || bytes[55] == 0x2d else { return nil }
    guard texts[1].contains(where: { $0 != "0" }), texts[2].contains(where: { $0 != "0" }),
      let flags = UInt8(texts[3], radix: 16)
    else { return nil }
    self.init(traceID: texts[1], parentID: texts[2], flags: flags)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  /// The value to send on, always of version 00.
  public var header: String {
    "00-\(traceID)-\(parentID)-" + Self.hexadecimal(UInt64(flags), digits: 2)
  }

  /// `value` as so many hexadecimal digits.
  public static func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// The header `tracestate`: what each vendor along the way wants to remember, newest first.
public struct TraceState: Sendable, Hashable {
  /// The most members that are kept.
  public static let most = 32

  /// The members in order.
  public private(set) var members: [Member]

  /// What one vendor remembers.
  public struct Member: Sendable, Hashable {
    /// The vendor.
    public let key: String
    /// What it remembers.
    public let value: String
  }

  /// Nothing.
  public init() { members = [] }

  /// Reads the value of the header; nil where it cannot be read, which does no harm to the trace.
  public init?(header: String) {
    var members: [Member] = []
    for part in header.split(separator: ",", omittingEmptySubsequences: true) {
      let text = part.drop { $0 == " " || $0 == "\t" }
      guard let sign = text.firstIndex(of: "=") else { return nil }
      let key = String(text[..<sign])
      var value = text[text.index(after: sign)...]
      while let last = value.last, last == " " || last == "\t" { value.removeLast() }
      guard !key.isEmpty, !members.contains(where: { $0.key == key }) else { return nil }
      members.append(Member(key: key, value: String(value)))
    }
    guard members.count <= Self.most else { return nil }
    self.members = members
  }

  /// Puts what the vendor `key` remembers first.
  public mutating func put(_ key: String, _ value: String) {
    members.removeAll { $0.key == key }
    members.insert(Member(key: key, value: value), at: 0)
    if members.count > Self.most { members.removeLast() }
  }

  /// The value to send on.
  public var header: String { members.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
}
