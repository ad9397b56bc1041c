import Kernel

/// The network between the nodes: it decides when, and whether, a message arrives.
///
/// It holds a default for all links and state only for those that were used or differ. It keeps no
/// messages: `transmit` returns the instants of arrival and the caller schedules them. A message
/// under way when a partition begins still arrives. Bandwidth and queues in switches are left out.
public struct Network: Sendable {
  /// What a link without a setting of its own is like.
  public private(set) var standard: LinkQuality
  /// What has become of the messages so far.
  public private(set) var counts = MessageCounts()
  /// The faults in force on links, in the order they began.
  public private(set) var faults: [Fault] = []

  private let seed: UInt64
  private var table = LinkTable()
  private var links: [Link] = []

  /// A network whose links are all like `standard`, with the random streams of `seed`.
  public init(_ standard: LinkQuality, seed: UInt64) {
    self.standard = standard
    self.seed = seed
  }

  /// Sends a message at `now` and returns when it arrives.
  ///
  /// A node reaches itself at once and without loss.
  public mutating func transmit(
    from source: NodeID, to target: NodeID, at now: Instant
  ) -> Arrivals {
    counts.sent += 1
    guard source != target else { return .once(now) }
    let arrivals = links[number(from: source, to: target)].transmit(at: now)
    switch arrivals {
    case .once: break
    case .twice: counts.duplicated += 1
    case .lost: counts.lost += 1
    case .cut: counts.cut += 1
    }
    return arrivals
  }

  /// Sets what the link from `source` to `target` is like; nil gives it the default back.
  public mutating func setQuality(
    from source: NodeID, to target: NodeID, _ quality: LinkQuality?
  ) {
    let number = number(from: source, to: target)
    links[number].own = quality
    links[number].settle(quality ?? standard, faults)
  }

  /// Sets what all links without a setting of their own are like.
  public mutating func setStandard(_ quality: LinkQuality) {
    standard = quality
    settleAll()
  }

  /// Whether a partition cuts the link from `source` to `target`.
  public func isCut(from source: NodeID, to target: NodeID) -> Bool {
    faults.contains { fault in
      var impairment = Impairment()
      impairment.add(fault, from: source, to: target)
      return impairment.isCut
    }
  }

  /// Puts exactly `faults`, which are about links, into force.
  mutating func setFaults(_ faults: [Fault]) {
    self.faults = faults
    settleAll()
  }

  private mutating func settleAll() {
    for number in links.indices { links[number].settle(links[number].own ?? standard, faults) }
  }

  private mutating func number(from source: NodeID, to target: NodeID) -> Int {
    if let number = table.number(from: source, to: target) { return number }
    var link = Link(from: source, to: target, quality: standard, seed: seed)
    link.settle(standard, faults)
    links.append(link)
    return table.add(from: source, to: target)
  }
}
