import Kernel
import Testing

/// The references come out of mpmath 1.3 at 400 bits, rounded to the nearest double.
@Suite struct PortableMathTests {
  static let logarithms: [(Double, Double)] = [
    (2.0, 0.6931471805599453),
    (3.0, 1.0986122886681098),
    (10.0, 2.302585092994046),
    (0.5, -0.6931471805599453),
    (0.1, -2.3025850929940455),
    (1.0000000000000002, 2.2204460492503128e-16),
    (0.9999999999999999, -1.1102230246251565e-16),
    (1.4142135623730951, 0.3465735902799727),
    (0.7071067811865476, -0.3465735902799726),
    (1.5, 0.4054651081081644),
    (1e-05, -11.512925464970229),
    (10000000000.0, 23.025850929940457),
    (1e+100, 230.25850929940458),
    (1e-100, -230.25850929940458),
    (1.7976931348623157e+308, 709.782712893384),
    (2.2250738585072014e-308, -708.3964185322641),
    (Double.leastNonzeroMagnitude, -744.4400719213812),
    (0.9, -0.10536051565782628),
    (1.1, 0.09531017980432493),
    (123.456, 4.815884817283264),
  ]
  static let exponentials: [(Double, Double)] = [
    (1.0, 2.718281828459045),
    (-1.0, 0.36787944117144233),
    (0.5, 1.6487212707001282),
    (-0.5, 0.6065306597126334),
    (1e-10, 1.0000000001),
    (-1e-10, 0.9999999999),
    (0.34657359027997264, 1.414213562373095),
    (0.3465735902799727, 1.4142135623730951),
    (10.0, 22026.465794806718),
    (-10.0, 4.5399929762484854e-05),
    (100.0, 2.6881171418161356e+43),
    (-100.0, 3.720075976020836e-44),
    (700.0, 1.0142320547350045e+304),
    (-700.0, 9.85967654375977e-305),
    (709.782712893384, 1.7976931348622732e+308),
    (-708.3, 2.450295530965988e-308),
    (-740.0, 85 * Double.leastNonzeroMagnitude),
    (2.3263478740408408, 10.240473656312131),
    (3.141592653589793, 23.140692632779267),
    (0.001, 1.0010005001667084),
  ]
  static let powers: [(Double, Double, Double)] = [
    (2.0, 0.5, 1.4142135623730951),
    (2.0, -0.5, 0.7071067811865476),
    (10.0, 0.1, 1.2589254117941673),
    (0.9, -0.5, 1.0540925533894598),
    (1.0000000000000002, 4503599627370496.0, 2.718281828459045),
    (0.9999999999999999, 1e+17, 1.5078657172714957e-05),
    (3.0, 40.0, 1.2157665459056929e+19),
    (7.0, -13.0, 1.0321087972715555e-11),
    (1.1, 100.0, 13780.61233982238),
    (19.0, 0.3333333333333333, 2.668401648721945),
    (0.2172, -0.5, 2.1457053771143726),
    (1e-300, 0.9, 9.999999999999847e-271),
    (1e+300, -1.02, 9.999999999999877e-307),
    (2.0, 1023.5, 1.2711610061536464e+308),
    (2.0, -1070.0, 0x1p-1070),
    (1.5, 1.5, 1.8371173070873836),
    (123.456, 7.89, 3.1771028258180936e+16),
    (-2.0, 3.0, -8.0),
    (-2.0, -2.0, 0.25),
    (10.0, -5.0, 1e-05),
  ]

  @Test(arguments: logarithms) func logarithmIsRight(_ value: Double, _ reference: Double) {
    #expect(PortableMath.log(value) == reference)
  }

  @Test(arguments: exponentials) func exponentialIsRight(_ value: Double, _ reference: Double) {
    let result = PortableMath.exp(value)
    #expect(abs(result - reference) <= reference.ulp)
  }

  @Test(arguments: powers.indices) func powerIsRight(_ row: Int) {
    let (base, exponent, reference) = Self.powers[row]
    let result = PortableMath.power(base, exponent)
    #expect(abs(result - reference) <= abs(reference).ulp, "\(base) to the \(exponent)")
  }

  @Test func wholePowersThatAreDoublesAreExact() {
    for base in 2...1_000 {
      var product = base
      var exponent = 1
      while product < 1 << 53 {
        #expect(PortableMath.power(Double(base), Double(exponent)) == Double(product))
        product *= base
        exponent += 1
      }
    }
  }

  @Test func logarithmsOfPowersOfTheBaseAreWhole() {
    var ten = 1.0
    for exponent in 0...22 {
      #expect(PortableMath.log10(ten) == Double(exponent))
      ten *= 10
    }
    for exponent in -1074...1023 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      #expect(PortableMath.log2(power) == Double(exponent))
      #expect(PortableMath.power(2, Double(exponent)) == power)
    }
  }

  @Test func edgesFollowIEEE754() {
    let infinity = Double.infinity
    #expect(PortableMath.log(0) == -infinity)
    #expect(PortableMath.log(1) == 0)
    #expect(PortableMath.log(infinity) == infinity)
    #expect(PortableMath.log(-1).isNaN)
    #expect(PortableMath.log(.nan).isNaN)
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.exp(infinity) == infinity)
    #expect(PortableMath.exp(-infinity) == 0)
    #expect(PortableMath.exp(710) == infinity)
    #expect(PortableMath.exp(-746) == 0)
    #expect(PortableMath.power(.nan, 0) == 1)
    #expect(PortableMath.power(1, .nan) == 1)
    #expect(PortableMath.power(-1, infinity) == 1)
    #expect(PortableMath.power(-8, 1.0 / 3.0).isNaN)
    #expect(PortableMath.power(-0.0, -3) == -infinity)
    #expect(PortableMath.power(0, -2) == infinity)
    #expect(PortableMath.power(0.5, infinity) == 0)
    #expect(PortableMath.power(0.5, -1e300) == infinity)
    #expect(PortableMath.power(-infinity, 3) == -infinity)
  }

  /// One changed bit anywhere changes this: it is what makes a seed's story portable.
  @Test func everyBitIsTheSameEverywhere() {
    var stream = RandomStream(seed: 1, name: "portable math")
    var digest = Digest()
    for _ in 0..<20_000 {
      let any = Double(bitPattern: stream.next() >> 1)
      let small = stream.unit() * 10
      digest.fold(PortableMath.log(any.isFinite ? any : small).bitPattern)
      digest.fold(PortableMath.log10(small).bitPattern)
      digest.fold(PortableMath.exp((stream.unit() - 0.5) * 1_500).bitPattern)
      digest.fold(PortableMath.power(small, (stream.unit() - 0.5) * 50).bitPattern)
    }
    #expect(digest.text == "7693ef1d95f558b9")
  }
}
