import Kernel

/// The unit words that a model knows: the standard ones and those that it declares.
public struct UnitTable: Sendable {
  /// Units that the model declared or changed, by word.
  private var own: [String: CompoundUnit] = [:]
  /// The countables that the model declared, in order.
  private var ownCountables: [String] = []
  /// The length of a month in seconds: 30 days unless the model says otherwise.
  public private(set) var month = 30 * 86_400.0
  /// The length of a year in seconds: 365 days unless the model says otherwise.
  public private(set) var year = 365 * 86_400.0

  /// The standard units.
  public init() {}

  /// The unit that `word` stands for, or nil.
  public func unit(_ word: String) -> CompoundUnit? {
    if !own.isEmpty, let unit = own[word] { return unit }
    return StandardUnits.unit(word)
  }

  /// What `word` means once every declaration is known; `known` is what it meant when it was read.
  func settled(_ word: String, _ known: CompoundUnit?) -> CompoundUnit? {
    own.isEmpty ? known : own[word] ?? known
  }

  /// Whether `word`, which is a unit, may also name a value: countables and rates may, since `users`
  /// or `qps` is what people call a number of them; `GB` or `day` may not.
  public func canBeName(_ word: String) -> Bool {
    guard let unit = unit(word) else { return true }
    if StandardUnits.rateWords.contains(word) { return true }
    guard unit.terms.count == 1, let factor = unit.dimension.factors.first else { return false }
    return factor.base >= StandardUnits.firstCountable && unit.scale == 1
  }

  /// Declares a countable with its plural.
  ///
  /// Throws the reason when a word is taken or the model has too many.
  mutating func declare(_ word: String, plural: String) throws(UnitRefusal) {
    for name in [word, plural] where unit(name) != nil { throw .taken(name) }
    guard ownCountables.count < Self.ownLimit else { throw .tooMany(Self.ownLimit) }
    let base = StandardUnits.baseNames.count + ownCountables.count
    ownCountables.append(word)
    let atom = UnitAtom(
      symbol: word, plural: plural, scale: 1, dimension: .base(base), ladder: .none)
    own[word] = CompoundUnit(atom)
    own[plural] = CompoundUnit(atom)
  }

  /// Declares a word for so many of another unit.
  mutating func declare(
    _ word: String, plural: String, scale: Double, like unit: CompoundUnit
  ) throws(UnitRefusal) {
    guard CompoundUnit.scales.contains(scale * unit.scale), !unit.isOne else { throw .badScale }
    if word == "month" || word == "year" {
      guard unit.dimension == StandardUnits.time else { throw .notTime(word) }
      redefine(word, seconds: scale * unit.scale)
      return
    }
    for name in [word, plural] where self.unit(name) != nil { throw .taken(name) }
    let atom = UnitAtom(
      symbol: word, plural: plural, scale: scale * unit.scale, dimension: unit.dimension,
      ladder: .none)
    own[word] = CompoundUnit(atom)
    own[plural] = CompoundUnit(atom)
  }

  private mutating func redefine(_ word: String, seconds: Double) {
    if word == "month" { month = seconds } else { year = seconds }
    let atom = UnitAtom(
      symbol: word, plural: word + "s", scale: seconds, dimension: StandardUnits.time,
      ladder: .time)
    let words = word == "month" ? ["mo", "month", "months"] : ["yr", "yrs", "year", "years"]
    for word in words { own[word] = CompoundUnit(atom) }
  }

  private static let ownLimit = 64

  /// The units of a ladder from the smallest to the largest, with the model's own year.
  func steps(of ladder: UnitAtom.Ladder) -> [UnitAtom] {
    let steps = StandardUnits.steps(of: ladder)
    guard ladder == .time, let own = own["year"]?.terms.first?.atom else { return steps }
    return steps.map { $0 == own ? own : $0 }
  }

  /// Every word, for suggestions, in alphabetical order.
  public var words: [String] { (StandardUnits.words + own.keys).sorted() }

  /// The dimension in words: `message / user / time`; `plain number` for none.
  public func name(of dimension: Dimension) -> String {
    let factors = dimension.factors
    guard !factors.isEmpty else { return "plain number" }
    let above = factors.filter { $0.exponent > 0 }.map { power(baseName($0.base), $0.exponent) }
    let below = factors.filter { $0.exponent < 0 }.map { power(baseName($0.base), -$0.exponent) }
    return ([above.isEmpty ? "1" : above.joined(separator: " · ")] + below).joined(separator: " / ")
  }

  private func power(_ name: String, _ exponent: Int) -> String {
    exponent == 1 ? name : "\(name)^\(exponent)"
  }

  private func baseName(_ base: Int) -> String {
    let known = StandardUnits.baseNames
    return base < known.count ? known[base] : ownCountables[base - known.count]
  }

  /// A unit of `dimension` out of plain words: seconds, bytes, dollars, countables.
  public func plainUnit(of dimension: Dimension) -> CompoundUnit {
    StandardUnits.plainUnit(of: dimension) { base in
      base < StandardUnits.baseNames.count
        ? nil : own[ownCountables[base - StandardUnits.baseNames.count]]
    }
  }
}

/// Why a unit cannot be declared.
enum UnitRefusal: Error {
  /// The word is a unit already.
  case taken(String)
  /// The model declares more countables than it may.
  case tooMany(Int)
  /// A month or a year of something other than time.
  case notTime(String)
  /// A unit must be a positive number of another.
  case badScale
}
