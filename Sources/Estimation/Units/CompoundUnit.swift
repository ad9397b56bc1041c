/// A product of powers of units, as it is shown behind a figure: `messages/user/day`.
public struct CompoundUnit: Sendable, Hashable {
  /// A unit and its exponent, which is never 0.
  public struct Term: Sendable, Hashable {
    /// The unit.
    public let atom: UnitAtom
    /// Its exponent.
    public let exponent: Int
  }

  /// The terms, in the order in which they were written; no two of the same dimension.
  public private(set) var terms: [Term] = []
  /// What it measures.
  public private(set) var dimension: Dimension = .one
  /// How many base units it is.
  public private(set) var scale = 1.0

  /// The unit of plain numbers.
  public static let one = CompoundUnit()

  /// No unit at all.
  public init() {}

  /// One unit.
  public init(_ atom: UnitAtom) {
    terms = [Term(atom: atom, exponent: 1)]
    dimension = atom.dimension
    scale = atom.scale
  }

  /// Whether it is the unit of plain numbers.
  public var isOne: Bool { terms.isEmpty }

  /// What became of the units of two factors when they were multiplied.
  struct Cancelling: Sendable, Hashable {
    /// Units that went away altogether.
    var cancelled: [UnitAtom] = []
    /// Units that were turned into others: 1 `from` is `factor` times `to`.
    var conversions: [Conversion] = []
  }

  /// One unit that was turned into another of the same dimension.
  struct Conversion: Sendable, Hashable {
    let from: UnitAtom
    let to: UnitAtom

    /// How many of the smaller unit make one of the larger.
    var factor: Double { larger.scale / smaller.scale }
    var larger: UnitAtom { from.scale >= to.scale ? from : to }
    var smaller: UnitAtom { from.scale >= to.scale ? to : from }
  }

  /// This unit times `other` to the power `power`; nil beyond the limits of a dimension.
  ///
  /// Units of the same dimension become one: the one that stands here already.
  func multiplied(by other: CompoundUnit, power: Int = 1) -> CompoundUnit? {
    var result = self
    for term in other.terms {
      guard result.multiply(by: term.atom, term.exponent * power) else { return nil }
    }
    return result
  }

  /// The scales that a unit may have: beyond them figures would overflow when they are shown.
  static let scales = 1e-150...1e150

  /// Multiplies by a power of one unit; false beyond the limits.
  private mutating func multiply(by atom: UnitAtom, _ exponent: Int) -> Bool {
    let place = terms.firstIndex { $0.atom.dimension == atom.dimension }
    let kept = place.map { terms[$0].atom } ?? atom
    guard exponent != 0 else { return true }
    guard let product = dimension.multiplied(by: kept.dimension, power: exponent) else {
      return false
    }
    dimension = product
    if let place {
      let sum = terms[place].exponent + exponent
      if sum == 0 {
        terms.remove(at: place)
      } else {
        terms[place] = Term(atom: kept, exponent: sum)
      }
    } else {
      terms.append(Term(atom: kept, exponent: exponent))
    }
    // A declared unit may be a rate: together with others it may come to nothing.
    if product.isOne { terms = [] }
    scale = terms.reduce(1) { $0 * $1.atom.scale.raised(to: $1.exponent) }
    return Self.scales.contains(scale)
  }

  /// What goes away and what is converted when this unit is multiplied by `other`.
  func cancelling(with other: CompoundUnit, power: Int) -> Cancelling {
    var story = Cancelling()
    for term in other.terms {
      guard let own = terms.first(where: { $0.atom.dimension == term.atom.dimension }) else {
        continue
      }
      if own.atom != term.atom {
        story.conversions.append(Conversion(from: term.atom, to: own.atom))
      }
      if own.exponent + term.exponent * power == 0 { story.cancelled.append(own.atom) }
    }
    return story
  }

  /// The same unit with one of its terms in another unit of the same dimension.
  func replacing(_ place: Int, with atom: UnitAtom) -> CompoundUnit {
    precondition(atom.dimension == terms[place].atom.dimension, "a unit of another dimension")
    var result = self
    result.terms[place] = Term(atom: atom, exponent: terms[place].exponent)
    result.scale = result.terms.reduce(1) { $0 * $1.atom.scale.raised(to: $1.exponent) }
    return result
  }
}

extension CompoundUnit {
  /// What a unit measures, as far as logs and charts tell units apart.
  public enum Kind: Sendable, Hashable {
    /// Time alone.
    case time
    /// Information alone.
    case information
    /// Countables, or nothing, in each unit of time.
    case rate
    /// Countables, or a plain number.
    case count
    /// Anything else.
    case other
  }

  /// What the unit measures.
  public var kind: Kind {
    let first = StandardUnits.firstCountable
    let physical = dimension.factors.filter { $0.base < first }
    let countables = dimension.factors.filter { $0.base >= first }
    if physical.isEmpty { return countables.allSatisfy { $0.exponent == 1 } ? .count : .other }
    guard physical.count == 1 else { return .other }
    if dimension == StandardUnits.time { return .time }
    if dimension == StandardUnits.information { return .information }
    let isPerTime = physical[0].base == 0 && physical[0].exponent == -1
    return isPerTime && countables.allSatisfy { $0.exponent == 1 } ? .rate : .other
  }

  /// The unit in the plural: `messages/user/day`, `GB*day`, `1/s`; empty for plain numbers.
  public var text: String { text(isSingular: false) }

  /// The unit as it stands behind a figure; one of something takes the singular.
  public func text(isSingular: Bool) -> String {
    let above = terms.filter { $0.exponent > 0 }
    let below = terms.filter { $0.exponent < 0 }
    let numerator = above.enumerated().map { place, term in
      let isLast = place == above.count - 1
      let word = isSingular || !isLast ? term.atom.symbol : term.atom.plural
      return word + Self.power(term.exponent)
    }.joined(separator: "*")
    let denominator = below.map { "/" + $0.atom.symbol + Self.power(-$0.exponent) }.joined()
    return numerator + denominator
  }

  private static func power(_ exponent: Int) -> String { exponent == 1 ? "" : "^\(exponent)" }
}

extension Double {
  /// The power by repeated multiplication: exact where the factors are, the same everywhere.
  func raised(to exponent: Int) -> Double {
    if exponent == 1 { return self }
    var result = 1.0
    for _ in 0..<Swift.abs(exponent) { result *= self }
    return exponent < 0 ? 1 / result : result
  }
}
