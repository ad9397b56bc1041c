import Kernel
import Patterns
import Testing

/// Published and computed vectors of the breakers, each under the library's own settings.
@Suite struct CircuitBreakerVectorTests {
  @Test func resilience4jOpensOnItsHundredthCall() {
    var probe = BreakerProbe(.resilience4j)
    probe.finish(50, .success)
    probe.finish(49, .failure)
    #expect(probe.breaker.phase == .closed, "99 calls are below the minimum of 100")
    probe.finish(1, .failure)
    #expect(probe.breaker.phase == .open)
    #expect(
      probe.breaker.lastTransition?.reason == .failureRate(OutcomeTally(calls: 100, failures: 50)))
  }

  @Test func resilience4jStaysClosedJustBelowTheThreshold() {
    var probe = BreakerProbe(.resilience4j)
    probe.finish(51, .success)
    probe.finish(49, .failure)
    #expect(probe.breaker.phase == .closed)
  }

  @Test func resilience4jOpenTimeMustBeOver() {
    var probe = BreakerProbe(.resilience4j)
    probe.finish(100, .failure)
    let opened = probe.now
    #expect(probe.ask(at: opened + .seconds(60)) == .rejected(retryAt: opened + .seconds(60)))
    probe.now = opened + .seconds(60) + .nanoseconds(1)
    #expect(probe.take(1).map(\.isTrial) == [true])
  }

  @Test(arguments: [(4, CircuitBreaker.Phase.closed), (5, .open)])
  func resilience4jJudgesTenTrials(failures: Int, expected: CircuitBreaker.Phase) {
    var probe = BreakerProbe(.resilience4j)
    probe.finish(100, .failure)
    probe.now += .seconds(61)
    let permits = probe.take(12)
    #expect(permits.count == 10, "half open lets exactly ten calls through")
    for (index, permit) in permits.enumerated() {
      #expect(probe.breaker.phase == .halfOpen)
      probe.breaker.record(
        index < failures ? .failure : .success, for: permit, took: .zero, at: probe.now)
    }
    #expect(probe.breaker.phase == expected)
  }

  @Test func resilience4jCapsTheMinimumToTheWindow() {
    var probe = BreakerProbe(.resilience4j, ["slidingWindowSize": "10"])
    probe.finish(10, .failure)
    #expect(probe.breaker.phase == .open)
  }

  @Test func resilience4jNeverTripsOnSlowCallsByDefault() {
    var probe = BreakerProbe(.resilience4j)
    probe.finish(200, .success, took: .seconds(59))
    #expect(probe.breaker.phase == .closed)
    var strict = BreakerProbe(
      .resilience4j, ["slowCallDurationThreshold": "2s", "slowCallRateThreshold": "50"])
    strict.finish(50, .success, took: .seconds(2))
    strict.finish(50, .success, took: .seconds(3))
    #expect(strict.breaker.phase == .open)
    #expect(strict.breaker.lastTransition?.reason == .slowRate(OutcomeTally(calls: 100, slow: 50)))
  }

  @Test func resilience4jHalfOpensByTimerOnlyWhenTold() {
    var lazy = BreakerProbe(.resilience4j)
    lazy.finish(100, .failure)
    #expect(lazy.breaker.nextWake == nil)
    #expect(lazy.breaker.advance(to: lazy.now + .hours(5)) == nil)
    #expect(lazy.breaker.phase == .open)
    var timed = BreakerProbe(
      .resilience4j, ["automaticTransitionFromOpenToHalfOpenEnabled": "on"])
    timed.finish(100, .failure)
    let due = timed.now + .seconds(60)
    #expect(timed.breaker.nextWake == due)
    #expect(timed.breaker.advance(to: timed.now + .hours(5))?.at == due)
    #expect(timed.breaker.phase == .halfOpen)
  }

  @Test func resilience4jHalfOpenLimitGoesToItsState() {
    for (word, expected) in [("OPEN", CircuitBreaker.Phase.open), ("CLOSED", .closed)] {
      var probe = BreakerProbe(
        .resilience4j,
        ["maxWaitDurationInHalfOpenState": "5s", "transitionToStateAfterWaitDuration": word])
      probe.finish(100, .failure)
      probe.now += .seconds(61)
      _ = probe.take(1)
      #expect(probe.breaker.phase == .halfOpen)
      _ = probe.breaker.advance(to: probe.now + .seconds(5))
      #expect(probe.breaker.phase == expected)
    }
  }

  @Test func resilience4jGivesACancelledTrialBack() {
    var probe = BreakerProbe(.resilience4j, ["permittedNumberOfCallsInHalfOpenState": "1"])
    probe.finish(100, .failure)
    probe.now += .seconds(61)
    let first = probe.take(2)
    #expect(first.count == 1)
    probe.breaker.cancel(first[0], at: probe.now)
    #expect(probe.breaker.phase == .halfOpen)
    #expect(probe.take(2).count == 1)
  }

  @Test func resilience4jOpenTimeGrows() {
    var probe = BreakerProbe(
      .resilience4j,
      ["enableExponentialBackoff": "on", "permittedNumberOfCallsInHalfOpenState": "1"])
    probe.finish(100, .failure)
    var waits: [TimeSpan] = []
    for _ in 0..<4 {
      waits.append(probe.breaker.openUntil - probe.now)
      probe.now = probe.breaker.openUntil + .nanoseconds(1)
      probe.finish(1, .failure)
    }
    #expect(waits == [60, 90, 135, 202.5].map { TimeSpan(seconds: $0) })
  }

  @Test func hystrixNeedsTwentyRequests() {
    var few = BreakerProbe(.hystrix)
    few.finish(19, .failure)
    _ = few.breaker.advance(to: .zero + .seconds(10))
    #expect(few.breaker.phase == .closed, "19 failures in 10 s")
    var enough = BreakerProbe(.hystrix)
    enough.finish(10, .success)
    enough.finish(10, .failure)
    #expect(enough.breaker.phase == .closed, "nothing is looked at before the snapshot")
    let change = enough.breaker.advance(to: .zero + .milliseconds(500))
    #expect(change?.to == .open)
    #expect(change?.at == .zero + .milliseconds(500))
  }

  @Test func hystrixLetsExactlyOneThroughAfterItsSleepWindow() {
    var probe = BreakerProbe(.hystrix)
    probe.finish(20, .failure)
    #expect(probe.breaker.advance(to: .zero + .milliseconds(500))?.to == .open)
    let reached = Instant.zero + .milliseconds(5_500)
    #expect(probe.ask(at: reached) == .rejected(retryAt: reached))
    probe.now = reached + .milliseconds(1)
    let permits = probe.take(5)
    #expect(permits.count == 1)
    probe.breaker.cancel(permits[0], at: probe.now)
    #expect(probe.breaker.phase == .open, "a cancelled trial opens again")
    probe.now = probe.breaker.openUntil + .milliseconds(1)
    probe.finish(1, .success)
    #expect(probe.breaker.phase == .closed)
    #expect(probe.breaker.window.total == OutcomeTally(), "closing begins a new stream")
  }

  @Test func hystrixForgetsAfterItsRollingWindow() {
    var probe = BreakerProbe(.hystrix)
    probe.finish(19, .failure)
    probe.now = .zero + .seconds(11)
    probe.finish(1, .failure)
    #expect(probe.breaker.advance(to: .zero + .seconds(20)) == nil)
    #expect(probe.breaker.phase == .closed)
  }

  @Test func hystrixForcingGoesOverTheStates() {
    var probe = BreakerProbe(.hystrix)
    probe.breaker.force(.closed, at: probe.now)
    probe.finish(20, .failure)
    _ = probe.breaker.advance(to: .zero + .seconds(1))
    #expect(probe.breaker.phase == .open)
    probe.now = .zero + .seconds(1)
    #expect(probe.take(3).count == 3, "forced closed lets everything through")
    probe.breaker.force(.none, at: probe.now)
    #expect(probe.take(3).isEmpty, "the states beneath went on")
  }

  @Test func pollyBreaksAtATenthOfAHundred() {
    var probe = BreakerProbe(.polly)
    probe.finish(90, .success)
    probe.finish(9, .failure)
    #expect(probe.breaker.phase == .closed)
    probe.finish(1, .failure)
    #expect(probe.breaker.phase == .open)
    let due = probe.now + .seconds(5)
    #expect(probe.ask(at: due - .nanoseconds(1)) == .rejected(retryAt: due))
    probe.now = due
    #expect(probe.take(2).map(\.isTrial) == [true])
    #expect(probe.ask(at: due + .hours(1)) == .rejected(retryAt: nil), "one trial, no more")
  }

  @Test func pollyNeverBreaksOnASuccess() {
    var probe = BreakerProbe(.polly, ["MinimumThroughput": "10"])
    probe.finish(9, .failure)
    probe.finish(1, .success)
    #expect(probe.breaker.phase == .closed, "10 outcomes with 9 failures, but a success came last")
    probe.finish(1, .failure)
    #expect(probe.breaker.phase == .open)
  }

  @Test func pollyTakesACancelledTrialForASuccess() {
    var probe = BreakerProbe(.polly)
    probe.finish(100, .failure)
    probe.now += .seconds(5)
    let permits = probe.take(1)
    probe.breaker.cancel(permits[0], at: probe.now)
    #expect(probe.breaker.phase == .closed)
  }
}

/// A breaker with a clock and short words for what tests do to it.
struct BreakerProbe {
  var breaker: CircuitBreaker
  var now = Instant.zero

  /// The preset with some of its knobs set as a user would type them.
  init(_ preset: CircuitBreakerPreset, _ changes: [String: String] = [:]) {
    var settings = Settings(preset.tool.knobs)
    for (name, text) in changes {
      #expect(throws: Never.self) { try settings.set(name, text) }
    }
    breaker = CircuitBreaker(preset.options(settings))
  }

  /// Makes `count` calls that are let through and end at once.
  mutating func finish(
    _ count: Int, _ outcome: CircuitBreaker.Outcome, took duration: TimeSpan = .zero
  ) {
    for permit in take(count) {
      breaker.record(outcome, for: permit, took: duration, at: now)
    }
  }

  /// Asks for `count` calls and returns the permits.
  mutating func take(_ count: Int) -> [CircuitBreaker.Permit] {
    var permits: [CircuitBreaker.Permit] = []
    for _ in 0..<count {
      if case .permitted(let permit) = breaker.tryAcquire(at: now) { permits.append(permit) }
    }
    return permits
  }

  mutating func ask(at instant: Instant) -> CircuitBreaker.Admission {
    now = instant
    return breaker.tryAcquire(at: instant)
  }
}
