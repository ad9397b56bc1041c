import Kernel

extension BulkheadPreset {
  static let plainRow = PresetRow<Design>("Plain bulkheads", knobs: plainKnobs) {
    plainDesign($0, shortcut: nil)
  }

  private static let plainKnobs = [
    Knob(
      "isolation", .choice(["none", "semaphore", "pool"]), standard: .word("none"),
      "What keeps the calls to a dependency apart: nothing, a count, or threads of their own."),
    Knob(
      "max", .integer(1...10_000), standard: .integer(20),
      "Calls to a dependency at a time (semaphore), or threads of its pool."),
    Knob(
      "max.wait", .span(.zero...(.minutes(1))), standard: .span(.zero),
      source: "resilience4j BulkheadConfig: 0",
      "How long a call waits for a permit, on its own thread (semaphore)."),
    Knob(
      "pool.core", .integer(1...10_000), standard: .integer(20),
      "Threads that are made before calls are queued (pool); max is used when the queue is full."),
    Knob(
      "pool.queue", .integer(0...100_000), standard: .integer(0),
      source: "Hystrix maxQueueSize: -1, no queue", "Calls that wait for a thread (pool)."),
  ]

  /// The plain bulkhead that `settings` describe, built in a wrong way for drills; nil for the
  /// right one.
  public static func plainDesign(_ settings: Settings, shortcut: BulkheadShortcut?) -> Design {
    switch settings.word("isolation") {
    case "semaphore":
      return .semaphore(
        SemaphoreBulkhead(
          maxConcurrentCalls: settings.integer("max"),
          maxWaitDuration: settings.span("max.wait")))
    case "pool":
      let most = settings.integer("max")
      return .pool(
        ThreadPoolBulkhead.Options(
          coreSize: min(most, settings.integer("pool.core")), maxSize: most,
          queueCapacity: settings.integer("pool.queue"), shortcut: shortcut))
    default: return .none
    }
  }

  private static let semaphoreSource =
    "github.com/resilience4j/resilience4j bulkhead/BulkheadConfig.java @af9e7c97"

  static let semaphoreRow = PresetRow<Design>(
    "resilience4j 2 Bulkhead", knobs: semaphoreKnobs,
    leavesOut: ["Waiting calls always get their permit in order (fairCallHandlingEnabled)."]
  ) { settings in
    .semaphore(
      SemaphoreBulkhead(
        maxConcurrentCalls: settings.integer("maxConcurrentCalls"),
        maxWaitDuration: settings.span("maxWaitDuration")))
  }

  private static let semaphoreKnobs = [
    Knob(
      "maxConcurrentCalls", .integer(1...10_000), standard: .integer(25),
      source: semaphoreSource, "Calls at a time."),
    Knob(
      "maxWaitDuration", .span(.zero...(.hours(1))), standard: .span(.zero),
      source: semaphoreSource, "How long a thread waits to get in."),
  ]

  private static let poolSource =
    "github.com/resilience4j/resilience4j bulkhead/ThreadPoolBulkheadConfig.java @05a4c30a"

  static let poolRow = PresetRow<Design>(
    "resilience4j 2 ThreadPoolBulkhead", knobs: poolKnobs,
    leavesOut: ["The sizes follow the number of processors; four are assumed."]
  ) { settings in
    let core = settings.integer("coreThreadPoolSize")
    return .pool(
      ThreadPoolBulkhead.Options(
        coreSize: core, maxSize: max(core, settings.integer("maxThreadPoolSize")),
        queueCapacity: settings.integer("queueCapacity"),
        keepAlive: settings.span("keepAliveDuration")))
  }

  private static let poolKnobs = [
    Knob(
      "maxThreadPoolSize", .integer(1...10_000), standard: .integer(4),
      source: poolSource + ": the number of processors", "Threads at most."),
    Knob(
      "coreThreadPoolSize", .integer(1...10_000), standard: .integer(3),
      source: poolSource + ": the number of processors less one",
      "Threads that are made before calls are queued."),
    Knob(
      "queueCapacity", .integer(1...100_000), standard: .integer(100), source: poolSource,
      "Calls that wait for a thread."),
    Knob(
      "keepAliveDuration", .span(.zero...(.hours(1))), standard: .span(.milliseconds(20)),
      source: poolSource, "How long a thread above the core lives without work."),
  ]

  private static let hystrixSource =
    "github.com/Netflix/Hystrix HystrixThreadPoolProperties.java @00d8ecb9"

  static let hystrixRow = PresetRow<Design>(
    "Hystrix 1.5 thread pool", knobs: hystrixKnobs,
    leavesOut: ["maximumSize above coreSize is left out; it is off by default."]
  ) { settings in
    let core = settings.integer("coreSize")
    let queue = settings.integer("maxQueueSize")
    return .pool(
      ThreadPoolBulkhead.Options(
        coreSize: core, maxSize: core,
        queueCapacity: queue < 0
          ? 0 : min(queue, settings.integer("queueSizeRejectionThreshold")),
        keepAlive: .minutes(1)))
  }

  private static let hystrixKnobs = [
    Knob(
      "coreSize", .integer(1...10_000), standard: .integer(10), source: hystrixSource,
      "Threads of the pool."),
    Knob(
      "maxQueueSize", .integer(-1...100_000), standard: .integer(-1), source: hystrixSource,
      "The size of the queue; -1 for none (SynchronousQueue)."),
    Knob(
      "queueSizeRejectionThreshold", .integer(0...100_000), standard: .integer(5),
      source: hystrixSource, "Calls in the queue at which it refuses, even if it has room."),
  ]

  private static let pollySource =
    "github.com/App-vNext/Polly src/Polly.RateLimiting/RateLimiterConstants.cs @173d6d1d"

  static let pollyRow = PresetRow<Design>(
    "Polly 8 concurrency limiter", knobs: pollyKnobs,
    leavesOut: ["A queued call waits until its caller cancels; here for an hour at most."]
  ) { settings in
    let queue = settings.integer("queueLimit")
    return .semaphore(
      SemaphoreBulkhead(
        maxConcurrentCalls: settings.integer("permitLimit"),
        maxWaitDuration: queue > 0 ? .hours(1) : .zero, queueLimit: queue))
  }

  private static let pollyKnobs = [
    Knob(
      "permitLimit", .integer(1...100_000), standard: .integer(1_000), source: pollySource,
      "Calls at a time."),
    Knob(
      "queueLimit", .integer(0...100_000), standard: .integer(0), source: pollySource,
      "Calls that wait for a permit."),
  ]
}
