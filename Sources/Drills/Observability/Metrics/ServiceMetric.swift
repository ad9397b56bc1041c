import Kernel
import Patterns

/// What a run measures of the service and its clients, whoever looks at it and by what.
enum ServiceMetric {
  case outages, badShare, p99, samples

  var metric: Metric {
    switch self {
    case .outages:
      Metric(
        "outages", .count,
        "Times in which more than harm.above of the clients' requests went wrong over harm.span.")
    case .badShare:
      Metric(
        "bad_share", .fraction, "The share of all requests that failed or took too long.")
    case .p99: Metric("p99_true", .seconds, "99 % of all answers truly took no longer.")
    case .samples: Metric("samples", .count, "Samples stored.")
    }
  }
}

extension MonitoringWorld {
  /// What came of it in this run.
  func measured(_ metric: ServiceMetric) -> Measurement {
    let value: Double? =
      switch metric {
      case .outages: Double(truth.outages.count)
      case .badShare: truth.badShare
      case .p99: truth.p99
      case .samples: Double(store.sampleCount)
      }
    return Measurement(metric.metric.name, value, metric.metric.unit)
  }
}
