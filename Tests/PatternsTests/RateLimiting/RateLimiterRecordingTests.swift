import Kernel
import Patterns
import Recordings
import Testing

@Suite(.enabled(if: Recording.areThere)) struct RateLimiterRecordingTests {
  /// The number in front of `r/s` or `r/m` of a limit_req_zone, in thousandths a second.
  private func milliRate(_ text: String) -> Int? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == ";" })
    guard let word = words.first(where: { $0.hasPrefix("rate=") }) else { return nil }
    let rest = word.dropFirst(5)
    guard let count = Int(rest.prefix { $0.isNumber }) else { return nil }
    return rest.hasSuffix("r/m") ? count * 1_000 / 60 : count * 1_000
  }

  private func meter(_ line: String, rate: Int) -> LeakyBucketMeter {
    var burst = 0
    var delay: Int? = 0
    for word in line.split(separator: " ") {
      if word.hasPrefix("burst=") { burst = Int(word.dropFirst(6)) ?? 0 }
      if word.hasPrefix("delay=") { delay = Int(word.dropFirst(6)) }
      if word == "nodelay" { delay = nil }
    }
    return LeakyBucketMeter(milliRate: rate, burst: burst, delayAbove: delay)
  }

  @Test(arguments: Recording.family("nginx-limit-req"))
  func nginx(recording: Recording) throws {
    let rate = try #require(milliRate(recording.configuration["limit_req_zone"]?.string ?? ""))
    for run in try #require(recording.observed.items) {
      let line = try #require(run["limit_req"]?.string)
      var limiter = RateLimiter(.leakyMeter(meter(line, rate: rate)))
      let statuses = try #require(run["status_by_arrival"]?.items).map(\.integer)
      let least = run["delay_s_min_of_3_runs"]?.items ?? []
      let most = run["delay_s_max_of_3_runs"]?.items ?? []
      var arrival = 0
      for step in try #require(recording.steps.items) {
        let start = try #require(step["at_s"]?.double)
        for number in 0..<(step["requests"]?.integer ?? 0) {
          let spacing = (step["spacing_ms"]?.double ?? 0) / 1_000
          let now = Instant.zero + TimeSpan(seconds: start + Double(number) * spacing)
          let decision = limiter.acquire(at: now)
          #expect(
            (decision.isAdmitted ? 200 : 503) == statuses[arrival], "\(line), arrival \(arrival)")
          if decision.isAdmitted, arrival < least.count, arrival < most.count,
            let low = least[arrival].double, let high = most[arrival].double
          {
            #expect(
              (low - 0.02...high + 0.02).contains(decision.wait.seconds),
              "\(line), arrival \(arrival): \(decision.wait)")
          }
          arrival += 1
        }
      }
      #expect(arrival == statuses.count)
    }
  }

  @Test(arguments: Recording.family("redis-fixed-window-counter"))
  func redisCounter(recording: Recording) throws {
    let limit = try #require(recording.configuration["limit"]?.integer)
    let width = try #require(recording.configuration["window_ms"]?.integer)
    let rate = RateLimit(limit, per: .milliseconds(Int64(width)))
    var window = RateLimiter(
      .fixedWindow(FixedWindow(rate, anchor: .firstRequest, isCountingDenied: true)))
    for step in try #require(recording.observed.items) {
      let now = Instant.zero + .milliseconds(Int64(step["at_ms"]?.integer ?? 0))
      for reply in step["replies"]?.items ?? [] {
        let decision = window.acquire(at: now)
        guard case .fixedWindow(let state) = window.algorithm else { return }
        let said = JSONText.list([.number(decision.isAdmitted ? 1 : 0), .number(state.count)])
        #expect(said.agrees(with: reply), "at \(now)")
      }
    }
  }

  @Test(arguments: Recording.family("haproxy-http-req-rate"))
  func haproxyRate(recording: Recording) throws {
    let store = try #require(recording.configuration["store"]?.string)
    let inside = store.split(whereSeparator: { $0 == "(" || $0 == ")" })
    let period = try #require(inside.count > 1 ? TimeSpan(text: String(inside[1])) : nil)
    let samples = try #require(recording.observed.items)
    let first = samples.first?["rate_in_3_runs"]?.items?.first?.integer
    let burst = try #require(first)
    var limiter = RateLimiter(
      .slidingCounter(
        SlidingWindowCounter(
          RateLimit(1_000_000, per: period), anchor: .firstRequest, isCountingDenied: true)))
    for _ in 0..<burst { _ = limiter.acquire(at: .zero) }
    guard case .slidingCounter(let counter) = limiter.algorithm else { return }
    for sample in samples {
      let seen = (sample["rate_in_3_runs"]?.items ?? []).compactMap(\.integer)
      let at = Instant.zero + TimeSpan(seconds: try #require(sample["t_s"]?.double))
      let low = try #require(seen.min())
      let high = try #require(seen.max())
      // The table was read a little after the time named: within 20 ms.
      let late = counter.estimate(at: at + .milliseconds(20))
      #expect(counter.estimate(at: at) >= low && late <= high, "at \(at)")
    }
  }
}
