import Kernel

/// The circuit breaker of Hystrix 1.5 under its own names.
///
/// Kept as in the library: the counts are not looked at after each call but when a health
/// snapshot is complete (every 500 ms by default), over the snapshots of the rolling window; the
/// sleep window must be over, not just reached, and the next call after it is the only trial; any
/// success that comes in while half open closes, any failure opens again; a trial that is
/// cancelled opens again; closing begins a new stream of snapshots. Timeouts and rejections by the
/// thread pool or semaphore are failures; short-circuited calls and bad requests count nowhere.
enum HystrixBreaker {
  private static let properties = "github.com/Netflix/Hystrix HystrixCommandProperties.java"

  static let tool = ToolPreset(
    id: CircuitBreakerPreset.hystrix.rawValue, title: "Hystrix 1.5 HystrixCircuitBreaker",
    knobs: [
      Knob(
        "circuitBreaker.requestVolumeThreshold", .integer(1...1_000_000),
        standard: .integer(20), source: properties,
        "Requests the rolling window must hold before it can trip the circuit."),
      Knob(
        "circuitBreaker.errorThresholdPercentage", .integer(1...100), standard: .integer(50),
        source: properties, "The error percentage that trips the circuit when it is reached."),
      Knob(
        "circuitBreaker.sleepWindowInMilliseconds", .integer(1...3_600_000),
        standard: .integer(5_000), source: properties,
        "Milliseconds after tripping before one attempt is let through."),
      Knob(
        "circuitBreaker.forceOpen", .flag, standard: .flag(false), source: properties,
        "Whether every request is refused; goes before forceClosed."),
      Knob(
        "circuitBreaker.forceClosed", .flag, standard: .flag(false), source: properties,
        "Whether every request is let through whatever the error percentage is."),
      Knob(
        "metrics.rollingStats.timeInMilliseconds", .integer(1...3_600_000),
        standard: .integer(10_000), source: properties,
        "The length of the rolling window in milliseconds."),
      Knob(
        "metrics.healthSnapshot.intervalInMilliseconds", .integer(1...60_000),
        standard: .integer(500), source: properties,
        "Milliseconds between two snapshots of health; only then can the circuit trip."),
    ],
    leavesOut: [
      "Thread pools and semaphores are not modelled: their rejections would count as failures.",
      "metrics.rollingStats.numBuckets only shapes dashboards in Hystrix 1.5 and is left out: the "
        + "circuit reads health snapshots.",
      "Fallbacks, request caching and collapsing are left out.",
    ])

  static func options(_ settings: Settings) -> CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    let interval = settings.integer("metrics.healthSnapshot.intervalInMilliseconds")
    let span = settings.integer("metrics.rollingStats.timeInMilliseconds")
    options.window = .snapshots(
      count: max(1, span / interval), width: .milliseconds(Int64(interval)))
    options.judgement = .snapshots
    options.minimumCalls = settings.integer("circuitBreaker.requestVolumeThreshold")
    options.failureThreshold =
      Double(settings.integer("circuitBreaker.errorThresholdPercentage")) / 100
    options.slowThreshold = nil
    options.openFor = .milliseconds(
      Int64(settings.integer("circuitBreaker.sleepWindowInMilliseconds")))
    options.isOpenEndIncluded = false
    options.trialCalls = 1
    options.trialRule = .firstResult
    options.withoutOutcome = .reopens
    options.isLateResultCounted = true
    options.isForcingResumed = true
    return options
  }

  /// What the force knobs hold the breaker to.
  static func forcing(_ settings: Settings) -> CircuitBreaker.Forcing {
    if settings.flag("circuitBreaker.forceOpen") { return .open }
    return settings.flag("circuitBreaker.forceClosed") ? .closed : .none
  }
}

extension CircuitBreakerPreset {
  /// What knobs such as Hystrix's `circuitBreaker.forceOpen` hold a breaker to.
  public func forcing(_ settings: Settings) -> CircuitBreaker.Forcing {
    switch self {
    case .hystrix: HystrixBreaker.forcing(settings)
    case .plain, .resilience4j, .polly: .none
    }
  }
}
