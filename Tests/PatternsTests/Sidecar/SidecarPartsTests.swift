import Kernel
import Patterns
import Testing

@Suite struct SidecarPartsTests {
  /// Random orders of events: the configured orders hold after every one, and a pod that was told to
  /// stop is gone in the end.
  @Test(arguments: 0..<60 as Range<UInt64>) func ordersHold(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pod")
    var options = PodLifecycle.Options()
    options.startsSidecarFirst = random.chance(0.5)
    options.stopsSidecarLast = random.chance(0.5)
    var pod = PodLifecycle(options)
    var pending: [PodLifecycle.Input] = []
    var isGone = false
    func take(_ outputs: [PodLifecycle.Output]) {
      for output in outputs {
        switch output {
        case .startSidecar: pending.append(.sidecarUp)
        case .startApplication: pending.append(.applicationUp)
        case .retryAfter: pending.append(.backoffOver)
        case .stopApplication: pending.append(.applicationGone)
        case .stopSidecar: pending.append(.sidecarGone)
        case .ready: #expect(pod.isSidecarUp && pod.isApplicationUp)
        case .gone: isGone = true
        }
      }
    }
    take(pod.step(.started, at: .zero))
    var hasStopped = false
    for _ in 0..<60 where !isGone {
      if !hasStopped, random.chance(0.1) {
        hasStopped = true
        take(pod.step(.stopAsked, at: .zero))
      } else if !pending.isEmpty {
        take(pod.step(pending.remove(at: random.below(pending.count)), at: .zero))
      }
      #expect(pod.checkInvariants() == nil)
    }
    if !hasStopped { take(pod.step(.stopAsked, at: .zero)) }
    while !pending.isEmpty, !isGone { take(pod.step(pending.removeFirst(), at: .zero)) }
    #expect(isGone && pod.sidecar == .off && pod.application == .off)
  }

  @Test func backoffDoublesToFiveMinutes() {
    var pod = PodLifecycle()
    _ = pod.step(.started, at: .zero)
    var waits: [TimeSpan] = []
    for _ in 0..<7 {
      for case .retryAfter(let span) in pod.step(.applicationUp, at: .zero) { waits.append(span) }
      _ = pod.step(.backoffOver, at: .zero)
    }
    #expect(waits == [10, 20, 40, 80, 160, 300, 300].map { TimeSpan.seconds($0) })
  }

  /// The pool against a plain count, over random asks, returns and leaves.
  @Test(arguments: 0..<40 as Range<UInt64>) func poolServesInOrder(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pool")
    var pool = AmbassadorPool(size: 3, places: 4)
    var inUse = 0
    var line: [Int] = []
    for caller in 0..<300 {
      switch random.below(3) {
      case 0:
        let answer = pool.ask(caller)
        if inUse < 3 {
          #expect(answer == .given)
          inUse += 1
        } else if line.count < 4 {
          #expect(answer == .waits)
          line.append(caller)
        } else {
          #expect(answer == .refused)
        }
      case 1 where inUse > 0:
        let next = pool.giveBack(isGood: random.chance(0.5))
        #expect(next == line.first)
        if line.isEmpty { inUse -= 1 } else { line.removeFirst() }
      default:
        let who = line.randomElement(using: &random)
        if let who {
          let left = pool.leave(who)
          #expect(left)
          line.removeAll { $0 == who }
        }
      }
      #expect(pool.inUse == inUse && pool.line == line && pool.inUse <= 3)
    }
  }

  @Test(arguments: [true, false]) func linesAddUp(isDropping: Bool) {
    var adapter = LogAdapter(capacity: 10, isDropping: isDropping)
    var blocked = 0
    for number in 0..<100 {
      if adapter.write() == .blocked { blocked += 1 }
      if number % 3 == 0 { adapter.ship() }
      #expect(adapter.checkLines() == nil)
    }
    #expect(isDropping ? adapter.lost > 0 && blocked == 0 : adapter.lost == 0 && blocked > 0)
    #expect(adapter.written + blocked == 100)
  }
}

extension Array {
  fileprivate func randomElement(using random: inout RandomStream) -> Element? {
    isEmpty ? nil : self[random.below(count)]
  }
}
