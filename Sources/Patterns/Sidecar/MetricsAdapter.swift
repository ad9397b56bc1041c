import Kernel

/// The adapter in its second use: it turns the StatsD lines of an application into the metrics that
/// Prometheus scrapes.
///
///     orders.placed:1|c     ─▶ orders_placed_total        a counter
///     queue.depth:7|g       ─▶ queue_depth                a gauge
///     db.latency:320|ms     ─▶ db_latency_seconds         a histogram, in the base unit
///
/// The application is not touched, and every service looks alike from outside.
///
/// **What was counted is what is exposed, and the text reads without a complaint.**
///
/// Source: github.com/statsd/statsd docs/metric_types.md for the lines; Burns and Oppenheimer, Design
/// patterns for container-based distributed systems, section 4.3.
public struct MetricsAdapter: Sendable, Equatable {
  /// The metrics as they are exposed.
  public private(set) var registry = MetricRegistry()
  /// Lines that were taken.
  public private(set) var taken = 0
  /// Lines that could not be read.
  public private(set) var refused = 0
  private let shortcut: SidecarShortcut?

  /// An adapter that has seen nothing.
  public init(shortcut: SidecarShortcut? = nil) { self.shortcut = shortcut }

  /// Takes one StatsD line; false when it cannot be read.
  public mutating func take(_ line: String) -> Bool {
    guard let (name, value, kind) = Self.parts(line) else {
      refused += 1
      return false
    }
    taken += 1
    switch kind {
    case "c":
      registry.declare(name + "_total", .counter, help: "Counted by the application.")
      registry.add(value, to: name + "_total")
    case "g":
      registry.declare(name, .gauge, help: "Set by the application.")
      registry.set(value, of: name)
    default:
      registry.declare(
        name + "_seconds", .histogram, help: "Timed by the application.",
        bounds: MetricRegistry.standardBounds)
      registry.observe(
        shortcut == .keepsMilliseconds ? value : value / 1_000, in: name + "_seconds")
    }
    return true
  }

  private static func parts(_ line: String) -> (name: String, value: Double, kind: String)? {
    let halves = line.split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count == 2, let first = halves[0].utf8.first,
      (0x61...0x7a).contains(first),
      halves[0].utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2e || $0 == 0x5f
      })
    else { return nil }
    let rest = halves[1].split(separator: "|", omittingEmptySubsequences: false)
    guard rest.count == 2, let value = Double(rest[0]), value.isFinite, value >= 0,
      ["c", "g", "ms"].contains(rest[1])
    else { return nil }
    let name = String(halves[0].map { $0 == "." ? "_" : $0 })
    return (name, value, String(rest[1]))
  }

  /// What is exposed, as a scrape reads it.
  public var text: String { registry.text }
}
