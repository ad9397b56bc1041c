/// The factor that one slip leaves in an answer, by which it is recognised.
struct SlipSignature: Sendable, Hashable {
  let cause: SlipCause
  /// The wrong answer over the right one.
  let ratio: Double
  /// What happened, to follow "that is".
  let phrase: String
  /// Whether what it names takes part in the step at all.
  var takesPart = true

  /// The lower, the likelier when two fit equally well.
  var rank: Int {
    switch cause {
    case .own: 0
    case .given(_, let role, _) where role != .size && takesPart: 1
    case .given: 2
    case .bits: 3
    case .time: 4
    case .prefix: 5
    case .zeros: 6
    }
  }

  /// Whether the two can come together in one answer: a slip does not come twice, and zeros are
  /// too common a factor to be half of an explanation.
  func goesWith(_ other: SlipSignature) -> Bool {
    switch (cause, other.cause) {
    case (.zeros, _), (_, .zeros), (.bits, .bits), (.prefix, .prefix), (.own, .own): false
    case (.given(let first, _, _), .given(let second, _, _)): first != second
    case (.time(let first), .time(let second)): first != second
    default: true
    }
  }
}

extension SlipSignature {
  /// Bits and bytes, both ways, in a result with information to the given power.
  static func bits(informationExponent exponent: Int) -> [SlipSignature] {
    [8, 1.0 / 8].map { ratio in
      // Without information in the result, either way round may have been meant.
      let phrase =
        exponent == 0
        ? "bits and bytes mixed up"
        : (ratio > 1) == (exponent > 0) ? "bits taken for bytes" : "bytes taken for bits"
      return SlipSignature(cause: .bits, ratio: ratio, phrase: phrase)
    }
  }

  /// Steps of the prefixes, both ways.
  static func prefixes(hasInformation: Bool, hasTime: Bool) -> [SlipSignature] {
    let examples = [
      "thousand and million", hasInformation ? "MB and GB" : nil, hasTime ? "ms and s" : nil,
    ].compactMap { $0 }.joined(separator: ", or ")
    return (1...3).flatMap { power in
      let factor = 1_000.0.raised(to: power)
      let steps = power == 1 ? "one step" : power == 2 ? "two steps" : "three steps"
      let phrase =
        power == 1
        ? "\(steps) of the prefixes (\(examples) mixed up)" : "\(steps) of the prefixes"
      return [factor, 1 / factor].map {
        SlipSignature(cause: .prefix(power), ratio: $0, phrase: phrase)
      }
    }
  }

  /// One zero or two, both ways.
  static let zeros: [SlipSignature] = [(1, 10.0, "a zero"), (2, 100.0, "two zeros")].flatMap {
    count, factor, words in
    [
      SlipSignature(cause: .zeros(count), ratio: factor, phrase: "\(words) too many"),
      SlipSignature(cause: .zeros(count), ratio: 1 / factor, phrase: "\(words) too few"),
    ]
  }

  /// A factor between units of time, both ways, in a result with time to the given power.
  static func time(_ factor: TimeFactor, timeExponent: Int) -> [SlipSignature] {
    let words = factor.words
    let (longer, shorter) = (article(words.longer) + "'s", article(words.shorter) + "'s")
    let high: String
    let low: String
    if timeExponent < 0 {
      high = "\(longer) amount taken for \(shorter)"
      low = "one division by \(words.factor) too many"
    } else if timeExponent > 0 {
      high = "\(words.shorter)s taken for \(words.longer)s"
      low = "\(words.longer)s taken for \(words.shorter)s"
    } else {
      high = "one multiplication by \(words.factor) too many"
      low = "\(shorter) amount taken for \(longer)"
    }
    return [
      SlipSignature(cause: .time(factor), ratio: factor.factor, phrase: high),
      SlipSignature(cause: .time(factor), ratio: 1 / factor.factor, phrase: low),
    ]
  }

  private static func article(_ word: String) -> String {
    (word == "hour" ? "an " : "a ") + word
  }

  /// A slip that the step alone invites, both ways.
  static func own(_ forgotten: ProblemFamily.Forgotten) -> [SlipSignature] {
    [forgotten.factor, 1 / forgotten.factor].map {
      SlipSignature(cause: .own(forgotten.factor), ratio: $0, phrase: forgotten.says)
    }
  }

  /// What happened to a given.
  static func given(
    _ given: Problem.DrawnGiven, _ role: ProblemFamily.Role, _ mishap: GivenMishap, ratio: Double,
    takesPart: Bool
  ) -> SlipSignature {
    let what = "\(role.words) (\(given.name) = \(given.text))"
    let happened =
      switch mishap {
      case .leftOut: "left out"
      case .onceTooOften: "counted once too often"
      case .turnedOver: "turned over: divided by instead of multiplied with, or the other way round"
      }
    return SlipSignature(
      cause: .given(given.name, role: role, mishap), ratio: ratio, phrase: "\(what) \(happened)",
      takesPart: takesPart)
  }
}

extension ProblemFamily.Role {
  /// What it is called in a sentence.
  var words: String {
    switch self {
    case .replication: "the replication"
    case .peak: "the peak factor"
    case .readWrite: "the ratio of reads to writes"
    case .fanOut: "the fan-out"
    case .overhead: "the overhead"
    case .share: "the share"
    case .size: "the size"
    }
  }
}
