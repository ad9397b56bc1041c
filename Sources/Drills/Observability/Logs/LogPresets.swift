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

  private static let index =
    "github.com/elastic/elasticsearch docs/reference/index-modules.asciidoc @8c08b393"
  private static let translog =
    "github.com/elastic/elasticsearch docs/reference/index-modules/translog.asciidoc @0d103be4"
  private static let lifecycle =
    "github.com/elastic/elasticsearch pull 118905, example-index-lifecycle-policy: logs@lifecycle"
  private static let analysis =
    "https://elastic.co/guide/en/elasticsearch/reference/8.6/specify-analyzer.html: if none is given, "
    + "standard"

  static let elk = ToolPreset(
    id: "elk", title: "Elasticsearch, Logstash, Kibana",
    knobs: [
      Knob(
        "index.refresh_interval", .span(.zero...(.hours(1))), standard: .span(.seconds(1)),
        source: index, "The time after which a line can be found; 0s stands for -1, never."),
      Knob(
        "index.number_of_replicas", .integer(0...5), standard: .integer(1), source: index,
        "Copies of every shard besides the primary."),
      Knob(
        "index.translog.durability",
        .choice(SearchIndex.Durability.allCases.map(\.rawValue)), standard: .word("request"),
        source: translog,
        "Whether a line is on disk before it is acknowledged, or at the next sync."),
      Knob(
        "index.translog.sync_interval", .span(.milliseconds(100)...(.minutes(10))),
        standard: .span(.seconds(5)), source: translog,
        "The time between two syncs, with durability=async."),
      Knob(
        "index.analysis.analyzer.default.type", .choice(["standard", "whitespace", "keyword"]),
        standard: .word("standard"), source: analysis,
        "How a text is split into words: standard makes two of user-77."),
      Knob(
        "rollover.max_primary_shard_size", .number(1_000...1e12, .bytes), standard: .number(50e9),
        source: lifecycle, "The size from which on a new index is begun."),
      Knob(
        "rollover.max_age", .span(.seconds(1)...(.hours(8_760))), standard: .span(.hours(720)),
        source: lifecycle, "The age from which on a new index is begun: 30 days."),
    ],
    leavesOut: [
      "One primary shard. No merging of segments, no fields but text and labels, no relevance: a "
        + "search finds the lines that have all words, where Elasticsearch's match wants any.",
      "index.search.idle.after: an index that nobody searches is refreshed all the same.",
      "The later phases of a lifecycle: warm, cold, delete.",
    ])
}
