import Kernel
import Patterns

extension Topic {
  /// Metrics, logs and traces: what a system tells of itself, and what of it is true.
  public static let observability = Topic(
    id: "observability",
    scenarios: [MonitoringScenario(), DashboardScenario(), LoggingScenario(), TracingScenario()],
    presets: [
      MetricsBench.prometheus, GrafanaPreset.tool, LogPresets.loki, LogPresets.elk,
      TracesBench.jaeger,
      TracesBench.zipkin,
    ],
    makeBench: { id in
      switch id {
      case MetricsBench.prometheus.id: MetricsBench(.prometheus)
      case GrafanaPreset.tool.id: MetricsBench(.grafana)
      case LogPresets.loki.id: LogsBench(.loki)
      case LogPresets.elk.id: LogsBench(.elk)
      case TracesBench.jaeger.id: TracesBench(.jaeger)
      case TracesBench.zipkin.id: TracesBench(.zipkin)
      default: MetricsBench()
      }
    })
}
