import Kernel

/// The circuit breakers that can be had: the plain one with every knob, and those of libraries
/// under their own names.
public enum CircuitBreakerPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option of the mechanism under plain names.
  case plain
  /// resilience4j 2.
  case resilience4j
  /// Hystrix 1.5.
  case hystrix
  /// Polly 8.
  case polly

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainBreaker.tool
    case .resilience4j: Resilience4jBreaker.tool
    case .hystrix: HystrixBreaker.tool
    case .polly: PollyBreaker.tool
    }
  }

  /// The breaker that `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> CircuitBreaker.Options {
    switch self {
    case .plain: PlainBreaker.options(settings)
    case .resilience4j: Resilience4jBreaker.options(settings)
    case .hystrix: HystrixBreaker.options(settings)
    case .polly: PollyBreaker.options(settings)
    }
  }

  /// The breaker with every knob at its default.
  public var standardOptions: CircuitBreaker.Options { options(Settings(tool.knobs)) }
}
