import Kernel
import Testing

@testable import Patterns

/// The published vectors of memberlist's own tests (`util_test.go`, `suspicion_test.go`).
@Suite("Gossip figures")
struct GossipVectorTests {
  @Test(
    "Suspicion grows with the logarithm of the group",
    arguments: zip([5, 10, 50, 100, 500, 1_000], [1_000, 1_000, 1_698, 2_000, 2_698, 3_000]))
  func suspicionTimeout(members: Int, milliseconds: Int64) {
    let timeout = GossipScale.suspicionTimeout(
      multiplier: 3, members: members, interval: .seconds(1))
    #expect(timeout / 3 == .milliseconds(milliseconds))
  }

  @Test("A rumour is sent a limited number of times", arguments: zip([0, 1, 99], [0, 3, 6]))
  func retransmits(members: Int, limit: Int) {
    #expect(GossipScale.retransmitLimit(multiplier: 3, members: members) == limit)
  }

  @Test(
    "Full exchanges get rarer as the group grows",
    arguments: zip([1, 32, 33, 64, 65, 128], [1, 1, 2, 2, 3, 3]))
  func pushPull(members: Int, seconds: Int64) {
    #expect(GossipScale.pushPull(.seconds(1), members: members) == .seconds(seconds))
  }

  @Test(
    "Confirmations shorten a suspicion",
    arguments: [
      (0, 0, 30_000), (1, 2, 14_000), (2, 3, 4_810), (3, 4, -2_000), (4, 5, -3_000),
      (5, 10, -8_000),
    ] as [(Int, Int64, Int64)])
  func remaining(confirmations: Int, elapsed: Int64, milliseconds: Int64) {
    let left = Suspicion.remaining(
      confirmations: confirmations, wanted: 3, elapsed: .seconds(elapsed),
      minimum: .seconds(2), maximum: .seconds(30))
    #expect(left == .milliseconds(milliseconds))
  }
}
