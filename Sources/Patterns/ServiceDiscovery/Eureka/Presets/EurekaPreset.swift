import Kernel

extension ToolPreset {
  /// Netflix Eureka as it comes.
  public static let eureka = ToolPreset(
    id: "eureka", title: "Netflix Eureka (server and client defaults of the main branch)",
    knobs: EurekaServerOptions.knobs + EurekaClientOptions.knobs,
    leavesOut: [
      "Remote regions, zones, ASG status, secure addresses and the rate limiter are left out.",
      "The recount of expected clients counts the server's own registry, where the real one asks "
        + "its built-in client.",
      "A batch to a peer goes out one at a time; the real server has up to 20 threads for them.",
      "Spring Cloud's wrapper differs: it expects one client from the start and does not refuse "
        + "reads after an empty copy (EurekaServerOptions.springCloud).",
    ])
}
