import Kernel
import Testing

@Suite("Exponentials of many numbers") struct ManyExponentialsTests {
  @Test("they are within two units in the last place of those one by one")
  func near() {
    var stream = RandomStream(seed: 4, name: "exponentials")
    let values = (0..<200_000).map { _ in stream.uniform(-699, 699) }
    for (value, quick) in zip(values, PortableMath.exponentials(of: values)) {
      let exact = PortableMath.exp(value)
      #expect(abs(quick / exact - 1) <= 4.5e-16, "e^\(value)")
    }
  }

  @Test("beyond the table's range and at the edges they are the same")
  func edges() {
    let values = [0, -0.0, 700, -700, 709.78, 710, -745, -746, .infinity, -.infinity]
    #expect(PortableMath.exponentials(of: values) == values.map(PortableMath.exp))
    #expect(PortableMath.exponentials(of: [.nan])[0].isNaN)
    #expect(PortableMath.exponentials(of: []) == [])
  }
}
