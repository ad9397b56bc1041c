import Kernel
import Patterns
import Testing

@Suite struct DeadlineTests {
  /// However hops choose their limits, nobody waits beyond the client's deadline.
  @Test(arguments: 0..<50)
  func childrenNeverOutliveTheirParents(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "deadline")
    var now = Instant.zero
    var deadline = Deadline(
      after: random.chance(0.8) ? .milliseconds(Int64(random.below(5_000))) : nil, from: now)
    for _ in 0..<8 {
      now += .milliseconds(Int64(random.below(300)))
      let limit: TimeSpan? = random.chance(0.7) ? .milliseconds(Int64(random.below(3_000))) : nil
      let margin = TimeSpan.milliseconds(Int64(random.below(50)))
      let child = deadline.child(limit: limit, margin: margin, at: now)
      #expect(child.at <= deadline.at)
      if let limit { #expect(child.at <= now + limit) }
      if let left = child.remaining(at: now) {
        #expect(left == max(.zero, child.at - now))
        #expect(child.isOver(at: now) == (left == .zero))
        #expect(child.admits(workOf: left, at: now) == (child.at >= now))
        #expect(!child.admits(workOf: left + .nanoseconds(1), at: now))
      } else {
        #expect(!deadline.isSet && limit == nil)
      }
      deadline = child
    }
  }

  @Test func tryIsCutToWhatIsLeftOfTheRequest() {
    let policy = TimeoutPolicy(perTry: .seconds(1), total: .milliseconds(2_500), isPropagated: true)
    let request = policy.request(at: .zero)
    #expect(policy.attempt(at: .zero, within: request).at == .zero + .seconds(1))
    let last = policy.attempt(at: .zero + .seconds(2), within: request)
    #expect(last.at == .zero + .milliseconds(2_500))
    #expect(policy.sent(with: last) == last)
    #expect(TimeoutPolicy(perTry: .seconds(1)).sent(with: last) == .none)
  }

  @Test func toolsShipTheseLimits() {
    func policy(_ preset: TimeoutPreset) -> TimeoutPolicy {
      preset.design(Settings(preset.tool.knobs))
    }
    #expect(policy(.resilience4j).perTry == .seconds(1))
    #expect(policy(.hystrix).perTry == .seconds(1))
    #expect(policy(.polly).perTry == .seconds(30))
    #expect(policy(.envoy) == TimeoutPolicy(perTry: nil, total: .seconds(15), isCancelling: true))
  }
}
