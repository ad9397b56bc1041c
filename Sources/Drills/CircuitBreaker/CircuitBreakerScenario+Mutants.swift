import Patterns

extension CircuitBreakerScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    switch tool {
    case .plain: Self.breakerMutants + Self.retryMutants + Self.ejectionMutants
    case .resilience4j: Self.resilience4jMutants
    case .hystrix:
      [
        Self.mutant(
          BreakerShortcut.keepsOpenEnd.rawValue, faults: [Self.outage],
          under: ["duration": "20s", "circuitBreaker.sleepWindowInMilliseconds": "2000"])
      ]
    case .polly:
      [
        Self.mutant(
          BreakerShortcut.admitsEveryTrial.rawValue, faults: [Self.outage],
          under: ["duration": "20s", "BreakDuration": "2s"])
      ]
    case .envoy:
      [
        Self.mutant(
          OutlierShortcut.ignoresShare.rawValue, faults: ["at 5s errors payments-1 100% for 8s"],
          under: ["duration": "20s", "callers": "2", "instances": "5"])
      ]
    }
  }

  /// The plain mechanism's mutant called `id`, under the knobs of a tool.
  private static func mutant(
    _ id: String, faults: [String], under settings: KeyValuePairs<String, String>
  ) -> Mutant {
    let all = breakerMutants + retryMutants + ejectionMutants
    guard let plain = all.first(where: { $0.id == id }) else {
      preconditionFailure("no mutant of the plain mechanism is called \(id)")
    }
    return Mutant(
      id, title: plain.title, summary: plain.summary, settings: settings, faults: faults,
      caughtBy: plain.caughtBy)
  }

  private static let resilience4jMutants = [
    mutant(
      BreakerShortcut.admitsEveryTrial.rawValue, faults: [outage],
      under: [
        "duration": "20s", "waitDurationInOpenState": "2s", "minimumNumberOfCalls": "20",
        "slidingWindowSize": "20",
      ]),
    mutant(
      BreakerShortcut.ignoresSlowness.rawValue, faults: ["at 5s slow payments x20 for 20s"],
      under: [
        "duration": "30s", "callers": "1", "rate": "10/s", "minimumNumberOfCalls": "20",
        "slidingWindowSize": "20", "slowCallRateThreshold": "50",
        "slowCallDurationThreshold": "200ms", "timeout": "5s",
      ]),
  ]

  private static let outage = "at 5s errors payments 100% for 8s"

  private static let breakerMutants = [
    Mutant(
      BreakerShortcut.admitsEveryTrial.rawValue, title: "lets everybody through while half open",
      summary: "The breaker does not count its trial calls. The moment the open time is over, the "
        + "whole load falls on a dependency that may still be down: the trial is the outage "
        + "again.",
      settings: ["breaker": "on", "duration": "20s", "breaker.open": "2s"], faults: [outage],
      caughtBy: .invariant("trial calls")),
    Mutant(
      BreakerShortcut.neverForgets.rawValue, title: "never forgets the good old days",
      summary: "The window of time does not slide, so that every success since the start counts. "
        + "After a long quiet time an outage has to outweigh all of it before the breaker opens.",
      settings: [
        "breaker": "on", "duration": "40s", "callers": "2", "retry.attempts": "1",
        "breaker.window.span": "4s",
      ],
      faults: ["at 25s errors payments 100% for 10s"],
      caughtBy: .objective("time_to_open < 5 s")),
    Mutant(
      BreakerShortcut.ignoresSlowness.rawValue, title: "does not count slow calls as slow",
      summary: "Only failures count. A dependency that answers everything, but ten times too "
        + "late, never opens the breaker.",
      settings: [
        "breaker": "on", "duration": "30s", "callers": "1", "rate": "10/s", "breaker.slow": "50%",
        "breaker.slow.after": "200ms", "timeout": "5s",
      ],
      faults: ["at 5s slow payments x20 for 20s"], caughtBy: .objective("opens > 0")),
    Mutant(
      BreakerShortcut.keepsWindow.rawValue, title: "closes with the old failures still counted",
      summary: "Closing does not empty the window. The next result is judged together with the "
        + "failures that opened it, and a healthy dependency is cut off again.",
      settings: [
        "breaker": "on", "duration": "20s", "callers": "1", "rate": "50/s", "retry.attempts": "1",
        "breaker.open": "2s", "breaker.minimum": "100",
      ],
      faults: ["at 500ms errors payments 100% for 4s"], caughtBy: .objective("false_opens < 1")),
    Mutant(
      BreakerShortcut.keepsOpenEnd.rawValue, title: "does not wait again after a failed trial",
      summary: "A failed trial opens the breaker but leaves the end of the open time in the past, "
        + "so that every call becomes the next trial and nothing is spared.",
      settings: ["breaker": "on", "duration": "20s", "breaker.open": "2s"], faults: [outage],
      caughtBy: .invariant("breaker")),
    Mutant(
      BreakerShortcut.countsFailuresOnly.rawValue, title: "counts failures but not successes",
      summary: "The share of failed calls has only failures below the line and is always 100 %. "
        + "Few failures among many calls open the breaker.",
      settings: [
        "breaker": "on", "duration": "20s", "callers": "2", "errors": "5%", "retry.attempts": "1",
      ],
      caughtBy: .objective("opens < 1")),
  ]

  private static let retryMutants = [
    Mutant(
      RetryShortcut.neverCharges.rawValue, title: "never charges the retry budget",
      summary: "The budget is asked before each retry but nothing is taken from it, so that it "
        + "never runs out and retries multiply an outage as if there were none.",
      settings: [
        "duration": "20s", "breaker": "off", "retry.attempts": "4", "retry.budget": "share",
        "retry.budget.minimum": "0",
      ],
      faults: [outage], caughtBy: .objective("amplification < 1.5")),
    Mutant(
      RetryShortcut.waitsWithoutChance.rawValue, title: "backs off without jitter",
      summary: "Everybody waits exactly the same time. Calls that failed together come back "
        + "together and the load after the outage has a peak as high as the outage was long.",
      settings: [
        "duration": "20s", "breaker": "off", "arrivals": "steady", "retry.attempts": "2",
        "retry.base": "4s", "retry.jitter": "full", "slots": "50",
      ],
      faults: ["at 5s errors payments 100% for 1s"],
      caughtBy: .objective("offered_peak < 320/s")),
    Mutant(
      RetryShortcut.miscounts.rawValue, title: "makes one attempt more than it was told",
      summary: "The first call is not counted as an attempt: 3 attempts are 3 retries, a third "
        + "more load in every outage than anybody planned for.",
      settings: ["duration": "15s", "breaker": "off"], faults: [outage],
      caughtBy: .invariant("attempts")),
    Mutant(
      TimeoutShortcut.forgetsParent.rawValue,
      title: "lets a try run on past its request's deadline",
      summary: "Each try gets its own timeout in full, however little the request has left. "
        + "Answers come after the client has gone.",
      settings: ["duration": "15s", "rate": "10/s", "deadline": "300ms", "breaker": "off"],
      faults: ["at 5s slow payments x20 for 5s"], caughtBy: .invariant("deadline")),
  ]

  private static let ejectionMutants = [
    Mutant(
      OutlierShortcut.ignoresShare.rawValue, title: "ejects more instances than its share allows",
      summary: "The detector does not look at how many are out. When all are in trouble it ejects "
        + "one after the other until nobody is left to carry the load.",
      settings: [
        "duration": "20s", "callers": "2", "instances": "5", "breaker": "off", "ejection": "on",
        "ejection.share": "40%",
      ],
      faults: (1...3).map { "at 5s errors payments-\($0) 100% for 8s" },
      caughtBy: .invariant("ejected share")),
    Mutant(
      OutlierShortcut.neverBreaksRow.rawValue, title: "counts failures in a row over successes",
      summary: "A success does not end the row, so that the fifth failure of a day ejects a "
        + "healthy instance.",
      settings: [
        "duration": "20s", "callers": "1", "instances": "5", "breaker": "off", "ejection": "on",
        "ejection.share": "40%", "errors": "2%",
      ],
      caughtBy: .objective("ejections < 1")),
    Mutant(
      OutlierShortcut.keepsOut.rawValue, title: "never lets an ejected instance back in",
      summary: "The sweep does not end ejections. Each trouble costs an instance for ever, and "
        + "the rest carry its load.",
      settings: [
        "duration": "30s", "callers": "2", "instances": "5", "breaker": "off", "ejection": "on",
        "ejection.share": "40%", "ejection.time": "3s", "ejection.interval": "1s",
      ],
      faults: ["at 5s errors payments-1 100% for 3s"], caughtBy: .objective("least_used > 50%")),
  ]
}
