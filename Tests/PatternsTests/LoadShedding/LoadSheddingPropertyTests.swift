import Kernel
import Patterns
import Testing

@Suite struct LoadSheddingPropertyTests {
  private static func rule(_ random: inout RandomStream) -> ConcurrencyLimiter.Rule {
    switch random.below(5) {
    case 0: .fixed(1 + random.below(30))
    case 1: .aimd(AIMDLimit(minLimit: 2, maxLimit: 60, timeout: .milliseconds(80)))
    case 2: .vegas(VegasLimit(maxConcurrency: 60, random: random))
    case 3: .gradient2(Gradient2Limit(minLimit: 2, maxConcurrency: 60))
    default: .gradient(MinRTTGradient())
    }
  }

  /// Against a naive count of what is inside, under drawn times and losses.
  @Test(arguments: 0..<30)
  func limiterKeepsItsPromises(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "limiter")
    var limiter = ConcurrencyLimiter(
      .init(
        rule: Self.rule(&random), shares: [1, 0.8, 0.5],
        window: [.zero, .milliseconds(100)][random.below(2)], windowSamples: 3))
    var inside: [ConcurrencyLimiter.Permit] = []
    var now = Instant.zero
    for _ in 0..<3_000 {
      now += .microseconds(Int64(random.below(5_000)))
      let criticality = Criticality.allCases[random.below(3)]
      if random.chance(0.6) {
        let before = limiter.inFlight
        if let permit = limiter.admit(criticality, at: now) {
          #expect(before < limiter.threshold(criticality))
          inside.append(permit)
        } else {
          for lower in Criticality.allCases where lower.rawValue >= criticality.rawValue {
            #expect(before >= limiter.threshold(lower))
          }
        }
      } else if !inside.isEmpty {
        let permit = inside.remove(at: random.below(inside.count))
        limiter.release(permit, random.chance(0.05) ? .dropped : .answered, at: now)
      }
      #expect(limiter.inFlight == inside.count)
      #expect(limiter.checkInvariants() == nil)
    }
  }

  /// The line against an array: order, capacity, deadlines.
  @Test(arguments: 0..<30)
  func lineAgreesWithAnArray(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "line")
    let isNewest = random.chance(0.5)
    var queue = AdmissionQueue(
      .init(
        capacity: 1 + random.below(3_000), order: isNewest ? .lifo : .fifo,
        isDeadlineChecked: random.chance(0.5)))
    var model: [(call: Int, deadline: Instant)] = []
    var now = Instant.zero
    for call in 0..<6_000 {
      now += .microseconds(Int64(random.below(300)))
      if random.chance(0.55) {
        let deadline = now + .milliseconds(Int64(random.below(50)))
        let isTaken = queue.offer(call, deadline: deadline, at: now)
        #expect(isTaken == (model.count < queue.options.capacity))
        if isTaken { model.append((call, deadline)) }
      } else {
        let turn = queue.next(at: now)
        guard !model.isEmpty else {
          #expect(turn == nil)
          continue
        }
        let entry = isNewest ? model.removeLast() : model.removeFirst()
        let isOver = queue.options.isDeadlineChecked && now >= entry.deadline
        #expect(turn == (isOver ? .drop(entry.call) : .work(entry.call)))
      }
      #expect(queue.count == model.count)
    }
  }

  /// A burst that drains within the interval is not touched; a line that stands is.
  @Test func codelTellsABurstFromAStandingLine() {
    func dropped(gap: Int64, count: Int) -> Int {
      var queue = AdmissionQueue(.init(capacity: 100_000, codel: Codel()))
      var now = Instant.zero
      var dropped = 0
      for call in 0..<count {
        now += .microseconds(gap)
        _ = queue.offer(call, deadline: .distantFuture, at: now)
        if call % 2 == 1, case .drop = queue.next(at: now) { dropped += 1 }
      }
      return dropped
    }
    #expect(dropped(gap: 100, count: 300) == 0)
    #expect(dropped(gap: 1_000, count: 3_000) > 100)
  }

  /// The throttle's counts are those of the last seconds, against a list of all that happened.
  @Test(arguments: 0..<10)
  func throttleForgets(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "throttle")
    var chance = RandomStream(seed: seed, name: "chance")
    var throttle = AdaptiveThrottle(.init(window: .seconds(5)))
    var all: [(second: Int, isAccept: Bool)] = []
    var now = Instant.zero
    for _ in 0..<2_000 {
      now += .milliseconds(Int64(random.below(random.chance(0.02) ? 9_000 : 60)))
      let second = Int(now.nanoseconds / 1_000_000_000)
      let isSent = throttle.admits(at: now, random: &chance)
      all.append((second, false))
      if isSent {
        let isAccepted = random.chance(0.3)
        throttle.answered(isAccepted: isAccepted, at: now)
        if isAccepted { all.append((second, true)) }
      }
      let recent = all.filter { $0.second > second - 5 }
      #expect(throttle.accepts == recent.count { $0.isAccept })
      #expect(throttle.requests == recent.count { !$0.isAccept })
      #expect(throttle.probability <= throttle.options.most)
    }
  }

  @Test func everyPresetNamesTheSourceOfEveryDefault() {
    for preset in LoadSheddingPreset.allCases where preset != .plain {
      for knob in preset.tool.knobs {
        #expect(knob.source != "ours", "\(preset.rawValue) \(knob.name)")
      }
    }
  }
}
