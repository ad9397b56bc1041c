import Kernel
import Patterns
import Testing

@Suite struct BackpressureTests {
  /// Reactive Streams rules 1.1, 3.6, 3.7, 3.8, 3.9 and 3.17.
  @Test func demandFollowsTheRules() {
    var subscription = Subscription()
    let before = subscription.signal()
    #expect(!before)
    let replies = [subscription.request(2), subscription.request(3)]
    #expect(replies == [.added, .added] && subscription.demand == 5)
    for _ in 0..<5 {
      let isSent = subscription.signal()
      #expect(isSent)
    }
    let sixth = subscription.signal()
    #expect(!sixth)
    let endless = [subscription.request(.max), subscription.request(.max)]
    #expect(endless == [.added, .added] && subscription.demand == .max)
    subscription.cancel()
    subscription.cancel()
    let late = [subscription.request(1), subscription.request(0)]
    #expect(late == [.ignored, .ignored] && subscription.phase == .cancelled)
    var other = Subscription()
    let illegal = [other.request(0), other.request(1)]
    #expect(illegal == [.illegal, .ignored] && other.phase == .failed)
  }

  @Test(arguments: [(256, 192), (1, 1), (4, 3), (3, 3)])
  func reactorAsksAgainAfterThreeQuarters(prefetch: Int, batch: Int) {
    var replenisher = Replenisher(prefetch: prefetch)
    #expect(replenisher.batch == batch)
    let asked = (1...(3 * batch)).compactMap { _ in replenisher.workedOff() }
    #expect(asked == [batch, batch, batch])
  }

  /// Demand out, items waiting and items not yet announced are the prefetch, always.
  @Test(arguments: 0..<20)
  func creditIsConserved(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "credit")
    let prefetch = 1 + random.below(40)
    var replenisher = Replenisher(prefetch: prefetch, share: random.unit())
    var buffer = StageBuffer(capacity: prefetch, overflow: .block)
    var subscription = Subscription()
    _ = subscription.request(prefetch)
    var unannounced = 0
    for item in 0..<5_000 {
      if random.chance(0.55) {
        if subscription.signal() {
          let outcome = buffer.offer(item)
          #expect(outcome == .stored)
        }
      } else if buffer.next() != nil {
        unannounced += 1
        if let more = replenisher.workedOff() {
          #expect(more == unannounced)
          unannounced = 0
          _ = subscription.request(more)
        }
      }
      #expect(subscription.demand + buffer.count + unannounced == prefetch)
      #expect(subscription.checkInvariants() == nil && buffer.checkInvariants() == nil)
    }
  }

  /// The buffer against an array, under every policy.
  @Test(arguments: StageBuffer.Overflow.allCases)
  func bufferAgreesWithAnArray(overflow: StageBuffer.Overflow) {
    var random = RandomStream(seed: 3, name: "buffer")
    for capacity in [0, 1, 7, 2_000] {
      var buffer = StageBuffer(capacity: capacity, overflow: overflow)
      var model: [Int] = []
      for item in 0..<6_000 {
        if random.chance(0.7) {
          let outcome = buffer.offer(item)
          if model.count < capacity {
            #expect(outcome == .stored)
            model.append(item)
          } else if overflow == .dropNewest || overflow == .dropOldest && capacity == 0 {
            #expect(outcome == .dropped(item))
          } else if overflow == .dropOldest {
            #expect(outcome == .dropped(model[0]))
            model.removeFirst()
            model.append(item)
          } else {
            #expect(outcome == .overflow)
          }
        } else {
          let next = buffer.next()
          #expect(next == model.first)
          if !model.isEmpty { model.removeFirst() }
        }
        #expect(buffer.count == model.count)
      }
    }
  }

  /// RFC 9113, sections 6.9.1 to 6.9.3.
  @Test func windowsFollowTheRFC() {
    var windows = FlowWindows(count: 2)
    let sent = [windows.send(40_000, on: 0), windows.send(40_000, on: 1), windows.send(1, on: 0)]
    #expect(sent == [40_000, 25_535, 0])
    #expect(windows.connection == 0 && windows.streams == [25_535, 40_000])
    let replies = [
      windows.update(nil, by: 0), windows.update(0, by: FlowWindows.greatest),
      windows.update(nil, by: 100), windows.settings(initialWindow: 20_000),
    ]
    #expect(replies == [.protocolError, .flowControlError, .grown, .grown])
    // Open streams lose 45,535 each, the connection nothing; below zero nothing may be sent.
    #expect(windows.streams == [-20_000, -5_535] && windows.connection == 100)
    #expect(windows.allowance(0) == 0)
  }

  /// Half of the window is read before the sender is told, and it is told of all of it.
  @Test func receiverAnnouncesWhatWasRead() {
    var window = ReceiveWindow(size: 1_000)
    let updates = [300, 300, 100, 399, 2].map { window.read($0) }
    #expect(updates == [nil, 600, nil, nil, 501])
  }

  @Test func everyPresetNamesTheSourceOfEveryDefault() {
    for preset in BackpressurePreset.allCases where preset != .plain {
      for knob in preset.tool.knobs { #expect(knob.source != "ours", "\(knob.name)") }
    }
  }
}
