import Kernel
import Patterns

/// What a scenario of the chain is about: it decides which knobs are shown and where they begin.
enum ChainSubject: String, Sendable, Hashable, CaseIterable {
  /// Retries at up to three layers.
  case retry
  /// Timeouts and deadlines down the chain.
  case timeout
  /// Second copies of slow calls.
  case hedging
  /// Keys that make a repeated write harmless.
  case idempotency

  var title: String {
    switch self {
    case .retry: "Three services that retry, one behind the other"
    case .timeout: "Three services that wait for each other"
    case .hedging: "A store of several replicas, called with hedges"
    case .idempotency: "A charge that is sent through two services, and sent again"
    }
  }

  /// The values at which this subject's knobs differ from the chain's, as text.
  var standards: [(name: String, text: String)] {
    switch self {
    case .retry: [("retry.at", "all")]
    case .timeout: []
    case .hedging:
      [
        ("instances", "6"), ("slots", "4"), ("service.shape", "tail"), ("hedge", "off"),
        ("timeout.edge", "2500ms"), ("timeout.middle", "2s"),
      ]
    case .idempotency:
      [
        ("writes", "on"), ("retry.at", "client"), ("timeout.client", "1s"),
        ("timeout.edge", "900ms"), ("timeout.middle", "800ms"),
      ]
    }
  }

  /// The first parts of the names of knobs that this subject shows.
  var shown: [String] {
    switch self {
    case .retry, .timeout: ["retry", "timeout", "deadline", "writes"]
    case .hedging: ["hedge", "retry", "timeout", "deadline", "writes"]
    case .idempotency: ["key", "retry", "timeout", "deadline", "writes"]
    }
  }
}
