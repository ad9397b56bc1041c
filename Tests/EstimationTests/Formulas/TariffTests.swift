import Testing

@testable import Estimation

@Suite("Prices in tiers")
struct TariffTests {
  private static let egress = [
    Tariff.Tier(upTo: 10_000, price: 0.09), Tariff.Tier(upTo: 50_000, price: 0.085),
    Tariff.Tier(upTo: 150_000, price: 0.07), Tariff.Tier(upTo: nil, price: 0.05),
  ]

  @Test(
    "each part of an amount is paid at the price of its tier",
    arguments: [
      (0.0, 0.0), (1, 0.09), (10_000, 900), (50_000, 4_300), (100_000, 7_800), (500_000, 28_800),
    ])
  func golden(gigabytes: Double, dollars: Double) throws {
    let tariff = try Tariff(tiers: Self.egress)
    #expect(abs(tariff.cost(of: gigabytes) - dollars) < 1e-9)
  }

  @Test(
    "tiers that make no price list are refused with their place",
    arguments: [
      ([], 0), ([Tariff.Tier(upTo: nil, price: 1), Tariff.Tier(upTo: nil, price: 2)], 0),
      (egress.map { Tariff.Tier(upTo: $0.upTo.map { _ in 5 }, price: $0.price) }, 1),
      ([Tariff.Tier(upTo: 5, price: 1), Tariff.Tier(upTo: nil, price: -2)], 1),
      (Array(egress.dropLast()), 2),
    ])
  func refusals(tiers: [Tariff.Tier], place: Int) {
    let refusal = #expect(throws: TariffRefusal.self) { try Tariff(tiers: tiers) }
    #expect(refusal?.tier == place)
  }
}
