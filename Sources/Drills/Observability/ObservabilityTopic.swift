import Kernel
import Patterns

extension Topic {
  /// Metrics, logs and traces: what a system tells of itself, and what of it is true.
  public static let observability = Topic(
    id: "observability",
    scenarios: [MonitoringScenario(), LoggingScenario(), TracingScenario()],
    presets: [
      MetricsBench.prometheus, LogPresets.loki, LogPresets.elk, TracesBench.jaeger,
      TracesBench.zipkin,
    ],
    makeBench: { id in
      switch id {
      case MetricsBench.prometheus.id: MetricsBench(isPrometheus: true)
      case LogPresets.loki.id: LogsBench(.loki)
      case LogPresets.elk.id: LogsBench(.elk)
      case TracesBench.jaeger.id: TracesBench(.jaeger)
      case TracesBench.zipkin.id: TracesBench(.zipkin)
      default: MetricsBench()
      }
    })
}
