import Kernel

/// The retry policies that can be had: the plain one with every knob, and those of tools under
/// their own names.
public enum RetryPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option of the mechanism under plain names.
  case plain
  /// resilience4j 2 Retry.
  case resilience4j
  /// Polly 8 retry strategy.
  case polly
  /// Envoy route retry policy with the cluster's retry budget.
  case envoy
  /// AWS SDK standard retry mode, as in botocore.
  case aws
  /// gRPC retryPolicy and retryThrottling.
  case grpc

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainRetry.tool
    case .resilience4j: LibraryRetry.resilience4j
    case .polly: LibraryRetry.polly
    case .envoy: ProtocolRetry.envoy
    case .aws: ProtocolRetry.aws
    case .grpc: ProtocolRetry.grpc
    }
  }

  /// The policy that `settings` describe; they must hold the knobs of `tool`.
  public func policy(_ settings: Settings) -> RetryPolicy {
    switch self {
    case .plain: PlainRetry.policy(settings)
    case .resilience4j: LibraryRetry.resilience4jPolicy(settings)
    case .polly: LibraryRetry.pollyPolicy(settings)
    case .envoy: ProtocolRetry.envoyPolicy(settings)
    case .aws: ProtocolRetry.awsPolicy(settings)
    case .grpc: ProtocolRetry.grpcPolicy(settings)
    }
  }

  /// The rule of the budget that `settings` describe.
  public func budget(_ settings: Settings) -> RetryBudget.Rule {
    switch self {
    case .plain: PlainRetry.budget(settings)
    case .resilience4j, .polly: .unlimited
    case .envoy: ProtocolRetry.envoyBudget(settings)
    case .aws: ProtocolRetry.awsBudget
    case .grpc: ProtocolRetry.grpcBudget(settings)
    }
  }
}
