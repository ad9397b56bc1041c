import Kernel

/// A published figure or the limit of a machine beside a result, so that a learner sees whether the
/// result can be right.
public struct Anchor: Sendable, Hashable {
  /// The constant that the result stands beside.
  public let constant: EstimateConstant
  /// Its figure in words.
  public let figure: String
  /// How many times the constant the result is.
  public let ratio: Double

  /// The comparison as half a sentence: `about 0.4 of one NVMe SSD`, `close to WhatsApp in 2020`.
  public var text: String {
    let isClose = ratio > 0.67 && ratio < 1.5
    if constant.kind == .published, isClose { return "close to \(constant.label)" }
    let times = FigureText.number(ratio, digits: 2)
    return ratio < 1
      ? "about \(times) of \(constant.label)" : "about \(times) times \(constant.label)"
  }
}

extension Estimator {
  /// How far off, as a factor, a published figure may be to be worth telling.
  private static let farthestPublished = 5.0
  /// How far off the limit of a machine may be.
  private static let farthestMachine = 10_000.0

  /// The nearest published figure and machine limits of the same dimension as a result.
  public func anchors(for figure: EstimateFigure) throws(EstimateComplaint) -> [Anchor] {
    guard figure.middle > 0, !figure.unit.dimension.isOne,
      let content = try? run.reference.content()
    else { return [] }
    var found: [(anchor: Anchor, distance: Double)] = []
    for constant in content.constants where constant.kind == .published || constant.kind == .machine
    {
      let value = try run.value(of: constant)
      guard value.dimension == figure.unit.dimension else { continue }
      let scope = try constant.scope()
      let own = try self.figure(value, scope.statement.range, scope)
      guard own.middle > 0 else { continue }
      let ratio = figure.middle / own.middle
      let distance = abs(PortableMath.log(ratio))
      let farthest = constant.kind == .published ? Self.farthestPublished : Self.farthestMachine
      guard distance <= PortableMath.log(farthest) else { continue }
      found.append(
        (Anchor(constant: constant, figure: own.rangeText, ratio: ratio), distance))
    }
    func nearest(_ kind: EstimateConstant.Kind, _ count: Int) -> [Anchor] {
      found.filter { $0.anchor.constant.kind == kind }.sorted { $0.distance < $1.distance }
        .prefix(count).map(\.anchor)
    }
    return nearest(.published, 1) + nearest(.machine, 2)
  }
}
