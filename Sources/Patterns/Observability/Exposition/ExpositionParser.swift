import Kernel
import OrderedCollections

/// Reads the text format in which services expose their metrics (version 0.0.4), and complains in
/// the words of Prometheus.
public struct ExpositionParser {
  private let bytes: [UInt8]
  private var place = 0
  private var line = 0
  private var families: OrderedDictionary<String, ExpositionFamily> = [:]

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let backslash = UInt8(ascii: "\\")
  private static let quote = UInt8(ascii: "\"")

  /// The metrics in `text`, in the order in which they first come.
  public static func families(_ text: String) throws(Diagnostic) -> [ExpositionFamily] {
    var parser = ExpositionParser(bytes: Array(text.utf8))
    while try parser.readLine() {}
    return parser.families.values.filter { !$0.samples.isEmpty }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func refused(_ message: String) -> Diagnostic {
    Diagnostic("text format parsing error in line \(line): \(message)", line: line)
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  /// The next byte, which must be there.
  private func need() throws(Diagnostic) -> UInt8 {
    guard let next else { throw refused("unexpected end of input stream") }
    return next
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == Self.space || byte == Self.tab { place += 1 }
  }

  /// Reads a line; false at the end of the text.
  private mutating func readLine() throws(Diagnostic) -> Bool {
    line += 1
    skipBlanks()
    guard let first = next else { return false }
    if first == Self.newline {
      place += 1
    } else if first == UInt8(ascii: "#") {
      place += 1
      try readComment()
    } else {
      try readSample()
    }
    return true
  }

  private mutating func readComment() throws(Diagnostic) {
    skipBlanks()
    if try endsHere() { return }
    let word = try token()
    if try endsHere() { return }
    guard word == "HELP" || word == "TYPE" else {
      while try need() != Self.newline { place += 1 }
      place += 1
      return
    }
    skipBlanks()
    _ = try need()
    let name = try self.name { $0 == UInt8(ascii: ":") }
    if try endsHere() { return }
    guard let byte = next, byte == Self.space || byte == Self.tab else {
      throw refused("invalid metric name in comment")
    }
    let family = family(of: name)
    skipBlanks()
    if try endsHere() { return }
    if word == "HELP" {
      guard families[family]?.help == nil else {
        throw refused("second HELP line for metric name \(GoText.quoted(family))")
      }
      let help = try restOfLine(isEscaped: true)
      families[family]?.help = help
    } else {
      guard families[family]?.kind == nil else {
        throw refused(
          "second TYPE line for metric name \(GoText.quoted(family)), or TYPE reported after "
            + "samples")
      }
      let text = try restOfLine(isEscaped: false)
      guard let kind = ExpositionFamily.Kind(rawValue: text.lowercased()) else {
        throw refused("unknown metric type \(GoText.quoted(text))")
      }
      families[family]?.kind = kind
    }
  }

  /// Whether the line ends at this byte, which must be there; if so, it is passed.
  private mutating func endsHere() throws(Diagnostic) -> Bool {
    guard try need() == Self.newline else { return false }
    place += 1
    return true
  }

  private mutating func token() throws(Diagnostic) -> String {
    let start = place
    while true {
      let byte = try need()
      if byte == Self.space || byte == Self.tab || byte == Self.newline { break }
      place += 1
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  /// A metric or label name, empty where none begins; the byte after it must be there.
  private mutating func name(
    _ isMore: (UInt8) -> Bool
  ) throws(Diagnostic) -> String {
    let start = place
    while true {
      let byte = try need()
      let isLetter =
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
      let isDigit = (0x30...0x39).contains(byte) && place > start
      guard isLetter || isDigit || isMore(byte) else { break }
      place += 1
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func restOfLine(isEscaped: Bool) throws(Diagnostic) -> String {
    var rest: [UInt8] = []
    while true {
      let byte = try need()
      place += 1
      if byte == Self.newline { return String(decoding: rest, as: UTF8.self) }
      guard byte == Self.backslash else {
        rest.append(byte)
        continue
      }
      if isEscaped { rest.append(try escaped(["n": Self.newline, "\\": Self.backslash])) }
    }
  }

  private mutating func escaped(
    _ known: KeyValuePairs<Unicode.Scalar, UInt8>
  ) throws(Diagnostic) -> UInt8 {
    let byte = try need()
    place += 1
    guard let meant = known.first(where: { $0.key.value == UInt32(byte) })?.value else {
      throw refused("invalid escape sequence '\\\(Character(UnicodeScalar(byte)))'")
    }
    return meant
  }

  /// The name of the family that `name` belongs to; it is made if there is none.
  private mutating func family(of name: String) -> String {
    if families[name] != nil { return name }
    for (suffix, kinds) in Self.suffixes where name.hasSuffix(suffix) && name != suffix {
      let base = String(name.dropLast(suffix.count))
      if let kind = families[base]?.kind, kinds.contains(kind) { return base }
    }
    families[name] = ExpositionFamily(name: name)
    return name
  }

  private static let suffixes: [(String, [ExpositionFamily.Kind])] = [
    ("_count", [.summary, .histogram]), ("_sum", [.summary, .histogram]),
    ("_bucket", [.histogram]),
  ]

  private mutating func readSample() throws(Diagnostic) {
    let name = try self.name { $0 == UInt8(ascii: ":") }
    guard !name.isEmpty else { throw refused("invalid metric name") }
    let family = family(of: name)
    if families[family]?.kind == nil { families[family]?.kind = .untyped }
    skipBlanks()
    var labels: [(String, String)] = []
    if try need() == UInt8(ascii: "{") {
      place += 1
      labels = try readLabels(family)
      skipBlanks()
      _ = try need()
    }
    let text = try token()
    guard let value = GoText.number(text) else {
      throw refused("expected float as value, got \(GoText.quoted(text))")
    }
    let timestamp = try readTimestamp()
    var series = MetricLabels(labels)
    series[MetricLabels.nameLabel] = name
    families[family]?.samples.append(
      .init(
        labels: series, labelNames: labels.map(\.0), value: value, timestamp: timestamp))
  }

  private mutating func readTimestamp() throws(Diagnostic) -> Int64? {
    if try endsHere() { return nil }
    skipBlanks()
    _ = try need()
    let text = try token()
    guard let timestamp = Int64(text) else {
      throw refused("expected integer as timestamp, got \(GoText.quoted(text))")
    }
    let rest = try restOfLine(isEscaped: false)
    guard rest.isEmpty else {
      throw refused("spurious string after timestamp: \(GoText.quoted(rest))")
    }
    return timestamp
  }

  private mutating func readLabels(_ family: String) throws(Diagnostic) -> [(String, String)] {
    var labels: [(String, String)] = []
    while true {
      skipBlanks()
      if try need() == UInt8(ascii: "}") {
        place += 1
        return labels
      }
      let name = try self.name { _ in false }
      guard !name.isEmpty else {
        throw refused("invalid label name for metric \(GoText.quoted(family))")
      }
      guard name != MetricLabels.nameLabel else {
        throw refused("label name \(GoText.quoted(name)) is reserved")
      }
      skipBlanks()
      let sign = try need()
      guard sign == UInt8(ascii: "=") else {
        throw refused("expected '=' after label name, found \(Self.quoted(sign))")
      }
      let isReserved = families[family]?.isReserved(name) ?? false
      guard isReserved || !labels.contains(where: { $0.0 == name }) else {
        throw refused("duplicate label names for metric \(GoText.quoted(family))")
      }
      place += 1
      let value = try readLabelValue(name, family)
      labels.append((name, value))
      skipBlanks()
      let end = try need()
      place += 1
      if end == UInt8(ascii: "}") { return labels }
      guard end == UInt8(ascii: ",") else {
        throw refused("unexpected end of label value \(GoText.quoted(value))")
      }
    }
  }

  private static func quoted(_ byte: UInt8) -> String {
    GoText.quoted(String(UnicodeScalar(byte)), mark: "'")
  }

  private mutating func readLabelValue(
    _ name: String, _ family: String
  ) throws(Diagnostic) -> String {
    skipBlanks()
    let first = try need()
    guard first == Self.quote else {
      throw refused(
        "expected '\"' at start of label value, found \(Self.quoted(first))")
    }
    place += 1
    var value: [UInt8] = []
    while true {
      let byte = try need()
      place += 1
      if byte == Self.quote { break }
      if byte == Self.backslash {
        value.append(
          try escaped(["n": Self.newline, "\\": Self.backslash, "\"": Self.quote]))
      } else if byte == Self.newline {
        let text = String(decoding: value, as: UTF8.self)
        throw refused("label value \(GoText.quoted(text)) contains unescaped new-line")
      } else {
        value.append(byte)
      }
    }
    let text = String(decoding: value, as: UTF8.self)
    if families[family]?.isReserved(name) ?? false, GoText.number(text) == nil {
      throw refused(
        "expected float as value for '\(name)' label, got \(GoText.quoted(text))")
    }
    return text
  }
}
