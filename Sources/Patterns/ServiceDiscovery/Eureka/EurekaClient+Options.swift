import Kernel

/// The settings of a Eureka client, under its own parameter names.
///
/// Source of names and defaults: Netflix/eureka, `DefaultEurekaClientConfig`, `LeaseInfo`.
public struct EurekaClientOptions: Sendable, Hashable {
  /// Whether the client registers itself and sends heartbeats.
  public var registerWithEureka = true
  /// Whether the client keeps a copy of the registry.
  public var fetchRegistry = true
  /// Time between two heartbeats.
  public var leaseRenewalInterval = TimeSpan.seconds(30)
  /// Time without heartbeat after which the lease should end.
  public var leaseExpirationDuration = TimeSpan.seconds(90)
  /// Time between two fetches of the registry.
  public var registryFetchInterval = TimeSpan.seconds(30)
  /// Delay before the first registration.
  public var initialInstanceInfoReplicationInterval = TimeSpan.seconds(40)
  /// Time between two checks whether the own data changed and must be registered again.
  public var instanceInfoReplicationInterval = TimeSpan.seconds(30)
  /// How long a call waits for its answer.
  public var readTimeout = TimeSpan.seconds(8)
  /// How many servers one call tries.
  public var tries = 3
  /// Whether only instances in status UP are shown to callers.
  public var filterOnlyUpInstances = true
  /// Whether the whole registry is fetched each time instead of the changes.
  public var disableDelta = false

  /// The defaults of Netflix's client.
  public init() {}

  /// Netflix's client as it comes.
  public static let netflix = EurekaClientOptions()
}

extension EurekaClientOptions {
  private static let config = "Netflix/eureka, DefaultEurekaClientConfig.java"
  private static let lease = "Netflix/eureka, LeaseInfo.java"

  /// The knobs of the client, named as in its configuration with `eureka.` in front.
  public static let knobs: [Knob] = [
    Knob(
      "eureka.leaseRenewalIntervalInSeconds", .span(.seconds(1) ... .minutes(5)),
      standard: .span(.seconds(30)), source: lease, "Time between two heartbeats."),
    Knob(
      "eureka.leaseExpirationDurationInSeconds", .span(.seconds(2) ... .minutes(15)),
      standard: .span(.seconds(90)), source: lease,
      "Lease duration; a renewed lease really lives twice as long."),
    Knob(
      "eureka.registryFetchIntervalSeconds", .span(.seconds(1) ... .minutes(10)),
      standard: .span(.seconds(30)), source: config,
      "Time between two fetches of the registry by a caller."),
    Knob(
      "eureka.filterOnlyUpInstances", .flag, standard: .flag(true), source: config,
      "Show callers only instances in status UP."),
  ]

  /// The options that `settings` stand at; `settings` must hold `knobs`.
  public init(_ settings: Settings) {
    self.init()
    leaseRenewalInterval = settings.span("eureka.leaseRenewalIntervalInSeconds")
    leaseExpirationDuration = settings.span("eureka.leaseExpirationDurationInSeconds")
    registryFetchInterval = settings.span("eureka.registryFetchIntervalSeconds")
    filterOnlyUpInstances = settings.flag("eureka.filterOnlyUpInstances")
  }
}
