import Kernel

/// The tools whose own parameters the gateway understands.
public enum GatewayPreset: String, Sendable, Hashable, CaseIterable {
  /// Plain names.
  case plain
  /// Kong.
  case kong
  /// nginx as a gateway.
  case nginx
  /// Express Gateway.
  case expressGateway = "express-gateway"
  /// Amazon API Gateway.
  case awsAPIGateway = "aws-api-gateway"

  /// The issuer that the shop's gateways trust, as tokens name it in `iss`.
  public static let issuer = "https://id.shop"
  /// The audience of the shop's gateways, as tokens name it in `aud`.
  public static let audience = "api.shop"

  /// The knobs with the defaults of the tool, and where they come from.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainGateway.tool
    case .kong: KongGateway.tool
    case .nginx: NginxGateway.tool
    case .expressGateway: ExpressGateway.tool
    case .awsAPIGateway: AWSGateway.tool
    }
  }

  /// The gateway that `settings` describe; they must hold the knobs of `tool`.
  public func design(_ settings: Settings) -> GatewayDesign {
    switch self {
    case .plain: PlainGateway.design(settings)
    case .kong: KongGateway.design(settings)
    case .nginx: NginxGateway.design(settings)
    case .expressGateway: ExpressGateway.design(settings)
    case .awsAPIGateway: AWSGateway.design(settings)
    }
  }
}
