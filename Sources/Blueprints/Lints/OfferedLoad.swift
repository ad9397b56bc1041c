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

  /// The operations that reach each component, by their names.
  public let operations: [Set<String>]

  /// The flow through `design`; a cache that is in `hitRatios` passes only its misses on.
  public init(_ design: Blueprint, hitRatios: [Int: Double] = [:]) {
    let all = DesignTables.operations(design).map(\.name)
    // Calls a second of each operation, component by component.
    var flows = design.components.map { _ in Array(repeating: 0.0, count: all.count) }
    for place in Self.order(design) {
      let component = design.components[place]
      if let load = component.load {
        for operation in load.operations {
          guard let number = all.firstIndex(of: operation.name) else { continue }
          flows[place][number] += load.rate * load.curve.peak * operation.share
        }
      }
      if let queue = component.consumes {
        for number in all.indices { flows[place][number] += flows[queue][number] }
      }
      for (_, call) in design.calls(from: place) {
        var factor = call.share * Double(call.fanOut)
        if component.kind.role == .cache, let ratio = hitRatios[place] { factor *= 1 - ratio }
        if call.isAfterMiss {
          let caches = design.calls(from: place).map(\.call.target).filter {
            design.components[$0].kind.role == .cache
          }
          if let ratio = caches.compactMap({ hitRatios[$0] }).first { factor *= 1 - ratio }
        }
        for (number, name) in all.enumerated()
        where call.operations.isEmpty || call.operations.contains(name) {
          flows[call.target][number] += flows[place][number] * factor
        }
      }
    }
    rates = flows.map { $0.reduce(0, +) }
    busy = zip(rates, design.components).map { rate, component in
      rate * (component.work.mean?.seconds ?? 0)
    }
    operations = flows.map { flow in Set(all.indices.filter { flow[$0] > 0 }.map { all[$0] }) }
  }

  /// The share of a component's places that its own work takes.
  public func use(of place: Int, in design: Blueprint, replicas: Int? = nil) -> Double {
    let component = design.components[place]
    let count = (replicas ?? component.replicas) * component.shards * component.concurrency
    return count == 0 ? .infinity : busy[place] / Double(count)
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
