import Kernel

/// The rate limiters that can be had: the plain one with every knob, and those of tools under their
/// own names.
public enum RateLimiterPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option of the mechanism under plain names.
  case plain
  /// nginx, ngx_http_limit_req_module.
  case nginx
  /// redis-cell, CL.THROTTLE.
  case redisCell = "redis-cell"
  /// HAProxy, http_req_rate of a stick table.
  case haproxy
  /// Kong Gateway, the rate-limiting plugin.
  case kong
  /// Express Gateway, the rate-limit policy.
  case expressGateway = "express-gateway"
  /// Amazon API Gateway, the account's throttle.
  case awsAPIGateway = "aws-api-gateway"
  /// resilience4j, RateLimiter.
  case resilience4j
  /// Polly 8, the concurrency limiter.
  case polly

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainLimiter.tool
    case .nginx: NginxLimitReq.tool
    case .redisCell: RedisCellLimiter.tool
    case .haproxy: HAProxyLimiter.tool
    case .kong: KongLimiter.tool
    case .expressGateway: ExpressGatewayLimiter.tool
    case .awsAPIGateway: AWSGatewayLimiter.tool
    case .resilience4j: Resilience4jLimiter.tool
    case .polly: PollyLimiter.tool
    }
  }

  /// The limiter that `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> RateLimiter.Options {
    switch self {
    case .plain: PlainLimiter.options(settings)
    case .nginx: NginxLimitReq.options(settings)
    case .redisCell: RedisCellLimiter.options(settings)
    case .haproxy: HAProxyLimiter.options(settings)
    case .kong: KongLimiter.options(settings)
    case .expressGateway: ExpressGatewayLimiter.options(settings)
    case .awsAPIGateway: AWSGatewayLimiter.options(settings)
    case .resilience4j: Resilience4jLimiter.options(settings)
    case .polly: PollyLimiter.options(settings)
    }
  }

  /// The limiter with every knob at its default.
  public var standardOptions: RateLimiter.Options { options(Settings(tool.knobs)) }
}
