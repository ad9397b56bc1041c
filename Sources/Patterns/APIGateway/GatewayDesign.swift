import Kernel

/// The settings of a gateway as its machines take them, whatever tool's names they were given in.
public struct GatewayDesign: Sendable, Hashable {
  /// What tokens are held against; nil where nobody looks at tokens.
  public var verifier: TokenVerifier? = TokenVerifier()
  /// What the issuer signs with: an algorithm that the tool takes.
  public var signs = SigningAlgorithm.edDSA
  /// How the issuer's keys are kept.
  public var keys = SigningKeyCache.Options()
  /// How long the consumer of an API key is remembered; zero for not at all, nil for ever.
  public var apiKeyLife: TimeSpan? = .zero
  /// How often a node asks which API keys were revoked; zero for never.
  public var apiKeyPoll = TimeSpan.zero
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
