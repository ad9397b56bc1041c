import Kernel

/// One direction between two nodes that carried something or differs from the default.
///
/// Its draws come from three streams of its own, so that the fate of its n-th message depends on
/// nothing but the seed and this link's settings: what happens on other links, and whether a
/// message before was lost or doubled, changes nothing.
struct Link: Sendable, Hashable {
  let source: NodeID
  let target: NodeID
  /// The quality set for this link alone, if one was.
  var own: LinkQuality?

  private var latency: Distribution
  private var impairment: Impairment
  private var loss = 0.0
  private var duplication = 0.0
  private var keepsOrder = false
  private var lastArrival = Instant.zero
  private var fates: RandomStream
  private var latencies: RandomStream
  private var copies: RandomStream

  init(from source: NodeID, to target: NodeID, quality: LinkQuality, seed: UInt64) {
    self.source = source
    self.target = target
    let name = "network/\(source.index)>\(target.index)/"
    fates = RandomStream(seed: seed, name: name + "fate")
    latencies = RandomStream(seed: seed, name: name + "latency")
    copies = RandomStream(seed: seed, name: name + "copy")
    latency = quality.latency
    impairment = Impairment()
    settle(quality, [])
  }

  /// Takes over the quality of the link and what `faults` do to it.
  mutating func settle(_ quality: LinkQuality, _ faults: [Fault]) {
    var impairment = Impairment()
    for fault in faults { impairment.add(fault, from: source, to: target) }
    self.impairment = impairment
    latency = quality.latency
    loss = Impairment.either(quality.loss, impairment.loss)
    duplication = Impairment.either(quality.duplication, impairment.duplication)
    keepsOrder = quality.keepsOrder
  }

  /// The fate of a message sent at `now`.
  ///
  /// Each message takes the same number of draws whatever
  /// becomes of it.
  mutating func transmit(at now: Instant) -> Arrivals {
    let span = latency.sample(&latencies)
    let isLost = fates.unit() < loss
    let isDoubled = fates.unit() < duplication
    let shift = fates.unit()
    if impairment.isCut { return .cut }
    if isLost { return .lost }
    let first = arrival(at: now, after: span, shift: shift)
    guard isDoubled else { return .once(first) }
    let second = latency.sample(&copies)
    return .twice(first, arrival(at: now, after: second, shift: copies.unit()))
  }

  private mutating func arrival(
    at now: Instant, after span: TimeSpan, shift: Double
  ) -> Instant {
    var arrival = now + impairment.delay
    arrival += impairment.slowdown == 1 ? span : span * impairment.slowdown
    if impairment.reorder > .zero { arrival += impairment.reorder * shift }
    guard keepsOrder else { return arrival }
    lastArrival = max(lastArrival, arrival)
    return lastArrival
  }
}
