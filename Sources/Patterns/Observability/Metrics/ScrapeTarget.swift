/// One process that is scraped: what its last scrape brought, so that series which are gone can be
/// ended.
public struct ScrapeTarget: Sendable, Equatable {
  /// The labels that every sample of the target gets, `job` and `instance` among them.
  public let labels: MetricLabels
  private let shortcut: MonitoringShortcut?
  /// What the process calls a series, and what it is called in the store.
  private var names: [MetricLabels: MetricLabels] = [:]
  /// The series of the last good scrape, in order.
  public private(set) var seen: [MetricLabels] = []
  /// Whether the last scrape succeeded.
  public private(set) var isUp = false
  /// Scrapes that failed.
  public private(set) var failures = 0

  /// The target `instance` of `job`.
  public init(job: String, instance: String, shortcut: MonitoringShortcut? = nil) {
    labels = MetricLabels([("job", job), ("instance", instance)])
    self.shortcut = shortcut
  }

  /// Writes into `store` what a scrape at `time` brought; nil is a scrape that failed.
  ///
  /// A failed scrape ends every series of the target, and `up` says 0.
  public mutating func scraped(
    _ samples: [(labels: MetricLabels, value: Double)]?, _ store: inout SeriesStore,
    at time: Int64
  ) {
    var now: [MetricLabels] = []
    for (own, value) in samples ?? [] {
      let full = name(of: own)
      store.append(full, value, at: time)
      now.append(full)
    }
    if samples == nil { failures += 1 }
    if samples != nil || shortcut != .leavesSeriesOpen { end(now, &store, at: time) }
    isUp = samples != nil
    var up = labels
    up[MetricLabels.nameLabel] = "up"
    store.append(up, isUp ? 1 : 0, at: time)
  }

  private mutating func end(
    _ now: [MetricLabels], _ store: inout SeriesStore, at time: Int64
  ) {
    if now != seen {
      let present = Set(now)
      for old in seen where !present.contains(old) {
        store.append(old, SeriesStore.stale, at: time)
      }
    }
    seen = now
  }

  private mutating func name(of own: MetricLabels) -> MetricLabels {
    if let known = names[own] { return known }
    var full = own
    for label in labels.all { full[label.name] = label.value }
    names[own] = full
    return full
  }
}
