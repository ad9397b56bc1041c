import Kernel
import Patterns
import Testing

@Suite("SQS queues") struct SQSQueueTests {
  @Test("A changed visibility counts from the call: 60 s, at 15 s changed to 10 s, back at 25 s")
  func changeCountsFromTheCall() throws {
    var rig = SQSRig { $0.visibilityTimeout = .seconds(60) }
    rig.send("a")
    let first = try #require(rig.receive().first)
    rig.pass(.seconds(15))
    #expect(rig.change(first, to: .seconds(10)) == nil)
    rig.pass(.milliseconds(9_999))
    #expect(rig.receive().isEmpty)
    rig.pass(.milliseconds(1))
    let again = rig.receive()
    #expect(again.map(\.receiveCount) == [2])
    #expect(rig.violation == nil)
  }

  @Test("Twelve hours after the receipt is the end: 43,200 s are refused, 43,195 s are taken")
  func twelveHours() throws {
    var rig = SQSRig()
    rig.send("a")
    let held = try #require(rig.receive().first)
    rig.pass(.milliseconds(1))
    #expect(rig.change(held, to: .seconds(43_200)) == .beyondLimit)
    #expect(rig.change(held, to: .seconds(43_195)) == nil)
    rig.pass(.seconds(43_000))
    #expect(rig.change(held, to: .seconds(201)) == .beyondLimit)
    #expect(rig.change(held, to: .seconds(199)) == nil)
  }

  @Test("A day in its queue, a message leaves a four-day dead-letter queue after three days")
  func retentionCountsFromTheFirstSend() throws {
    var source = SQSRig { $0.maxReceiveCount = 1 }
    var dead = SQSRig { $0.retention = .hours(96) }
    source.send("a")
    source.pass(.hours(23))
    _ = source.receive()
    source.pass(.hours(1))
    _ = source.receive()
    let letter = try #require(source.deadLetters.first)
    dead.now = source.now
    dead.step(.takeIn(letter))
    dead.pass(.hours(72) - .nanoseconds(1))
    #expect(dead.queue.visibleCount == 1)
    dead.pass(.nanoseconds(1))
    #expect(dead.queue.visibleCount == 0)
    #expect(dead.queue.counts.expired == 1)
  }

  @Test("A FIFO dead-letter queue counts the age anew")
  func fifoRetentionCountsAnew() {
    var dead = SQSRig {
      $0.isFifo = true
      $0.retention = .hours(96)
    }
    dead.now = .zero + .hours(24)
    dead.step(.takeIn(SQSDeadLetter(messageID: 7, body: "a", sentAt: .zero, group: "g")))
    dead.pass(.hours(96) - .nanoseconds(1))
    #expect(dead.queue.visibleCount == 1)
    dead.pass(.nanoseconds(1))
    #expect(dead.queue.counts.expired == 1)
  }

  @Test("With maxReceiveCount 3 a message is received three times; the fourth receive moves it")
  func redrive() throws {
    var rig = SQSRig { $0.maxReceiveCount = 3 }
    rig.send("poison")
    for count in 1...3 {
      #expect(rig.receive().map(\.receiveCount) == [count])
      rig.pass(.seconds(30))
      #expect(rig.deadLetters.isEmpty)
    }
    rig.send("good")
    #expect(rig.receive().map(\.body) == ["good"])
    #expect(rig.deadLetters.map(\.body) == ["poison"])
  }

  @Test("An old receipt deletes until somebody else receives; then a standard queue just says yes")
  func lateDeletes() throws {
    var rig = SQSRig()
    rig.send("a")
    rig.send("b")
    let taken = rig.receive()
    try #require(taken.count == 2)
    rig.pass(.seconds(31))
    #expect(rig.delete(taken[0]) == nil)
    #expect(rig.queue.bodies == ["b"])
    let again = rig.receive()
    #expect(rig.delete(taken[1]) == nil)
    #expect(rig.queue.bodies == ["b"])
    try #require(again.count == 1)
    rig.delete(again[0])
    #expect(rig.queue.bodies.isEmpty)
  }

  @Test("A FIFO queue refuses a delete after the timeout")
  func lateDeleteOnFifo() throws {
    var rig = SQSRig { $0.isFifo = true }
    rig.send("a", group: "g", id: "1")
    let held = try #require(rig.receive().first)
    rig.pass(.seconds(30))
    #expect(rig.delete(held) == .handleExpired)
    #expect(rig.queue.bodies == ["a"])
  }

  @Test("A lane with a message in flight gives nothing out until it is deleted or comes back")
  func lanes() throws {
    var rig = SQSRig { $0.isFifo = true }
    for (number, group) in ["a", "b", "a", "c", "a"].enumerated() {
      rig.send("\(group)\(number)", group: group, id: "\(number)")
    }
    // As many as possible of the first lane, then of the next.
    #expect(rig.receive(2).map(\.body) == ["a0", "a2"])
    #expect(rig.receive(1).map(\.body) == ["b1"])
    #expect(rig.receive(10).map(\.body) == ["c3"])
    #expect(rig.receive(10).isEmpty)
    #expect(rig.queue.busyLanes == 3)
    rig.pass(.seconds(30))
    let lane = rig.receive(10)
    #expect(lane.map(\.body) == ["a0", "a2", "a4", "b1", "c3"])
    for delivery in lane where delivery.body != "a2" { rig.delete(delivery) }
    rig.send("a5", group: "a", id: "5")
    #expect(rig.receive().isEmpty)
    rig.delete(lane[1])
    #expect(rig.receive().map(\.body) == ["a5"])
    #expect(rig.violation == nil)
  }

  @Test("A deduplication id is remembered for five minutes, also after the delete")
  func deduplication() throws {
    var rig = SQSRig { $0.isFifo = true }
    rig.send("a", group: "g", id: "x")
    rig.delete(try #require(rig.receive().first))
    rig.pass(.seconds(299))
    rig.send("a", group: "g", id: "x")
    #expect(rig.outputs.contains(.sent(messageID: 0, isDuplicate: true, request: 0)))
    #expect(rig.receive().isEmpty)
    rig.pass(.seconds(1))
    rig.send("a", group: "g", id: "x")
    #expect(rig.receive().count == 1)
  }

  @Test("Content-based deduplication goes by the body; without it an id is asked for")
  func contentBased() {
    var rig = SQSRig { $0.isFifo = true }
    #expect(rig.send("a", group: "g") == .missingDeduplication)
    #expect(rig.send("a", id: "1") == .missingGroup)
    #expect(rig.send("a", delay: .seconds(1), group: "g", id: "1") == .delayOnFifo)
    rig = SQSRig {
      $0.isFifo = true
      $0.contentBasedDeduplication = true
    }
    rig.send("a", group: "g")
    rig.send("a", group: "h")
    rig.send("b", group: "g")
    #expect(rig.queue.bodies == ["a", "b"])
  }

  @Test("A receive tried again under its attempt id gets the same messages and a new timeout")
  func attempts() {
    var rig = SQSRig { $0.isFifo = true }
    rig.send("a", group: "g", id: "1")
    rig.send("b", group: "h", id: "2")
    let first = rig.receive(1, attempt: "try")
    rig.pass(.seconds(20))
    #expect(rig.receive(1, attempt: "try") == first)
    rig.pass(.seconds(20))
    #expect(rig.queue.inFlightCount == 1)
    #expect(rig.receive(1, attempt: "other").map(\.body) == ["b"])
  }

  @Test("A long poll is answered by the next message, or with nothing when its wait is over")
  func longPolling() {
    var rig = SQSRig()
    _ = rig.receive(wait: .seconds(20))
    #expect(!rig.answered)
    rig.pass(.seconds(5))
    rig.send("a")
    #expect(rig.deliveries.map(\.body) == ["a"])
    _ = rig.receive(wait: .seconds(20))
    rig.pass(.milliseconds(19_999))
    #expect(!rig.answered)
    rig.pass(.milliseconds(1))
    #expect(rig.answered)
    #expect(rig.deliveries.isEmpty)
  }

  @Test("A full flight refuses a short poll on a standard queue and is silent elsewhere")
  func inFlightLimit() {
    var rig = SQSRig { $0.inFlightLimit = 1 }
    rig.send("a")
    rig.send("b")
    _ = rig.receive()
    _ = rig.receive()
    #expect(rig.refusal == .overLimit)
    _ = rig.receive(wait: .seconds(10))
    #expect(rig.refusal == nil)
    rig.pass(.seconds(10))
    #expect(rig.answered && rig.deliveries.isEmpty)
  }

  @Test("A new delay reaches waiting messages of a FIFO queue, not those of a standard one")
  func changedDelay() {
    for isFifo in [false, true] {
      var rig = SQSRig {
        $0.isFifo = isFifo
        $0.delay = .seconds(60)
      }
      rig.send("a", group: isFifo ? "g" : nil, id: isFifo ? "1" : nil)
      var shorter = rig.queue.options
      shorter.delay = .seconds(10)
      rig.step(.setAttributes(shorter))
      rig.pass(.seconds(10))
      #expect(rig.queue.visibleCount == (isFifo ? 1 : 0))
      rig.pass(.seconds(50))
      #expect(rig.queue.visibleCount == 1)
    }
  }

  @Test("A server that misses a delete brings the message back")
  func missedDelete() throws {
    var rig = SQSRig { $0.missedDelete = 1 }
    rig.send("a")
    rig.delete(try #require(rig.receive().first))
    #expect(rig.queue.bodies.isEmpty)
    rig.pass(.seconds(60))
    #expect(rig.receive().map(\.body) == ["a"])
    #expect(rig.violation == nil)
  }

  @Test("A short poll may miss a message that a long poll finds")
  func falseEmpty() {
    var empty = 0
    for seed in 1...40 as ClosedRange<UInt64> {
      var rig = SQSRig(
        {
          $0.servers = 4
          $0.sampledServers = 3
        }, seed: seed)
      rig.send("a")
      if rig.receive().isEmpty {
        empty += 1
        #expect(rig.receive(wait: .seconds(1)).map(\.body) == ["a"])
      }
    }
    #expect((2...20).contains(empty))
  }

  @Test("Each shortcut breaks what it is named for")
  func shortcuts() throws {
    var rig = SQSRig { $0.shortcuts = [.visibilityFromReceipt] }
    rig.send("a")
    var held = try #require(rig.receive().first)
    rig.pass(.seconds(29))
    rig.change(held, to: .seconds(30))
    rig.pass(.seconds(1))
    #expect(rig.queue.visibleCount == 1)
    rig = SQSRig {
      $0.isFifo = true
      $0.shortcuts = [.opensBusyLanes]
    }
    rig.send("a", group: "g", id: "1")
    rig.send("b", group: "g", id: "2")
    _ = rig.receive(1)
    _ = rig.receive(1)
    #expect(rig.violation?.invariant == "one receive a lane")
    rig = SQSRig {
      $0.isFifo = true
      $0.shortcuts = [.forgetsOnDelete]
    }
    rig.send("a", group: "g", id: "1")
    held = try #require(rig.receive().first)
    rig.delete(held)
    rig.send("a", group: "g", id: "1")
    #expect(rig.receive().count == 1)
    rig = SQSRig {
      $0.maxReceiveCount = 1
      $0.shortcuts = [.forgetsReceives]
    }
    rig.send("a")
    for _ in 0..<3 {
      #expect(rig.receive().count == 1)
      rig.pass(.seconds(30))
    }
  }
}
