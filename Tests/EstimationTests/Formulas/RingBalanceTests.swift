import Kernel
import Testing

@testable import Estimation

@Suite("The balance of a consistent-hash ring")
struct RingBalanceTests {
  /// The shares of nodes whose points are drawn on a circle, each owning the arc before it.
  private func shares(nodes: Int, points: Int, _ stream: inout RandomStream) -> [Double] {
    var ring: [(place: Double, node: Int)] = []
    for node in 0..<nodes {
      for _ in 0..<points { ring.append((stream.unit(), node)) }
    }
    ring.sort { $0.place < $1.place }
    var shares = [Double](repeating: 0, count: nodes)
    var previous = (ring.last?.place ?? 0) - 1
    for point in ring {
      shares[point.node] += point.place - previous
      previous = point.place
    }
    return shares
  }

  @Test(
    "simulated rings spread as the formulas say, within 3 %",
    arguments: [(2, 1), (10, 1), (10, 2), (3, 5), (100, 8), (20, 100)])
  func sameAsSimulation(nodes: Int, points: Int) {
    var stream = RandomStream(seed: 9, name: "ring")
    let rings = nodes * points > 500 ? 500 : 5_000
    var squares = 0.0
    var largest = 0.0
    for _ in 0..<rings {
      let shares = shares(nodes: nodes, points: points, &stream)
      for share in shares {
        let relative = share * Double(nodes) - 1
        squares += relative * relative
      }
      largest += (shares.max() ?? 0) * Double(nodes)
    }
    let deviation = (squares / Double(rings * nodes)).squareRoot()
    let expected = RingBalance.deviation(nodes: Double(nodes), points: Double(points))
    #expect(abs(deviation / expected - 1) < 0.03)
    let mean = largest / Double(rings)
    let excess = RingBalance.largest(nodes: Double(nodes), points: Double(points)) - 1
    #expect(abs((mean - 1) / excess - 1) < 0.03)
  }

  @Test(
    "the integral is right where the largest of two has a closed form",
    arguments: [2.0, 3, 10, 128, 4_096])
  func largestOfTwo(points: Double) {
    // E|X - Y| / 2 over the mean, for gamma variables of shape v: product of (2i - 1) / 2i up to v.
    var excess = 1.0
    for step in stride(from: 1, through: points, by: 1) { excess *= (2 * step - 1) / (2 * step) }
    let largest = RingBalance.largest(nodes: 2, points: points)
    #expect(abs(largest / (1 + excess) - 1) < 1e-5)
  }

  @Test(
    "the integral is that of a plain sum of 40,000 steps over the exact distribution",
    arguments: [
      (10.0, 2.0, 2.3114785319723876), (100, 2, 3.644026152480782), (1_000, 8, 2.5561528113608647),
      (1e6, 2, 8.648417096215542), (1e6, 4, 5.502144232676163), (1e6, 64, 1.7300631762867489),
      (1e4, 128, 1.3772517143487601),
    ])
  func sameAsFineSum(nodes: Double, points: Double, reference: Double) {
    let largest = RingBalance.largest(nodes: nodes, points: points)
    #expect(abs(largest / reference - 1) < 1e-4)
  }

  @Test("the largest share grows with the nodes and shrinks with the points")
  func monotone() {
    var before = 100.0
    for points in [1.0, 2, 3, 8, 64, 256, 10_000, 1e6] {
      let largest = RingBalance.largest(nodes: 1_000, points: points)
      #expect(largest < before && largest > 1)
      before = largest
    }
    #expect(RingBalance.largest(nodes: 1, points: 5) == 1)
    #expect(RingBalance.largest(nodes: 1e6, points: 4) > RingBalance.largest(nodes: 1e5, points: 4))
  }
}
