import Kernel

/// Every topic that has a working mechanism; a new topic is one line here.
public enum TopicRegistry {
  /// The topics in the order of the roadmap.
  public static let topics: [Topic] = [
    .loadBalancing, .rateLimiting, .caching, .serviceDiscovery, .distributedTransactions,
    .eventDriven, .messageQueues, .sharding, .consistency, .cqrs, .apiGateway, .serviceMesh,
    .observability, .failover, .disasterRecovery, .circuitBreaker, .retry, .timeout, .bulkhead,
    .hedging, .loadShedding, .backpressure, .idempotency, .sidecar, .stranglerFig,
  ]

  /// The topic called `id`.
  public static func topic(_ id: String) throws(Diagnostic) -> Topic {
    guard let topic = topics.first(where: { $0.id == id }) else {
      throw Diagnostic.unknown("topic with a bench", id, known: topics.map(\.id))
        .listed(by: "roadmap")
    }
    return topic
  }

  /// The scenario called `id`.
  public static func scenario(_ id: String) throws(Diagnostic) -> any Scenario {
    let scenarios = topics.flatMap(\.scenarios)
    guard let scenario = scenarios.first(where: { $0.id == id }) else {
      throw .unknown("scenario", id, known: scenarios.map(\.id))
    }
    return scenario
  }
}
