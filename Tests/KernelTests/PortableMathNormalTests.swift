import Kernel
import Testing

/// The references come out of mpmath 1.3 at 300 bits, rounded to the nearest double.
@Suite struct PortableMathNormalTests {
  @Test(arguments: [
    (-10.0, 7.619853024160525e-24), (-3, 0.0013498980316300946),
    (-1.5, 0.06680720126885807), (-1.4999, 0.0668201539998336), (-1, 0.15865525393145705),
    (-0.1, 0.460172162722971), (0, 0.5), (0.5, 0.6914624612740131), (4, 0.9999683287581669),
  ])
  func cumulativeIsRight(z: Double, reference: Double) {
    #expect(abs(PortableMath.normalCumulative(z) - reference) <= 1e-14 * reference)
  }

  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-20, -9.262340089798407), (0.001, -3.0902323061678136),
    (0.01, -2.326347874040841), (0.05, -1.6448536269514726), (0.25, -0.6744897501960817),
    (0.5, 0), (0.6, 0.2533471031357997), (0.9, 1.2815515655446006), (0.99, 2.3263478740408408),
    (0.999, 3.090232306167813), (0.9999, 3.7190164854557084),
  ])
  func quantileIsRight(probability: Double, reference: Double) {
    let result = PortableMath.normalQuantile(probability)
    #expect(abs(result - reference) <= 4 * reference.ulp)
  }

  @Test(arguments: [
    (1e-300, 1e-300), (-1e-17, -1e-17), (1e-9, 9.999999995e-10), (-1e-5, -1.0000050000333337e-05),
    (0.3, 0.26236426446749106), (-0.999999, -13.815510557935518), (41, 3.7376696182833684),
  ])
  func logarithmNearOneIsRight(value: Double, reference: Double) {
    #expect(PortableMath.log1p(value) == reference)
  }

  @Test(arguments: [
    (1e-300, 1e-300), (-1e-17, -1e-17), (1e-9, 1.0000000005000001e-9),
    (-1e-5, -9.999950000166666e-6), (0.3, 0.3498588075760031), (0.4, 0.49182469764127035),
    (-0.4, -0.32967995396436073), (-5, -0.9932620530009145), (20, 485165194.4097903),
    (60, 1.1420073898156842e+26), (-50, -1),
  ])
  func exponentialNearZeroIsRight(value: Double, reference: Double) {
    #expect(PortableMath.expm1(value) == reference)
  }
}
