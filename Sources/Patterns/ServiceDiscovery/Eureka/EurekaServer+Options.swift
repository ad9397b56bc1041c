import Kernel

/// The settings of a Eureka server, under its own parameter names.
///
/// Source of names and defaults: Netflix/eureka, `DefaultEurekaServerConfig`.
public struct EurekaServerOptions: Sendable, Hashable {
  /// Share of the expected renewals below which nothing is evicted, and of the registry that a run
  /// must leave.
  public var renewalPercentThreshold = 0.85
  /// Whether too few renewals stop all evictions.
  public var enableSelfPreservation = true
  /// Time between two eviction runs.
  public var evictionInterval = TimeSpan.seconds(60)
  /// Time between two recounts of the expected clients.
  public var renewalThresholdUpdateInterval = TimeSpan.minutes(15)
  /// The heartbeat interval that the threshold assumes, whatever clients really use.
  public var expectedClientRenewalInterval = TimeSpan.seconds(30)
  /// How long the read-write cache keeps an answer that nothing invalidated.
  public var responseCacheAutoExpiration = TimeSpan.seconds(180)
  /// Time between two refreshes of the read-only cache.
  public var responseCacheUpdateInterval = TimeSpan.seconds(30)
  /// Whether readers are served from the read-only cache.
  public var useReadOnlyResponseCache = true
  /// How long a change stays in the delta.
  public var deltaRetention = TimeSpan.minutes(3)
  /// Time between two purges of the delta queue.
  public var deltaRetentionTimerInterval = TimeSpan.seconds(30)
  /// How long reads are refused when no peer had a registry to copy.
  public var waitWhenSyncEmpty = TimeSpan.minutes(5)
  /// How often a starting server asks its peers for their registry.
  public var registrySyncRetries = 5
  /// Time between two such attempts.
  public var registrySyncRetryWait = TimeSpan.seconds(30)
  /// How long an operator's override outlives its last use.
  public var overrideExpiry = TimeSpan.hours(1)
  /// Clients assumed when the server opens with an empty registry.
  ///
  /// Netflix's server assumes none, so its threshold stays 0, and nothing expires, until the first
  /// recount; Spring Cloud assumes one.
  public var defaultOpenForTrafficCount = 0
  /// A wrong way to build the server, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults of Netflix's server.
  public init() {}

  /// Netflix's server as it comes.
  public static let netflix = EurekaServerOptions()

  /// The server as Spring Cloud Netflix wraps it: one expected client from the start, no refusal
  /// of reads after an empty copy.
  ///
  /// Source: spring-cloud-netflix, `EurekaServerConfigBean` and `InstanceRegistryProperties`.
  public static let springCloud: EurekaServerOptions = {
    var options = EurekaServerOptions()
    options.defaultOpenForTrafficCount = 1
    options.waitWhenSyncEmpty = .zero
    return options
  }()
}

extension EurekaServerOptions {
  private static let config = "Netflix/eureka, DefaultEurekaServerConfig.java"

  /// The knobs of the server, named as in its configuration with `eureka.` in front.
  public static let knobs: [Knob] = [
    Knob(
      "eureka.enableSelfPreservation", .flag, standard: .flag(true), source: config,
      "Evict nothing while renewals are at or below the threshold."),
    Knob(
      "eureka.renewalPercentThreshold", .number(0...1, .ratio), standard: .number(0.85),
      source: config, "Share of the expected renewals that must be exceeded for evictions."),
    Knob(
      "eureka.evictionIntervalTimerInMs", .span(.seconds(1) ... .minutes(10)),
      standard: .span(.seconds(60)), source: config, "Time between two eviction runs."),
    Knob(
      "eureka.renewalThresholdUpdateIntervalMs", .span(.seconds(10) ... .hours(2)),
      standard: .span(.minutes(15)), source: config,
      "Time between two recounts of the expected clients."),
    Knob(
      "eureka.responseCacheUpdateIntervalMs", .span(.seconds(1) ... .minutes(5)),
      standard: .span(.seconds(30)), source: config,
      "Time between two refreshes of the read-only cache that serves readers."),
    Knob(
      "eureka.useReadOnlyResponseCache", .flag, standard: .flag(true), source: config,
      "Serve readers from the read-only cache instead of the read-write one."),
  ]

  /// The options that `settings` stand at; `settings` must hold `knobs`.
  public init(_ settings: Settings) {
    self.init()
    enableSelfPreservation = settings.flag("eureka.enableSelfPreservation")
    renewalPercentThreshold = settings.number("eureka.renewalPercentThreshold")
    evictionInterval = settings.span("eureka.evictionIntervalTimerInMs")
    renewalThresholdUpdateInterval = settings.span("eureka.renewalThresholdUpdateIntervalMs")
    responseCacheUpdateInterval = settings.span("eureka.responseCacheUpdateIntervalMs")
    useReadOnlyResponseCache = settings.flag("eureka.useReadOnlyResponseCache")
  }
}
