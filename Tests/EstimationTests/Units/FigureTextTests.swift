import Kernel
import Testing

@testable import Estimation

@Suite("Figures in words") struct FigureTextTests {
  static let numbers: [(value: Double, digits: Int?, text: String)] = [
    (0, nil, "0"), (11_574.07, nil, "11,574"), (11_574.07, 2, "12,000"), (0.4236, nil, "0.4236"),
    (999_999.6, nil, "1 million"), (1e6, nil, "1 million"), (9.9999e5, 2, "1 million"),
    (1.16e6, 2, "1.2 million"), (5.68e10, nil, "56.8 billion"), (3.2e18, nil, "3.2e18"),
    (1e15, nil, "1e15"), (-4_300, nil, "-4,300"), (0.000_012, nil, "1.2e-5"),
    (12.345, nil, "12.35"),
    (240, nil, "240"), (1e-300, nil, "1e-300"), (.infinity, nil, "unbounded"),
  ]

  @Test("numbers show what is known", arguments: numbers)
  func number(_ value: Double, _ digits: Int?, _ text: String) {
    #expect(FigureText.number(value, digits: digits) == text)
  }

  static let shares: [(value: Double, text: String)] = [
    (0.4, "40%"), (0.997_003, "99.7003%"), (0.9995, "99.95%"), (0.999_999, "99.9999%"),
    (1, "100%"), (0.0123, "1.23%"), (1.5, "150%"),
  ]

  @Test("shares near the whole show what is missing", arguments: shares)
  func share(_ value: Double, _ text: String) { #expect(FigureText.share(value) == text) }

  @Test("what is shown reads back as the same, within its digits", arguments: 1...300)
  func roundTrip(_ seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed), name: "figures")
    let units = ["", "GB", "messages/s", "days", "$", "$/GB", "users", "GiB/hour", "ms"]
    let word = units[stream.below(units.count)]
    let value = PortableMath.exp(stream.uniform(-20, 34))
    var unit = CompoundUnit.one
    if !word.isEmpty {
      unit = try Programs.figure("1 (\(word))".replacing("(", with: "").replacing(")", with: ""))
        .unit
    }
    let shown = FigureText.quantity(value * unit.scale, unit)
    let read = try Programs.figure(shown)
    #expect(abs(read.middle / (value * unit.scale) - 1) < 1e-3, "\(shown)")
  }
}
