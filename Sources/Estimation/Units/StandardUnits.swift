/// The units that every model knows.
///
/// Decimal and binary prefixes are those of the International System and of IEC 80000-13: kB is
/// 1,000 bytes, KiB is 1,024. A month has 30 days and a year 365, as people reckon in interviews.
enum StandardUnits {
  static let time = Dimension.base(0)
  static let information = Dimension.base(1)
  static let money = Dimension.base(2)
  static let firstCountable = 3

  /// The names of the base dimensions by their numbers.
  static let baseNames = ["time", "information", "money"] + countables.map(\.0)

  /// The unit that `word` stands for, or nil.
  static func unit(_ word: String) -> CompoundUnit? { plain[word] }

  /// Rates in one word, which may also name a value.
  static let rateWords: Set<String> = ["qps", "rps", "tps", "iops", "QPS", "RPS", "TPS", "IOPS"]

  /// Every word that is a unit, in alphabetical order.
  static let words: [String] = plain.keys.sorted()

  /// A unit of `dimension` out of plain words: seconds, bytes, dollars, countables; `other` supplies
  /// those that a model declared.
  static func plainUnit(
    of dimension: Dimension, other: (Int) -> CompoundUnit? = { _ in nil }
  ) -> CompoundUnit {
    var result = CompoundUnit.one
    let factors = dimension.factors
    for factor in factors.filter({ $0.exponent > 0 }) + factors.filter({ $0.exponent < 0 }) {
      guard let unit = plainUnit(base: factor.base) ?? other(factor.base),
        let product = result.multiplied(by: unit, power: factor.exponent)
      else { continue }
      result = product
    }
    return result
  }

  private static func plainUnit(base: Int) -> CompoundUnit? {
    switch base {
    case 0: CompoundUnit(second)
    case 1: CompoundUnit(byte)
    case 2: plain["$"]
    default: base < baseNames.count ? plain[baseNames[base]] : nil
    }
  }

  // MARK: Words

  private static let second = UnitAtom(
    symbol: "s", plural: "s", scale: 1, dimension: time, ladder: .time)
  private static let bit = UnitAtom(
    symbol: "bit", plural: "bits", scale: 1, dimension: information, ladder: .bits)
  private static let byte = UnitAtom(
    symbol: "B", plural: "B", scale: 8, dimension: information, ladder: .decimalBytes)

  private static let plain: [String: CompoundUnit] = {
    var table: [String: CompoundUnit] = [:]
    table.reserveCapacity(512)
    for (words, symbol, plural, scale) in times {
      let atom = UnitAtom(
        symbol: symbol, plural: plural, scale: scale, dimension: time, ladder: .time)
      for word in words { table[word] = CompoundUnit(atom) }
    }
    for word in ["B", "byte", "bytes", "Byte", "Bytes"] { table[word] = CompoundUnit(byte) }
    for word in ["bit", "bits"] { table[word] = CompoundUnit(bit) }
    let dollar = UnitAtom(symbol: "$", plural: "$", scale: 1, dimension: money, ladder: .none)
    for word in ["$", "USD", "dollar", "dollars"] { table[word] = CompoundUnit(dollar) }
    let cent = UnitAtom(
      symbol: "cent", plural: "cents", scale: 0.01, dimension: money, ladder: .none)
    for word in ["cent", "cents"] { table[word] = CompoundUnit(cent) }
    for (place, (singular, plural)) in countables.enumerated() {
      let atom = UnitAtom(
        symbol: singular, plural: plural, scale: 1, dimension: .base(firstCountable + place),
        ladder: .none)
      table[singular] = CompoundUnit(atom)
      table[plural] = CompoundUnit(atom)
    }
    for (word, alias) in aliases { table[word] = table[alias] }
    for (word, counted) in rates {
      let rate = table[counted]?.multiplied(by: CompoundUnit(second), power: -1)
      table[word] = rate
      table[word.uppercased()] = rate
    }
    table["bps"] = CompoundUnit(bit).multiplied(by: CompoundUnit(second), power: -1)
    addPrefixed(to: &table)
    return table
  }()

  private static let times: [([String], String, String, Double)] = [
    (["ns", "nanosecond", "nanoseconds"], "ns", "ns", 1e-9),
    (["us", "µs", "μs", "microsecond", "microseconds"], "us", "us", 1e-6),
    (["ms", "millisecond", "milliseconds"], "ms", "ms", 1e-3),
    (["s", "sec", "secs", "second", "seconds"], "s", "s", 1),
    (["min", "mins", "minute", "minutes"], "min", "min", 60),
    (["h", "hr", "hrs", "hour", "hours"], "hour", "hours", 3_600),
    (["d", "day", "days"], "day", "days", 86_400),
    (["week", "weeks"], "week", "weeks", 604_800),
    (["mo", "month", "months"], "month", "months", 30 * 86_400),
    (["yr", "yrs", "year", "years"], "year", "years", 365 * 86_400),
  ]

  private static let rates = [
    ("qps", "query"), ("rps", "request"), ("tps", "transaction"), ("iops", "operation"),
  ]

  private static let aliases = [
    ("req", "request"), ("reqs", "requests"), ("msg", "message"), ("msgs", "messages"),
    ("op", "operation"), ("ops", "operations"), ("conn", "connection"), ("conns", "connections"),
    ("txn", "transaction"), ("txns", "transactions"), ("people", "person"),
    ("character", "char"), ("characters", "char"),
  ]

  // MARK: Prefixes

  private static let decimal: [(String, Double)] = [
    ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18),
  ]
  private static let binary: [(String, Double)] = [
    ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
    ("Pi", 1_125_899_906_842_624), ("Ei", 1_152_921_504_606_846_976),
  ]
  private static let long: [(String, String)] = [
    ("kilo", "k"), ("mega", "M"), ("giga", "G"), ("tera", "T"), ("peta", "P"), ("exa", "E"),
    ("kibi", "Ki"), ("mebi", "Mi"), ("gibi", "Gi"), ("tebi", "Ti"), ("pebi", "Pi"), ("exbi", "Ei"),
  ]

  /// Adds `GB`, `GiB`, `Gbit`, `Gb`, `Gbps`, `gigabyte(s)` and their like.
  private static func addPrefixed(to table: inout [String: CompoundUnit]) {
    for (prefix, _) in decimal + binary {
      let bits = CompoundUnit(bits(prefix))
      table[prefix + "B"] = CompoundUnit(bytes(prefix))
      table[prefix + "bit"] = bits
      table[prefix + "b"] = bits
      table[prefix + "bps"] = bits.multiplied(by: CompoundUnit(second), power: -1)
    }
    for (prefix, short) in long {
      for word in ["byte", "bytes"] { table[prefix + word] = CompoundUnit(bytes(short)) }
      for word in ["bit", "bits"] { table[prefix + word] = CompoundUnit(bits(short)) }
    }
  }

  /// Bytes with a prefix; `K` is read as `k`.
  static func bytes(_ prefix: String) -> UnitAtom {
    let symbol = (prefix == "K" ? "k" : prefix) + "B"
    return UnitAtom(
      symbol: symbol, plural: symbol, scale: 8 * scale(prefix), dimension: information,
      ladder: prefix.count == 2 ? .binaryBytes : .decimalBytes)
  }

  /// Bits with a prefix; `K` is read as `k`.
  static func bits(_ prefix: String) -> UnitAtom {
    let symbol = (prefix == "K" ? "k" : prefix) + "bit"
    return UnitAtom(
      symbol: symbol, plural: symbol, scale: scale(prefix), dimension: information, ladder: .bits)
  }

  private static func scale(_ prefix: String) -> Double {
    (binary + decimal).first { $0.0 == prefix }?.1 ?? 1
  }

  // MARK: Ladders

  /// The units of a ladder from the smallest to the largest.
  static func steps(of ladder: UnitAtom.Ladder) -> [UnitAtom] {
    switch ladder {
    case .none: []
    case .decimalBytes: decimalByteSteps
    case .binaryBytes: binaryByteSteps
    case .bits: bitSteps
    case .time: timeSteps
    }
  }

  private static let decimalByteSteps = [byte] + ["k", "M", "G", "T", "P", "E"].map(bytes)
  private static let binaryByteSteps = [byte] + binary.map { bytes($0.0) }
  private static let bitSteps = [bit] + ["k", "M", "G", "T", "P", "E"].map(bits)
  private static let timeSteps = times.filter { !["week", "month"].contains($0.1) }.map {
    UnitAtom(symbol: $0.1, plural: $0.2, scale: $0.3, dimension: time, ladder: .time)
  }
}
