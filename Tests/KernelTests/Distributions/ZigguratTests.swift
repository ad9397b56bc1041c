@testable import Kernel
import Testing

@Suite struct ZigguratTests {
  /// The area that every layer of a covering must have, its base strip included.
  @Test func allLayersHaveOneArea() {
    let widths = ZigguratWidths.exponential
    let density = { PortableMath.exp(-$0) }
    let area = density(widths[1]) * (widths[1] + 1)
    #expect(widths.count == 257 && widths[256] == 0)
    #expect(abs(widths[0] * density(widths[1]) / area - 1) < 1e-13)
    for layer in 1...255 {
      let height = density(widths[layer + 1]) - density(widths[layer])
      #expect(abs(widths[layer] * height / area - 1) < 1e-11, "layer \(layer)")
    }
  }

  @Test func allLayersOfTheNormalHaveOneArea() {
    let widths = ZigguratWidths.normal
    let density = { PortableMath.exp(-0.5 * $0 * $0) }
    let beyond = PortableMath.normalCumulative(-widths[1]) * (2 * Double.pi).squareRoot()
    let area = density(widths[1]) * widths[1] + beyond
    #expect(widths.count == 257 && widths[256] == 0)
    #expect(abs(widths[0] * density(widths[1]) / area - 1) < 1e-13)
    for layer in 1...255 {
      let height = density(widths[layer + 1]) - density(widths[layer])
      #expect(abs(widths[layer] * height / area - 1) < 1e-11, "layer \(layer)")
    }
  }
}
