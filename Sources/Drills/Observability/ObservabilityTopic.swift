import Kernel
import Patterns

extension Topic {
  /// Metrics, logs and traces: what a system tells of itself, and what of it is true.
  public static let observability = Topic(
    id: "observability", scenarios: [MonitoringScenario()], presets: [MetricsBench.prometheus],
    makeBench: { id in MetricsBench(isPrometheus: id == MetricsBench.prometheus.id) })
}
