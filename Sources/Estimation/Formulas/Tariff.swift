/// A price list in steps: each tier's price holds for the part of an amount that lies in it.
public struct Tariff: Sendable, Hashable {
  /// A step of the price list.
  public struct Tier: Sendable, Hashable {
    /// The amount at which the tier ends; nil for the last one, which has no end.
    public let upTo: Double?
    /// The price of one unit of the amount within the tier.
    public let price: Double

    /// A tier that ends at `upTo` and asks `price` a unit.
    public init(upTo: Double?, price: Double) {
      self.upTo = upTo
      self.price = price
    }
  }

  /// The tiers from the first unit on.
  public let tiers: [Tier]

  /// A price list of at least one tier, whose ends rise from above 0 and of which the last and
  /// only the last is open; prices are 0 or more.
  public init(tiers: [Tier]) throws(TariffRefusal) {
    if tiers.isEmpty {
      throw TariffRefusal(tier: 0, reason: "is missing", expected: "at least one tier")
    }
    var start = 0.0
    for (place, tier) in tiers.enumerated() {
      if !(tier.price >= 0 && tier.price < .infinity) {
        throw TariffRefusal(
          tier: place, reason: "has a price that is not 0 or more", expected: "a price of 0 or more"
        )
      }
      let isLast = place == tiers.count - 1
      guard let end = tier.upTo else {
        if isLast { continue }
        throw TariffRefusal(
          tier: place, reason: "has no end, and others follow",
          expected: "an end for every tier but the last")
      }
      if isLast {
        throw TariffRefusal(
          tier: place, reason: "is the last and has an end",
          expected: "a last tier without end, for all that lies above")
      }
      if !(end > start && end < .infinity) {
        throw TariffRefusal(
          tier: place, reason: "does not end above its begin",
          expected: "ends that rise from tier to tier")
      }
      start = end
    }
    self.tiers = tiers
  }

  /// The price of `amount`, 0 or more: each tier's part at the tier's price.
  public func cost(of amount: Double) -> Double {
    var cost = 0.0
    var start = 0.0
    for tier in tiers {
      let end = min(amount, tier.upTo ?? amount)
      if end <= start { break }
      cost += (end - start) * tier.price
      start = end
    }
    return cost
  }
}

/// Why tiers do not make a price list.
public struct TariffRefusal: Error, Hashable, Sendable {
  /// The place of the tier that does not fit, counted from 0.
  public let tier: Int
  /// What is wrong with it, to follow its name: `does not end above its begin`.
  public let reason: String
  /// What would fit.
  public let expected: String
}
