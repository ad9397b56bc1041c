import Kernel
import Testing
import Verification

@Suite("Audits of delivery")
struct DeliveryAuditTests {
  private func at(_ seconds: Int64) -> Instant { Instant.zero + TimeSpan.seconds(seconds) }

  @Test("a confirmed message that nobody applies is lost, an unconfirmed one is only missing")
  func loss() {
    var history = DeliveryHistory()
    let kept = history.publish(by: 0, at: at(1))
    let lost = history.publish(by: 0, at: at(2))
    _ = history.publish(by: 0, at: at(3))
    let refused = history.publish(by: 0, at: at(4))
    let aside = history.publish(by: 0, at: at(5))
    for message in [kept, lost, aside] { history.confirm(message, at: at(6)) }
    history.refuse(refused, at: at(6))
    history.handle(kept, .applied, by: 7, at: at(7))
    history.handle(aside, .setAside, by: 7, at: at(8))
    let audit = DeliveryAudit(history)
    #expect(audit.lost.map(\.message) == [lost])
    #expect(audit.unconfirmedLost == 1)
    #expect(audit.setAside == 1)
    let story = audit.witness(
      against: .noLoss, in: history, name: { "m\($0.number)" }, consumer: { "c\($0)" })
    #expect(
      story == [
        "m1 was published at 2 s.", "The producer got its confirmation at 6 s.",
        "Nobody applied it by the end of the run.",
      ])
  }

  @Test("each subscription is owed its copy, and only those that a message names")
  func subscriptions() {
    var history = DeliveryHistory(subscriptions: 2)
    let both = history.publish(by: 0, at: at(1))
    let one = history.publish(by: 0, owedTo: [1], at: at(1))
    for message in [both, one] {
      history.confirm(message, at: at(2))
      history.handle(message, .applied, by: 0, subscription: 1, at: at(3))
    }
    let audit = DeliveryAudit(history)
    #expect(audit.lost.map { [$0.message, $0.subscription] } == [[both, 0]])
    #expect(audit.duplicates.isEmpty)
  }

  /// Applies messages in a random order with repeats and counts by the definitions, pair by pair.
  @Test("counts agree with the definitions on random records", arguments: UInt64(1)...200)
  func agreesWithDefinitions(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "audit")
    var history = DeliveryHistory()
    let count = 12
    for number in 0..<count {
      let message = history.publish(
        by: random.below(2), key: random.below(3),
        at: at(Int64(number)))
      if random.chance(0.5) { history.confirm(message, at: at(Int64(number))) }
    }
    for step in 0..<18 {
      history.handle(
        random.below(count), .applied, by: 0, at: at(Int64(count + step)))
    }
    let audit = DeliveryAudit(history)
    let applied = history.handlings.map(\.message)
    let firsts = history.messages.map { applied.firstIndex(of: $0.number) }
    let lost = history.messages.filter { $0.confirmedAt != nil && firsts[$0.number] == nil }
    #expect(audit.lost.map(\.message) == lost.map(\.number))
    #expect(audit.duplicates.count == applied.count - Set(applied).count)
    let reordered = history.messages.filter { message in
      history.messages.contains { later in
        guard let mine = firsts[message.number], let other = firsts[later.number] else {
          return false
        }
        return later.number > message.number && later.key == message.key
          && later.producer == message.producer && other < mine
      }
    }
    #expect(Set(audit.reorderings.map(\.message)) == Set(reordered.map(\.number)))
  }
}
