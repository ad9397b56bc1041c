/// One unit that is written as one word: `GB`, `day`, `message`.
public struct UnitAtom: Sendable, Hashable {
  /// The word for one, as it is shown and as it reads back.
  public let symbol: String
  /// The word for several.
  public let plural: String
  /// How many base units (seconds, bits, dollars, one message) it is.
  public let scale: Double
  /// What it measures.
  public let dimension: Dimension
  /// Which other units it is scaled to when a figure in it would be hard to read.
  public let ladder: Ladder

  /// The units among which a figure chooses the one that reads best.
  public enum Ladder: Sendable, Hashable {
    /// It stays as it is.
    case none
    /// B, kB, MB, GB and so on.
    case decimalBytes
    /// B, KiB, MiB, GiB and so on.
    case binaryBytes
    /// bit, kbit, Mbit and so on.
    case bits
    /// ns, us, ms, s, min, hour, day, year.
    case time
  }

  /// Whether both are the same unit.
  public static func == (left: UnitAtom, right: UnitAtom) -> Bool { left.symbol == right.symbol }

  /// The symbol says it all.
  public func hash(into hasher: inout Hasher) { hasher.combine(symbol) }
}
