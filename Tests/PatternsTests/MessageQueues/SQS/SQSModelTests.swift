import Kernel
import Patterns
import Testing

@Suite("SQS against a naive queue") struct SQSModelTests {
  @Test(
    "Over random calls both queues hand out and keep the same",
    arguments: 1...60 as ClosedRange<UInt64>)
  func agree(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "calls")
    var options = SQSOptions()
    options.servers = 1
    options.isFifo = random.chance(0.6)
    options.visibilityTimeout = .seconds(Int64(1 + random.below(30)))
    options.delay = random.chance(0.3) ? .seconds(Int64(random.below(20))) : .zero
    options.retention = .seconds(Int64(60 + random.below(600)))
    options.maxReceiveCount = random.chance(0.5) ? 1 + random.below(4) : nil
    var naive = NaiveSQSQueue(options)
    var rig = SQSRig({ $0 = options }, seed: seed)
    var dead: [String] = []
    var held: [(delivery: SQSDelivery<String>, receipt: Int)] = []
    for call in 0..<400 {
      rig.pass(.milliseconds(Int64(random.below(4_000))))
      dead += rig.deadLetters.map(\.body)
      switch random.below(10) {
      case 0..<4:
        let group = options.isFifo ? "g\(random.below(3))" : nil
        let id = options.isFifo ? "\(random.below(200))" : nil
        rig.send("m\(call)", group: group, id: id)
        let number = naive.send("m\(call)", group: group, deduplication: id, at: rig.now)
        let answered = rig.outputs.compactMap { output -> Int? in
          if case .sent(let message, _, _) = output { message } else { nil }
        }
        #expect(answered == [number])
      case 4..<7:
        let most = 1 + random.below(10)
        let first = naive.receipts
        let expected = naive.receive(most, at: rig.now)
        let taken = rig.receive(most)
        dead += rig.deadLetters.map(\.body)
        #expect(taken.map(\.messageID) == expected)
        for (place, delivery) in taken.enumerated() { held.append((delivery, first + place)) }
      case 7..<9:
        guard !held.isEmpty else { continue }
        let entry = held[random.below(held.count)]
        let isTaken = naive.delete(
          entry.delivery.messageID, receipt: entry.receipt, at: rig.now)
        #expect((rig.delete(entry.delivery) == nil) == isTaken)
      default:
        guard !held.isEmpty else { continue }
        let entry = held[random.below(held.count)]
        let span = TimeSpan.seconds(Int64(random.below(60)))
        let isTaken = naive.change(
          entry.delivery.messageID, receipt: entry.receipt, to: span, at: rig.now)
        #expect((rig.change(entry.delivery, to: span) == nil) == isTaken)
      }
    }
    #expect(dead == naive.deadLetters)
    #expect(rig.violation == nil)
    #expect(!held.isEmpty)
  }

  @Test(
    "Messages of a lane are first handed out in order, and never after their delete",
    arguments: 1...30 as ClosedRange<UInt64>)
  func prefixOrder(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "lanes")
    var rig = SQSRig { $0.isFifo = true }
    for number in 0..<60 {
      rig.send("\(number)", group: "g\(random.below(4))", id: "\(number)")
    }
    var deleted: Set<Int> = []
    var firsts: [String: [Int]] = [:]
    while rig.queue.visibleCount + rig.queue.inFlightCount > 0 {
      for delivery in rig.receive(1 + random.below(4)) {
        #expect(!deleted.contains(delivery.messageID))
        if delivery.receiveCount == 1 {
          firsts[delivery.group ?? "", default: []].append(delivery.messageID)
        }
        if random.chance(0.7) {
          rig.delete(delivery)
          deleted.insert(delivery.messageID)
        }
      }
      rig.pass(.seconds(Int64(1 + random.below(40))))
    }
    #expect(deleted.count == 60)
    for lane in firsts.values { #expect(lane == lane.sorted()) }
    #expect(rig.violation == nil)
  }
}
