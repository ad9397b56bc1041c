import Kernel
import Patterns
import Testing

/// Each preset against a naive model that keeps the whole history and counts it anew each time.
@Suite struct CircuitBreakerModelTests {
  @Test(arguments: CircuitBreakerPreset.allCases, 0..<12)
  func agreesWithANaiveModel(preset: CircuitBreakerPreset, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "breaker/\(preset.rawValue)")
    let options = Self.drawnOptions(preset, &random)
    var breaker = CircuitBreaker(options)
    var model = NaiveBreaker(options)
    var flying: [(real: CircuitBreaker.Permit, era: Int)] = []
    var now = Instant.zero
    for step in 0..<3_000 {
      now += Self.drawnPause(&random)
      while let change = breaker.advance(to: now) {
        #expect(CircuitBreaker.isArrow(from: change.from, to: change.to))
      }
      model.advance(to: now)
      if flying.isEmpty || random.chance(0.55) {
        let answer = breaker.tryAcquire(at: now)
        let expected = model.tryAcquire(at: now)
        if case .permitted(let permit) = answer {
          #expect(expected, "step \(step): the model refuses")
          flying.append((permit, model.era))
        } else {
          #expect(!expected, "step \(step): the model lets through")
        }
      } else {
        let call = flying.remove(at: random.below(flying.count))
        let outcome: CircuitBreaker.Outcome =
          random.chance(0.1) ? .ignored : random.chance(0.45) ? .failure : .success
        let took = random.chance(0.3) ? options.slowAfter + .milliseconds(1) : .zero
        breaker.record(outcome, for: call.real, took: took, at: now)
        model.record(outcome, isSlow: took > options.slowAfter, era: call.era, at: now)
      }
      #expect(breaker.phase == model.phase, "step \(step) at \(now)")
      if let violation = breaker.checkInvariants() {
        Issue.record("step \(step): \(violation)")
      }
      guard breaker.phase == model.phase else { return }
    }
  }

  /// Pauses on a grid, so that events meet the ends of buckets and windows exactly.
  private static func drawnPause(_ random: inout RandomStream) -> TimeSpan {
    switch random.below(40) {
    case 0: .seconds(Int64(random.below(20)))
    case 1...4: .milliseconds(Int64(5 * random.below(400)))
    default: .milliseconds(Int64(5 * random.below(12)))
    }
  }

  private static func drawnOptions(
    _ preset: CircuitBreakerPreset, _ random: inout RandomStream
  ) -> CircuitBreaker.Options {
    var options = preset.standardOptions
    options.minimumCalls = 1 + random.below(12)
    options.failureThreshold = Double(1 + random.below(10)) / 10
    options.slowThreshold = preset == .resilience4j ? Double(1 + random.below(10)) / 10 : nil
    options.slowAfter = .milliseconds(100)
    options.openFor = .milliseconds(Int64(5 * (20 + random.below(600))))
    switch preset {
    case .plain:
      options.trialRule = random.chance(0.5) ? .allSucceed : .firstResult
      options.trialCalls = 1 + random.below(4)
      options.isLateResultCounted = random.chance(0.5)
      options.consecutiveFailures = random.chance(0.5) ? 3 + random.below(4) : nil
    case .resilience4j:
      options.window =
        random.chance(0.5)
        ? .calls(1 + random.below(20))
        : .clockBuckets(count: 1 + random.below(6), width: .seconds(1))
      options.trialCalls = 1 + random.below(8)
      options.isHalfOpenAutomatic = random.chance(0.5)
      options.trialLimit =
        random.chance(0.5) ? .milliseconds(Int64(5 * (1 + random.below(180)))) : nil
      options.isTrialLimitClosing = random.chance(0.5)
    case .hystrix:
      options.window = .snapshots(count: 1 + random.below(20), width: .milliseconds(500))
    case .polly:
      options.window = .eventBuckets(
        count: 10, width: .milliseconds(Int64(5 * (1 + random.below(20)))))
    }
    return options
  }
}

/// A breaker written for clarity only: it keeps every result and looks back over all of them.
struct NaiveBreaker {
  let options: CircuitBreaker.Options
  var phase = CircuitBreaker.Phase.closed
  var era = 0
  private var results: [Result] = []
  private var trials: [Result] = []
  private var since = Instant.zero
  private var openUntil = Instant.zero
  private var credit = 0
  private var checkedUntil = Instant.zero

  private struct Result {
    let at: Instant
    let isFailure: Bool
    let isSlow: Bool
  }

  init(_ options: CircuitBreaker.Options) { self.options = options }

  mutating func tryAcquire(at now: Instant) -> Bool {
    switch phase {
    case .closed:
      return true
    case .open:
      guard options.isOpenEndIncluded ? now >= openUntil : now > openUntil else { return false }
      enter(.halfOpen, at: now)
      credit -= 1
      return true
    case .halfOpen:
      guard credit > 0 else { return false }
      credit -= 1
      return true
    }
  }

  mutating func record(
    _ outcome: CircuitBreaker.Outcome, isSlow: Bool, era: Int, at now: Instant
  ) {
    if era != self.era && !options.isLateResultCounted { return }
    var isFailure = outcome == .failure
    if outcome == .ignored {
      switch options.withoutOutcome {
      case .releases:
        if phase == .halfOpen { credit += 1 }
        return
      case .reopens:
        if phase == .halfOpen { enter(.open, at: now) }
        return
      case .succeeds:
        isFailure = false
      }
    }
    let result = Result(at: now, isFailure: isFailure, isSlow: isSlow)
    switch phase {
    case .open: return
    case .closed:
      results.append(result)
      if let row = options.consecutiveFailures, results.count >= row,
        results.suffix(row).allSatisfy(\.isFailure)
      {
        return enter(.open, at: now)
      }
      switch options.judgement {
      case .snapshots: return
      case .everyFailure: if !isFailure { return }
      case .everyResult: break
      }
      if isTripping(remembered(at: now)) { enter(.open, at: now) }
    case .halfOpen:
      trials.append(result)
      judgeTrials(at: now)
    }
  }

  mutating func advance(to now: Instant) {
    if case .snapshots(let count, let width) = options.window, phase == .closed {
      // Boundaries lie on a grid from the moment the stream began.
      var end = since
      while end + width <= now {
        end += width
        guard end > checkedUntil else { continue }
        let begin = max(since, end - width * count)
        let seen = results.filter { $0.at >= begin && $0.at < end }
        if isTripping(seen) {
          enter(.open, at: end)
          break
        }
      }
      checkedUntil = now
    }
    if phase == .open, options.isHalfOpenAutomatic, openUntil <= now {
      enter(.halfOpen, at: openUntil)
    }
    if phase == .halfOpen, let limit = options.trialLimit, since + limit <= now {
      enter(options.isTrialLimitClosing ? .closed : .open, at: since + limit)
      advance(to: now)
    }
  }

  private mutating func judgeTrials(at now: Instant) {
    let failed = trials.contains(where: \.isFailure)
    switch options.trialRule {
    case .firstResult: enter(failed ? .open : .closed, at: now)
    case .allSucceed:
      if failed {
        enter(.open, at: now)
      } else if trials.count >= options.trialCalls {
        enter(.closed, at: now)
      }
    case .thresholds:
      guard trials.count >= min(options.minimumCalls, options.trialCalls) else { return }
      enter(isOver(trials) ? .open : .closed, at: now)
    }
  }

  private func remembered(at now: Instant) -> [Result] {
    switch options.window {
    case .calls(let count):
      return results.suffix(count)
    case .clockBuckets(let count, let width):
      let bucket = now.nanoseconds / width.nanoseconds
      return results.filter { $0.at.nanoseconds / width.nanoseconds > bucket - Int64(count) }
    case .snapshots:
      return []
    case .eventBuckets(let count, let width):
      var starts: [Instant] = []
      var kept: [Result] = []
      for result in results {
        if starts.last.map({ result.at - $0 >= width }) ?? true { starts.append(result.at) }
        if now - (starts.last ?? now) < width * count { kept.append(result) }
      }
      return kept
    }
  }

  private func isTripping(_ seen: [Result]) -> Bool {
    var minimum = options.minimumCalls
    if case .calls(let count) = options.window { minimum = min(minimum, count) }
    return !seen.isEmpty && seen.count >= minimum && isOver(seen)
  }

  private func isOver(_ seen: [Result]) -> Bool {
    let count = Double(seen.count)
    let failed = Double(seen.filter(\.isFailure).count) / count
    let slow = Double(seen.filter(\.isSlow).count) / count
    return failed >= options.failureThreshold ?? 2 || slow >= options.slowThreshold ?? 2
  }

  private mutating func enter(_ next: CircuitBreaker.Phase, at now: Instant) {
    phase = next
    era += 1
    since = now
    checkedUntil = now
    switch next {
    case .closed: results = []
    case .open: openUntil = now + options.openFor
    case .halfOpen:
      trials = []
      credit = options.trialCalls
    }
  }
}
