import OrderedCollections

/// The metrics that one process keeps of itself: counters, gauges and histograms.
///
/// It lives in memory: a process that starts anew starts at 0, which is what a counter reset is.
public struct MetricRegistry: Sendable, Equatable {
  struct Child: Sendable, Equatable {
    var value = 0.0
    /// For a histogram the observations of each bucket, cumulative, `+Inf` last.
    var buckets: [Double] = []
    var sum = 0.0
  }

  struct Family: Sendable, Equatable {
    let name: String
    let kind: ExpositionFamily.Kind
    let help: String
    let bounds: [Double]
    var children: OrderedDictionary<MetricLabels, Child> = [:]
  }

  /// The upper bounds that Prometheus' clients give a histogram, in seconds.
  ///
  /// Source: github.com/prometheus/client_golang prometheus/histogram.go, DefBuckets.
  public static let standardBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private let shortcut: MonitoringShortcut?
  private(set) var families: OrderedDictionary<String, Family> = [:]

  /// A registry without metrics.
  public init(shortcut: MonitoringShortcut? = nil) { self.shortcut = shortcut }

  /// Declares a metric; `bounds` are the upper bounds of a histogram without `+Inf`.
  public mutating func declare(
    _ name: String, _ kind: ExpositionFamily.Kind, help: String, bounds: [Double] = []
  ) {
    guard families[name] == nil else { return }
    families[name] = Family(name: name, kind: kind, help: help, bounds: bounds)
  }

  /// The kind of the metric called `name`, if it is declared.
  public func kind(_ name: String) -> ExpositionFamily.Kind? { families[name]?.kind }

  /// Adds to a counter or a gauge.
  public mutating func add(
    _ amount: Double = 1, to name: String, _ labels: MetricLabels = MetricLabels()
  ) {
    families[name]?.children[labels, default: Child()].value += amount
  }

  /// Sets a gauge.
  public mutating func set(
    _ value: Double, of name: String, _ labels: MetricLabels = MetricLabels()
  ) {
    families[name]?.children[labels, default: Child()].value = value
  }

  /// Counts an observation in a histogram.
  public mutating func observe(
    _ value: Double, in name: String, _ labels: MetricLabels = MetricLabels()
  ) {
    guard let bounds = families[name]?.bounds else { return }
    let first = bounds.firstIndex { value <= $0 } ?? bounds.count
    let last = shortcut == .countsOneBucket ? first : bounds.count
    let empty = Child(buckets: Array(repeating: 0, count: bounds.count + 1))
    families[name]?.children[labels, default: empty].observe(value, first...last)
  }

  /// Every series with its value, as a scrape finds it.
  public var samples: [(labels: MetricLabels, value: Double)] {
    var samples: [(labels: MetricLabels, value: Double)] = []
    for family in families.values {
      for (labels, child) in family.children {
        guard family.kind == .histogram else {
          samples.append((Self.named(family.name, labels), child.value))
          continue
        }
        for (place, count) in child.buckets.enumerated() {
          var bucket = Self.named(family.name + "_bucket", labels)
          bucket["le"] = Self.bound(family.bounds, place)
          samples.append((bucket, count))
        }
        samples.append((Self.named(family.name + "_sum", labels), child.sum))
        samples.append((Self.named(family.name + "_count", labels), child.value))
      }
    }
    return samples
  }

  /// The metrics in the text format in which a scrape gets them.
  public var text: String { text(as: .prometheus) }

  /// The metrics in one of the two text formats.
  ///
  /// OpenMetrics names a counter's family without the `_total` that its samples must have, and ends
  /// with `# EOF`, so that a text cut short is seen.
  public func text(as format: ExpositionFormat) -> String {
    var text = ""
    for family in families.values where !family.children.isEmpty {
      let isBare =
        format == .openMetrics && family.kind == .counter && family.name.hasSuffix("_total")
      let name = isBare ? String(family.name.dropLast("_total".count)) : family.name
      text += "# HELP \(name) \(family.help)\n"
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, child) in family.children {
        for (own, extra, value) in Self.lines(family, child) {
          let isLacking =
            format == .openMetrics && family.kind == .counter && !own.hasSuffix("_total")
          var all = labels
          if let extra { all["le"] = extra }
          let rest = all.all.map { "\($0.name)=\(GoText.quoted($0.value))" }
          text += own + (isLacking ? "_total" : "")
          text += rest.isEmpty ? "" : "{" + rest.joined(separator: ",") + "}"
          text += " \(GoText.shortest(value))\n"
        }
      }
    }
    return format == .openMetrics ? text + "# EOF\n" : text
  }

  private static func lines(
    _ family: Family, _ child: Child
  ) -> [(name: String, le: String?, value: Double)] {
    guard family.kind == .histogram else { return [(family.name, nil, child.value)] }
    return child.buckets.enumerated().map { place, count in
      (family.name + "_bucket", bound(family.bounds, place), count)
    } + [(family.name + "_sum", nil, child.sum), (family.name + "_count", nil, child.value)]
  }

  private static func bound(_ bounds: [Double], _ place: Int) -> String {
    place < bounds.count ? GoText.shortest(bounds[place]) : "+Inf"
  }

  private static func named(_ name: String, _ labels: MetricLabels) -> MetricLabels {
    var labels = labels
    labels[MetricLabels.nameLabel] = name
    return labels
  }

  /// What is wrong with the histograms, or nil.
  public var histogramFault: String? {
    for family in families.values where family.kind == .histogram {
      for child in family.children.values {
        if zip(child.buckets, child.buckets.dropFirst()).contains(where: { $0 > $1 }) {
          return "a bucket of \(family.name) counts less than the one below it"
        }
        if let last = child.buckets.last, last != child.value {
          return "the bucket +Inf of \(family.name) has \(GoText.general(last)) of "
            + "\(GoText.general(child.value)) observations"
        }
      }
    }
    return nil
  }
}

extension MetricRegistry.Child {
  fileprivate mutating func observe(_ value: Double, _ places: ClosedRange<Int>) {
    for place in places { buckets[place] += 1 }
    sum += value
    self.value += 1
  }
}
