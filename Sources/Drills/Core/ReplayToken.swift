import Kernel

/// One line that names a run so completely that it comes back byte for byte on any machine.
///
/// `sharding/grow-under-load:1:7:placement=ring,vnodes=128:at~30s~crash~shard-2:4f1c`: the drill or
/// scenario, the scenario's version, the seed, the settings that differ from the scenario's
/// defaults, the fault lines, and four digits that catch a slip in copying.
public struct ReplayToken: Sendable, Hashable {
  /// The drill's id, or the scenario's for a run without objectives.
  public let subject: String
  /// The version of the scenario that ran.
  public let version: Int
  /// The seed of the run.
  public let seed: UInt64
  /// The settings that differ from the scenario's defaults.
  public let changes: [Change]
  /// The fault lines.
  public let faults: [String]

  /// A setting that differs from its default.
  public struct Change: Sendable, Hashable {
    /// The knob's name.
    public let name: String
    /// The value as text.
    public let text: String
  }

  /// The token of a run.
  public init(
    subject: String, version: Int, seed: UInt64, changes: [(name: String, text: String)],
    faults: [String]
  ) {
    self.subject = subject
    self.version = version
    self.seed = seed
    self.changes = changes.map { Change(name: $0.name, text: $0.text) }
    self.faults = faults
  }

  /// Reads a token; says so when it was cut short or altered in copying.
  public init(_ text: String) throws(Diagnostic) {
    let line = Condition.trimmed(text)
    let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, let version = Int(parts[1]), let seed = UInt64(parts[2]) else {
      throw Diagnostic(
        "This is no replay token.", found: line,
        expected: "the whole line that a run printed after 'token'")
    }
    let body = parts[..<5].joined(separator: ":")
    guard Self.check(body) == parts[5] else {
      throw Diagnostic(
        "This replay token was altered or cut short: its last four digits do not fit the rest.",
        column: line.count - 3, found: parts[5], expected: "the token exactly as it was printed")
    }
    let changes = parts[3].split(separator: ",").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: Self.decoded(sides[0]), text: sides.count > 1 ? Self.decoded(sides[1]) : "")
    }
    self.init(
      subject: parts[0], version: version, seed: seed, changes: changes,
      faults: parts[4].split(separator: ",").map { Self.decoded($0) })
  }

  private var body: String {
    let settings = changes.map { "\(Self.encoded($0.name))=\(Self.encoded($0.text))" }
    let lines = faults.map(Self.encoded)
    return [
      subject, "\(version)", "\(seed)", settings.joined(separator: ","),
      lines.joined(separator: ","),
    ].joined(separator: ":")
  }

  private static func check(_ body: String) -> String {
    var digest = Digest()
    digest.fold(body)
    return String(digest.text.suffix(4))
  }

  /// Letters that a shell leaves alone stay; a space becomes `~`; the rest becomes `%` and hex.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      switch scalar {
      case " ": result.append("~")
      case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "/", "+":
        result.unicodeScalars.append(scalar)
      default:
        let hex = String(byte, radix: 16)
        result += "%" + (hex.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "~") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"),
        let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension ReplayToken: CustomStringConvertible {
  /// The token as one line without spaces.
  public var description: String { body + ":" + Self.check(body) }
}
