import Kernel

/// Redis streams and pub/sub under the names of Redis's own parameters and options.
public enum RedisStreamsPreset {
  private static let site = "https://redis.io/docs/latest/commands/"
  private static let conf = "redis/redis 7.0, redis.conf"

  /// Options of the commands that streams are used with.
  public static let streamKnobs: [Knob] = [
    Knob(
      "MAXLEN", .integer(0...1_000_000), standard: .integer(0), source: site + "xadd",
      "The entries that XADD leaves in the stream; 0 trims nothing."),
    Knob(
      "COUNT", .integer(1...1_000), standard: .integer(1), source: site + "xreadgroup",
      "The most entries that one XREADGROUP or XAUTOCLAIM takes."),
    Knob(
      "NOACK", .flag, standard: .flag(false), source: site + "xreadgroup",
      "Whether a group hands entries out without remembering them."),
    Knob(
      "min-idle-time", .span(.zero ... .hours(1)), standard: .span(.minutes(1)),
      "How long an entry must have been out before XAUTOCLAIM takes it; it has no default."),
  ]

  /// Of the server.
  public static let serverKnobs: [Knob] = [
    Knob(
      "appendfsync", .choice(["always", "everysec", "no"]), standard: .word("everysec"),
      source: conf,
      "When the append-only file is synced: each write, each second, or by the kernel."),
    Knob(
      "client-output-buffer-limit", .integer(0...1_073_741_824), standard: .integer(33_554_432),
      source: conf, "Bytes of pub/sub that may wait for one client (hard limit); 0 is any number."),
    Knob(
      "WAIT", .integer(0...1), standard: .integer(0), source: site + "wait",
      "How many replicas must have a message before its publisher takes it for safe."),
    Knob(
      "down-after-milliseconds", .span(.seconds(1) ... .minutes(10)),
      standard: .span(.seconds(30)), source: "redis/redis 7.0, sentinel.conf",
      "How long the primary may be silent before the sentinel replaces it."),
  ]

  /// The tool, for `--as redis-streams`.
  public static let tool = ToolPreset(
    id: "redis-streams", title: "Redis 7.0, streams and pub/sub", knobs: [],
    leavesOut: [
      "BLOCK is left out: XREAD and XREADGROUP answer at once.",
      "MAXLEN ~ trims exactly here; Redis trims whole nodes of its tree.",
      "Only commands of streams and pub/sub are there; XINFO, XSETID and shard channels are not.",
    ])
}
