import Kernel

extension TimedFault {
  /// Simpler forms of the fault, the most daring first, to try when a failing plan is shrunk.
  ///
  /// Fewer nodes, then a shorter duration, then a rounder time. Each form has no simpler one that
  /// leads back, so that a search ends.
  public var simpler: [TimedFault] {
    simplerFaults.map { TimedFault(at: at, $0, for: duration) } + shorter + rounder
  }

  private var shorter: [TimedFault] {
    guard let duration, duration > Self.shortest else { return [] }
    let half = TimeSpan(nanoseconds: duration.nanoseconds / 200_000_000 * 100_000_000)
    let spans = [TimeSpan.seconds(1), half].filter { $0 >= Self.shortest && $0 < duration }
    return spans.map { TimedFault(at: at, fault, for: $0) }
  }

  private var rounder: [TimedFault] {
    let second: Int64 = 1_000_000_000
    guard at.nanoseconds % second != 0 else { return [] }
    let whole = Instant(nanoseconds: at.nanoseconds / second * second)
    return [TimedFault(at: whole, fault, for: duration)]
  }

  private var simplerFaults: [Fault] {
    switch fault {
    case .partition(let sides):
      let merged = sides.count > 2 ? [Fault.partition(Array(sides.prefix(2)))] : []
      return merged + Self.withoutOne(sides).map(Fault.partition)
    case .block(let from, let to):
      return Self.withoutOne([from, to]).map { .block(from: $0[0], to: $0[1]) }
    case .drop(let share, let scope): return Self.smaller(scope).map { .drop(share, $0) }
    case .delay(let span, let scope): return Self.smaller(scope).map { .delay(span, $0) }
    case .duplicate(let share, let scope): return Self.smaller(scope).map { .duplicate(share, $0) }
    case .reorder(let span, let scope): return Self.smaller(scope).map { .reorder(span, $0) }
    case .slowLink(let scope, let factor):
      return Self.smaller(scope).map { .slowLink($0, by: factor) }
    case .crash, .restart, .pause, .resume, .slow, .skew, .jump, .drift, .fill, .lose, .load,
      .errors, .heal:
      return []
    }
  }

  private static let shortest = TimeSpan.milliseconds(100)

  private static func smaller(_ scope: LinkScope) -> [LinkScope] {
    switch scope {
    case .everywhere: []
    case .oneWay(let from, let to):
      withoutOne([from, to]).map { .oneWay(from: $0[0], to: $0[1]) }
    case .bothWays(let left, let right):
      [.oneWay(from: left, to: right), .oneWay(from: right, to: left)]
        + withoutOne([left, right]).map { .bothWays($0[0], $0[1]) }
    }
  }

  /// The sides with one node left out, wherever a side keeps another.
  private static func withoutOne(_ sides: [[NodeID]]) -> [[[NodeID]]] {
    var forms: [[[NodeID]]] = []
    for (place, side) in sides.enumerated() where side.count > 1 {
      for node in side {
        var form = sides
        form[place] = side.filter { $0 != node }
        forms.append(form)
      }
    }
    return forms
  }
}
