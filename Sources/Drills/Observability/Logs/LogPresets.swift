import Kernel
import Patterns

/// Loki and Elasticsearch under their own names.
enum LogPresets {
  static let lokiSource = "github.com/grafana/loki pkg/validation/limits.go @012354ef"

  static let loki = ToolPreset(
    id: "loki", title: "Loki",
    knobs: [
      Knob(
        "max_global_streams_per_user", .integer(1...1_000_000), standard: .integer(5_000),
        source: lokiSource, "The most streams."),
      Knob(
        "max_label_names_per_series", .integer(1...100), standard: .integer(15),
        source: lokiSource, "The most labels of a stream."),
      Knob(
        "max_line_size", .number(100...1e7, .bytes), standard: .number(262_144),
        source: lokiSource, "The longest line: 256KB, which are 1,024 bytes each."),
    ],
    leavesOut: [
      "Rates of ingestion, structured metadata, chunks on object storage, LogQL beyond labels and "
        + "words."
    ])

  static let elk = ToolPreset(
    id: "elk", title: "Elasticsearch, Logstash, Kibana", knobs: [],
    leavesOut: [
      "Analyzers other than splitting at what is neither letter nor digit, fields, relevance, "
        + "shards, and the refresh interval."
    ])
}
