import Kernel

/// How many calls a second reach each component when nothing fails, by the flow of the design alone.
///
/// Caches are taken as if they never hit, so that the figures say what arrives when they are empty;
/// with `hitRatios` they let that share through no further.
public struct OfferedLoad: Sendable {
  /// Calls a second at each component, at the peak of the load curve.
  public let rates: [Double]
  /// Places that the own work keeps busy at each component: rate times mean work.
  public let busy: [Double]

  /// The flow through `design`; a cache that is in `hitRatios` passes only its misses on.
  public init(_ design: Blueprint, hitRatios: [Int: Double] = [:]) {
    var rates = Array(repeating: 0.0, count: design.components.count)
    for place in Self.order(design) {
      let component = design.components[place]
      if let load = component.load { rates[place] += load.rate * load.curve.peak }
      if let queue = component.consumes { rates[place] += rates[queue] }
      for (_, call) in design.calls(from: place) {
        var flow = rates[place] * call.share * Double(call.fanOut)
        flow *= Self.share(of: call.operations, in: design)
        if component.kind.role == .cache, let ratio = hitRatios[place] { flow *= 1 - ratio }
        if call.isAfterMiss {
          let caches = design.calls(from: place).map(\.call.target).filter {
            design.components[$0].kind.role == .cache
          }
          if let ratio = caches.compactMap({ hitRatios[$0] }).first { flow *= 1 - ratio }
        }
        rates[call.target] += flow
      }
    }
    self.rates = rates
    busy = zip(rates, design.components).map { rate, component in
      rate * (component.work.mean?.seconds ?? 0)
    }
  }

  /// The share of a component's places that its own work takes.
  public func use(of place: Int, in design: Blueprint, replicas: Int? = nil) -> Double {
    let component = design.components[place]
    let count = (replicas ?? component.replicas) * component.shards * component.concurrency
    return count == 0 ? .infinity : busy[place] / Double(count)
  }

  private static func share(of names: [String], in design: Blueprint) -> Double {
    guard !names.isEmpty else { return 1 }
    let all = design.components.compactMap(\.load)
    let rate = all.reduce(0) { $0 + $1.rate }
    guard rate > 0 else { return 0 }
    let wanted = all.reduce(0) { sum, load in
      sum + load.rate
        * load.operations.filter { names.contains($0.name) }.reduce(0) { $0 + $1.share }
    }
    return wanted / rate
  }

  /// Components after everything that calls them; the design has no circles.
  static func order(_ design: Blueprint) -> [Int] {
    var order: [Int] = []
    var seen = Set<Int>()
    func visit(_ place: Int) {
      guard seen.insert(place).inserted else { return }
      for call in design.calls where call.source == place { visit(call.target) }
      for other in design.components.indices where design.components[other].consumes == place {
        visit(other)
      }
      order.append(place)
    }
    for place in design.components.indices { visit(place) }
    return order.reversed()
  }
}
