import Patterns

extension Topic {
  /// An API gateway: routes, tokens, limits, answers kept and put together.
  public static let apiGateway = Topic(
    id: "api-gateway", scenarios: [APIGatewayScenario()],
    presets: GatewayPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in GatewayBench(preset: id.flatMap { GatewayPreset(rawValue: $0) } ?? .plain) })
}
