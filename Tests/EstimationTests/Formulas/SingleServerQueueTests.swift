import Kernel
import Testing

@testable import Estimation

@Suite("Queues with one server")
struct SingleServerQueueTests {
  @Test(
    "exponential service is the case of one server of the formulas for several",
    arguments: [0.1, 0.5, 0.9, 0.99])
  func sameAsErlangC(utilisation: Double) {
    let mean = SingleServerQueue.meanWait(utilisation: utilisation, variation: 1)
    #expect(abs(mean / ErlangC.meanWait(load: utilisation, servers: 1) - 1) < 1e-9)
    let slow = SingleServerQueue.response(exceededBy: 0.01, utilisation: utilisation)
    let general = ErlangC.response(exceededBy: 0.01, load: utilisation, servers: 1)
    #expect(abs(slow / general - 1) < 1e-9)
  }

  @Test(
    "a simulated queue waits as long as the formula says, with steady and with wild services",
    arguments: [0.0, 0.5, 2])
  func sameAsSimulation(variation: Double) {
    let utilisation = 0.7
    var stream = RandomStream(seed: 11, name: "queue")
    var wait = 0.0
    var total = 0.0
    let count = 500_000
    // A gamma service of shape 1 / variation^2 has that coefficient of variation.
    let shape = variation == 0 ? 0 : 1 / (variation * variation)
    for _ in 0..<count {
      let service = variation == 0 ? 1 : stream.gamma(shape: shape) / shape
      total += wait
      wait = max(0, wait + service - stream.exponential() / utilisation)
    }
    let mean = SingleServerQueue.meanWait(utilisation: utilisation, variation: variation)
    #expect(abs(total / Double(count) / mean - 1) < 0.04)
  }
}
