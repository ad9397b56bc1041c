import Kernel

/// The settings of a gateway as its machines take them, whatever tool's names they were given in.
public struct GatewayDesign: Sendable, Hashable {
  /// Whether tokens are looked at.
  public var verifies = true
  /// How far clocks may be apart.
  public var leeway = TimeSpan.zero
  /// Whether the dates of a token are looked at; Kong's plugin does not unless told to.
  public var checksDates = true
  /// How the issuer's keys are kept.
  public var keys = SigningKeyCache.Options()
  /// The limit of a consumer at one node; nil for none.
  public var limit: RateLimiter.Options?
  /// Whom it counts for.
  public var counting = GatewayNode.Counting.consumer
  /// How answers are kept.
  public var cache = ResponseCache.Options()
  /// What is changed in the headers of a request.
  public var transform = HeaderTransform()
  /// How long one try at an upstream may take.
  public var timeout = TimeSpan.seconds(60)
  /// How often a failed try is repeated.
  public var retries = 0
  /// Failures that take an instance out; 0 for never.
  public var maxFails = 0

  /// Every setting at the default named beside it.
  public init() {}
}
