import Kernel
import Testing

/// The references come out of mpmath 1.3 at 1,400 bits, rounded to the nearest double.
@Suite struct PortableTrigonometryTests {
  private static let functions: [(name: String, apply: @Sendable (Double) -> Double)] = [
    ("sin", { PortableMath.sin($0) }),
    ("cos", { PortableMath.cos($0) }),
    ("tan", { PortableMath.tan($0) }),
    ("asin", { PortableMath.asin($0) }),
    ("acos", { PortableMath.acos($0) }),
    ("atan", { PortableMath.atan($0) }),
    ("sinh", { PortableMath.sinh($0) }),
    ("cosh", { PortableMath.cosh($0) }),
    ("tanh", { PortableMath.tanh($0) }),
    ("asinh", { PortableMath.asinh($0) }),
    ("acosh", { PortableMath.acosh($0) }),
    ("atanh", { PortableMath.atanh($0) }),
  ]

  @Test(
    arguments: [
      (
        "sin",
        [
          (0.5, 0.479425538604203),
          (1.0, 0.8414709848078965),
          (2.5, 0.5984721441039565),
          (-3.0, -0.1411200080598672),
          (10.0, -0.5440211108893698),
          (100000.0, 0.03574879797201651),
          (3.141592653589793, 1.2246467991473532e-16),
          (1e+22, -0.8522008497671888),
          (-1700000000.0, -0.9992359103362586),
          (1e+300, -0.8178819121159085),
          // The number nearest to an odd number of quarter turns, in hexadecimal since literals
          // in decimal are rounded by way of 80 bits and may end one place beside.
          (0x1.6ac5b262ca1ffp+849, 1.0),
        ]
      ),
      (
        "cos",
        [
          (0.5, 0.8775825618903728),
          (1.5707963267948966, 6.123233995736766e-17),
          (2.0, -0.4161468365471424),
          (-4.0, -0.6536436208636119),
          (100.0, 0.8623188722876839),
          (1e+22, 0.523214785395139),
          (1e+300, -0.5753861119575491),
          (0.1, 0.9950041652780258),
        ]
      ),
      (
        "tan",
        [
          (0.5, 0.5463024898437905),
          (0.7853981633974483, 0.9999999999999999),
          (1.5707963267948966, 1.633123935319537e+16),
          (-2.0, 2.185039863261519),
          (10000000000.0, -0.5583496378112418),
          (1e+300, 1.4214488238747245),
          (11.0, -225.95084645419513),
        ]
      ),
      (
        "asin",
        [
          (0.5, 0.5235987755982989),
          (-0.25, -0.25268025514207865),
          (0.9999, 1.5566540733173846),
          (1e-09, 1e-09),
          (-1.0, -1.5707963267948966),
          (0.7, 0.775397496610753),
        ]
      ),
      (
        "acos",
        [
          (0.5, 1.0471975511965979),
          (-0.25, 1.8234765819369754),
          (0.9999, 0.014142253477512098),
          (1e-09, 1.5707963257948967),
          (-0.999999, 3.1401784399095485),
          (0.7, 0.7953988301841436),
        ]
      ),
      (
        "atan",
        [
          (0.5, 0.4636476090008061),
          (-2.0, -1.1071487177940904),
          (1e-09, 1e-09),
          (10000000000.0, 1.5707963266948965),
          (10.0, 1.4711276743037347),
          (1.0000001, 0.7853982133974459),
        ]
      ),
      (
        "sinh",
        [
          (0.1, 0.10016675001984403),
          (-1.0, -1.1752011936438014),
          (5.0, 74.20321057778875),
          (-20.5, -399951088.7377527),
          (50.0, 2.592352764293536e+21),
          (710.3, 1.507788755590971e+308),
        ]
      ),
      (
        "cosh",
        [
          (0.1, 1.0050041680558035),
          (-1.0, 1.5430806348152437),
          (5.0, 74.20994852478785),
          (20.5, 399951088.7377527),
          (50.0, 2.592352764293536e+21),
          (710.3, 1.507788755590971e+308),
        ]
      ),
      (
        "tanh",
        [
          (0.1, 0.09966799462495582),
          (-1.0, -0.7615941559557649),
          (1e-05, 9.999999999666668e-06),
          (5.0, 0.9999092042625951),
          (-19.0, -0.9999999999999999),
          (30.0, 1.0),
        ]
      ),
      (
        "asinh",
        [
          (0.1, 0.09983407889920756),
          (-1.0, -0.881373587019543),
          (10.0, 2.99822295029797),
          (1000000000000000.0, 35.23192357547063),
          (-1e+300, -691.4686750787737),
          (1e-05, 9.999999999833334e-06),
        ]
      ),
      (
        "acosh",
        [
          (1.0000001, 0.0004472135919037347),
          (1.5, 0.9624236501192069),
          (10.0, 2.993222846126381),
          (1000000000000000.0, 35.23192357547063),
          (1e+300, 691.4686750787737),
        ]
      ),
      (
        "atanh",
        [
          (0.1, 0.10033534773107558),
          (-0.5, -0.5493061443340549),
          (0.999999, 7.254328619247669),
          (1e-05, 1.0000000000333334e-05),
        ]
      ),
    ] as [(String, [(Double, Double)])])
  func theLastDigitIsRight(name: String, pairs: [(Double, Double)]) throws {
    let function = try #require(Self.functions.first { $0.name == name }).apply
    for (value, reference) in pairs {
      let result = function(value)
      #expect(abs(result - reference) <= reference.ulp, "\(name)(\(value)) is \(result)")
    }
  }

  @Test(
    arguments: [
      (1.0, 2.0, 0.4636476090008061),
      (-1.0, 2.0, -0.4636476090008061),
      (1.0, -2.0, 2.677945044588987),
      (-1.0, -2.0, -2.677945044588987),
      (1e-300, 1e+300, 0.0),
      (1e+300, 1e-300, 1.5707963267948966),
      (0x1p-1060, -0x1p-1060, 2.356194490192345),
      (3.0, 4.0, 0.6435011087932844),
      (1e+308, 1e+307, 1.4711276743037347),
      (0.1, -1e-10, 1.5707963277948966),
      (2.0, 1.9999, 0.7854231640224587),
    ] as [(Double, Double, Double)])
  func anglesOfPoints(y: Double, x: Double, reference: Double) {
    #expect(abs(PortableMath.atan2(y, x) - reference) <= reference.ulp)
  }

  /// Signs and infinities as IEEE 754 has them.
  @Test func edges() {
    #expect(PortableMath.atan2(0, -1) == PortableMath.pi)
    #expect(PortableMath.atan2(-0.0, -1) == -PortableMath.pi)
    #expect(PortableMath.atan2(-0.0, 1).sign == .minus)
    #expect(PortableMath.atan2(.infinity, -.infinity) == 3 * PortableMath.pi / 4)
    #expect(PortableMath.atan(-.infinity) == -PortableMath.pi / 2)
    #expect(PortableMath.sin(-0.0).sign == .minus && PortableMath.sin(.infinity).isNaN)
    #expect(PortableMath.asin(1.1).isNaN && PortableMath.acosh(0.9).isNaN)
    #expect(PortableMath.atanh(-1) == -.infinity && PortableMath.cosh(-.infinity) == .infinity)
    #expect(PortableMath.sinh(-720) == -.infinity && PortableMath.tanh(.nan).isNaN)
  }

  /// Whatever the angle, sine and cosine lie on the circle, and the arc leads back.
  @Test(arguments: UInt64(1)...20) func theCircleCloses(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "angles")
    for _ in 0..<200 {
      let angle = (random.exponential() - 1) * PortableMath.power(10, Double(random.below(18)))
      let (sine, cosine) = (PortableMath.sin(angle), PortableMath.cos(angle))
      #expect(abs(sine * sine + cosine * cosine - 1) < 1e-15)
      let back = PortableMath.atan2(sine, cosine)
      #expect(abs(PortableMath.sin(back) - sine) < 1e-15)
      let x = angle / 1e6
      #expect(abs(PortableMath.asinh(x) - PortableMath.asinh(-x) - 2 * PortableMath.asinh(x)) == 0)
    }
  }
}

@Suite struct CivilDateTests {
  /// Each day is one after the other, over the leap years of four centuries and before year 0.
  @Test func daysFollowEachOther() {
    var last = CivilDate(daysSince1970: -800_001)
    for number in -800_000..<200_000 {
      let date = CivilDate(daysSince1970: number)
      let isNext = date.day == last.day + 1 && date.month == last.month
      let isFirst = date.day == 1 && last.day == last.daysInMonth
      guard isNext || isFirst, date.daysSince1970 == number,
        date.weekday == (last.weekday + 1) % 7,
        date.dayOfYear == (date.month == 1 && date.day == 1 ? 1 : last.dayOfYear + 1)
      else {
        Issue.record("\(last.text) is followed by \(date.text)")
        return
      }
      last = date
    }
    #expect(CivilDate(daysSince1970: 0).text == "1970-01-01")
    #expect(CivilDate(daysSince1970: 11_016).text == "2000-02-29")
  }
}
