import Kernel
import Patterns
import Testing

@Suite struct BackoffTests {
  private func waits(
    _ backoff: Backoff, count: Int, seed: UInt64 = 1
  ) -> [TimeSpan] {
    var memory = Backoff.Memory()
    var random = RandomStream(seed: seed, name: "backoff")
    return (1...count).map { backoff.wait(retry: $0, memory: &memory, random: &random) }
  }

  private func settings(_ preset: RetryPreset, _ changes: [String: String]) -> Settings {
    var settings = Settings(preset.tool.knobs)
    for (name, text) in changes {
      #expect(throws: Never.self) { try settings.set(name, text) }
    }
    return settings
  }

  @Test func exponentialFollowsThePublishedSeries() {
    let backoff = Backoff(
      growth: .exponential(factor: 2), base: .milliseconds(100), cap: .seconds(10))
    let series = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10].map { TimeSpan(seconds: $0) }
    #expect(waits(backoff, count: 9) == series)
  }

  @Test func resilience4jCutsToMillisecondsAtEachStep() {
    let policy = RetryPreset.resilience4j.policy(
      settings(.resilience4j, ["enableExponentialBackoff": "on"]))
    let series = [500, 750, 1_125, 1_687, 2_530].map { TimeSpan.milliseconds($0) }
    #expect(waits(policy.backoff, count: 5) == series)
    let standard = RetryPreset.resilience4j.policy(settings(.resilience4j, [:]))
    #expect(standard.maxAttempts == 3)
    #expect(waits(standard.backoff, count: 2) == [.milliseconds(500), .milliseconds(500)])
  }

  @Test func pollySeries() {
    let exponential = RetryPreset.polly.policy(settings(.polly, ["BackoffType": "Exponential"]))
    #expect(exponential.maxAttempts == 4, "three retries are four calls")
    #expect(waits(exponential.backoff, count: 4) == [2, 4, 8, 16].map { .seconds($0) })
    let linear = RetryPreset.polly.policy(settings(.polly, ["BackoffType": "Linear"]))
    #expect(waits(linear.backoff, count: 3) == [2, 4, 6].map { .seconds($0) })
  }

  @Test func envoyBounds() {
    let policy = RetryPreset.envoy.policy(settings(.envoy, [:]))
    let spans = (1...5).map { policy.backoff.span(retry: $0) }
    #expect(spans == [25, 50, 100, 200, 250].map { .milliseconds($0) })
  }

  @Test func awsBounds() {
    let policy = RetryPreset.aws.policy(settings(.aws, [:]))
    let spans = (1...6).map { policy.backoff.span(retry: $0) }
    #expect(spans == [1, 2, 4, 8, 16, 20].map { .seconds($0) })
  }

  /// Every wait of every jitter lies within its formula's bounds, and the bounds are reached.
  @Test(arguments: 0..<40)
  func jitterStaysWithinItsBounds(seed: UInt64) {
    let base = TimeSpan.milliseconds(100)
    let cap = TimeSpan.seconds(10)
    func backoff(_ jitter: Backoff.Jitter) -> Backoff {
      Backoff(growth: .exponential(factor: 2), jitter: jitter, base: base, cap: cap)
    }
    let spans = (1...8).map { backoff(.none).span(retry: $0) }
    for (wait, span) in zip(waits(backoff(.full), count: 8, seed: seed), spans) {
      #expect(.zero <= wait && wait <= span)
    }
    for (wait, span) in zip(waits(backoff(.equal), count: 8, seed: seed), spans) {
      #expect(span / 2 <= wait && wait <= span)
    }
    for (wait, span) in zip(waits(backoff(.spread(0.25)), count: 8, seed: seed), spans) {
      #expect(span * 0.75 <= wait && wait <= min(cap, span * 1.25))
    }
    var last = base
    for wait in waits(backoff(.decorrelated), count: 8, seed: seed) {
      #expect(base <= wait && wait <= min(cap, last * 3))
      last = wait
    }
  }

  @Test func jitterHasThePublishedMeans() {
    let count = 4_000
    func mean(_ backoff: Backoff, retry: Int) -> Double {
      var random = RandomStream(seed: 7, name: "mean")
      var sum = 0.0
      for _ in 0..<count {
        var memory = Backoff.Memory()
        var wait = TimeSpan.zero
        for number in 1...retry {
          wait = backoff.wait(retry: number, memory: &memory, random: &random)
        }
        sum += wait.seconds
      }
      return sum / Double(count)
    }
    let base = TimeSpan.seconds(1)
    let full = Backoff(growth: .exponential(factor: 2), jitter: .full, base: base)
    #expect(abs(mean(full, retry: 3) - 2) < 0.06, "half of 4 s")
    let equal = Backoff(growth: .exponential(factor: 2), jitter: .equal, base: base)
    #expect(abs(mean(equal, retry: 3) - 3) < 0.06, "three quarters of 4 s")
    let decorrelated = Backoff(
      growth: .exponential(factor: 2), jitter: .decorrelated, base: base, cap: .hours(1))
    #expect(abs(mean(decorrelated, retry: 1) - 2) < 0.06, "between 1 and 3 s")
  }

  /// Polly documents that retry n comes, in the median, about 2^(n-1) delays after the first failure,
  /// and a bound for each wait.
  @Test func pollyJitterHasItsMedians() {
    let policy = RetryPreset.polly.policy(
      settings(.polly, ["BackoffType": "Exponential", "UseJitter": "on", "Delay": "1s"]))
    var random = RandomStream(seed: 3, name: "polly")
    let bounds = [2.0, 4, 6, 12]
    var times: [[Double]] = [[], [], [], []]
    for _ in 0..<2_001 {
      var memory = Backoff.Memory()
      var time = 0.0
      for retry in 1...4 {
        let wait = policy.backoff.wait(retry: retry, memory: &memory, random: &random)
        #expect(.zero <= wait && wait.seconds <= bounds[retry - 1])
        time += wait.seconds
        times[retry - 1].append(time)
      }
    }
    for (index, median) in [1.0, 2, 4, 8].enumerated() {
      let measured = times[index].sorted()[1_000]
      #expect(abs(measured - median) < 0.12 * median, "retry \(index + 1): \(measured)")
    }
  }
}
