import Kernel

/// Functions that only put samples in order.
extension PromEngine {
  func sorted(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let samples = try vector(arguments[0], moment)
    switch function {
    case .sortByLabel, .sortByLabelDescending:
      let names = arguments.dropFirst().map(\.writtenText)
      let isDown = function == .sortByLabelDescending
      return samples.sorted { left, right in
        Self.comesFirst(left.labels, right.labels, by: names, isDown: isDown)
      }
    default:
      return Self.ordered(samples, isRising: function == .sort)
    }
  }

  /// By value, those that are not numbers last.
  static func ordered(_ samples: [PromSample], isRising: Bool) -> [PromSample] {
    samples.enumerated().sorted { left, right in
      let (one, other) = (left.element.value, right.element.value)
      if one.isNaN || other.isNaN || one == other {
        return one.isNaN == other.isNaN ? left.offset < right.offset : other.isNaN
      }
      return isRising ? one < other : one > other
    }.map(\.element)
  }

  /// By the labels called `names` in a natural order, and by all labels where those are the same.
  private static func comesFirst(
    _ left: MetricLabels, _ right: MetricLabels, by names: [String], isDown: Bool
  ) -> Bool {
    for name in names where left[name] != right[name] {
      let (one, other) = (NaturalText(left[name]), NaturalText(right[name]))
      return isDown ? other < one : one < other
    }
    return isDown ? right < left : left < right
  }
}

/// A text that sorts as people sort: `api-2` before `api-10`.
struct NaturalText: Comparable {
  private let parts: [Substring]
  private let text: String

  init(_ text: String) {
    self.text = text
    var parts: [Substring] = []
    var rest = Substring(text)
    while let first = rest.utf8.first {
      let isDigit = Self.isDigit(first)
      let part = rest.prefix { ($0.utf8.first.map(Self.isDigit) ?? false) == isDigit }
      parts.append(part)
      rest = rest.dropFirst(part.count)
    }
    self.parts = parts
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  static func < (left: NaturalText, right: NaturalText) -> Bool {
    for (one, other) in zip(left.parts, right.parts) where one != other {
      if let small = Int(one), let large = Int(other), small != large { return small < large }
      return one < other
    }
    return left.parts.count < right.parts.count
  }
}
