import Kernel

/// A bulkhead as some tools build it, under their own names.
public enum BulkheadPreset: String, Sendable, Hashable, CaseIterable {
  /// Both kinds, under plain names.
  case plain
  /// resilience4j 2 Bulkhead: a semaphore.
  case resilience4j
  /// resilience4j 2 ThreadPoolBulkhead.
  case resilience4jPool = "resilience4j-pool"
  /// Hystrix 1.5: a pool of threads for each dependency.
  case hystrix
  /// Polly 8 concurrency limiter.
  case polly

  /// What a bulkhead is made of.
  public enum Design: Sendable, Hashable {
    /// Nothing: calls are not counted.
    case none
    /// A semaphore.
    case semaphore(SemaphoreBulkhead)
    /// A pool of threads.
    case pool(ThreadPoolBulkhead.Options)
  }

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(id: rawValue, title: "Plain bulkheads", knobs: Self.plainKnobs, leavesOut: [])
    case .resilience4j:
      ToolPreset(
        id: rawValue, title: "resilience4j 2 Bulkhead", knobs: Self.semaphoreKnobs,
        leavesOut: ["Waiting calls always get their permit in order (fairCallHandlingEnabled)."])
    case .resilience4jPool:
      ToolPreset(
        id: rawValue, title: "resilience4j 2 ThreadPoolBulkhead", knobs: Self.poolKnobs,
        leavesOut: ["The sizes follow the number of processors; four are assumed."])
    case .hystrix:
      ToolPreset(
        id: rawValue, title: "Hystrix 1.5 thread pool", knobs: Self.hystrixKnobs,
        leavesOut: ["maximumSize above coreSize is left out; it is off by default."])
    case .polly:
      ToolPreset(
        id: rawValue, title: "Polly 8 concurrency limiter", knobs: Self.pollyKnobs,
        leavesOut: ["A queued call waits until its caller cancels; here for an hour at most."])
    }
  }

  /// The bulkhead that `settings` describe; they must hold the knobs of `tool`.
  public func design(_ settings: Settings, shortcut: BulkheadShortcut? = nil) -> Design {
    switch self {
    case .plain: return Self.plainDesign(settings, shortcut: shortcut)
    case .resilience4j:
      return .semaphore(
        SemaphoreBulkhead(
          maxConcurrentCalls: settings.integer("maxConcurrentCalls"),
          maxWaitDuration: settings.span("maxWaitDuration")))
    case .resilience4jPool:
      let core = settings.integer("coreThreadPoolSize")
      return .pool(
        ThreadPoolBulkhead.Options(
          coreSize: core, maxSize: max(core, settings.integer("maxThreadPoolSize")),
          queueCapacity: settings.integer("queueCapacity"),
          keepAlive: settings.span("keepAliveDuration")))
    case .hystrix:
      let core = settings.integer("coreSize")
      let queue = settings.integer("maxQueueSize")
      return .pool(
        ThreadPoolBulkhead.Options(
          coreSize: core, maxSize: core,
          queueCapacity: queue < 0
            ? 0 : min(queue, settings.integer("queueSizeRejectionThreshold")),
          keepAlive: .minutes(1)))
    case .polly:
      let queue = settings.integer("queueLimit")
      return .semaphore(
        SemaphoreBulkhead(
          maxConcurrentCalls: settings.integer("permitLimit"),
          maxWaitDuration: queue > 0 ? .hours(1) : .zero, queueLimit: queue))
    }
  }
}
