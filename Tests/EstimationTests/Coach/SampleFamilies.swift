import Estimation
import Kernel

/// Families that tests draw problems from.
enum SampleFamilies {
  /// From users to servers, with every role that a chain usually has.
  static let chain = ProblemFamily(
    id: "photo-chain", title: "Photos", topic: "estimation", minutes: 8,
    story: "A network has {users}; each posts {rate}, of {size} each. At the peak {peak} times as "
      + "many come, {copies} copies are kept, and {ratio} are read for one that is written.",
    givens: [
      .init("users", .draw("50M to 800M users")),
      .init("rate", .oneOf(["0.5 photos/user/day", "2 photos/user/day", "5 photos/user/day"])),
      .init("size", .draw("0.2 MB/photo to 0.9 MB/photo"), role: .size),
      .init("peak", .value("2.5"), role: .peak),
      .init("copies", .value("3"), role: .replication),
      .init("ratio", .value("40"), role: .readWrite),
      .init("index", .value("1.3"), role: .overhead),
    ],
    steps: [
      .init(name: "average", ask: "Photos a second?", formula: "users * rate -> photos/s"),
      .init(name: "top", ask: "At the peak?", formula: "average * peak -> photos/s"),
      .init(name: "egress", ask: "Out?", formula: "top * ratio * size -> Gbit/s"),
      .init(
        name: "storage", ask: "A year?",
        formula: "users * rate * size * copies * index * 1 year -> PB",
        forgot: [.init(factor: 5, says: "The smaller versions were forgotten.")]),
      .init(
        name: "servers", ask: "Servers?", formula: "ceil(top / (0.5 photos/s/server))",
        hint: "One makes 0.5 a second."),
    ],
    debrief: "Peak, copies and units: say them aloud.")

  /// One step without time and information.
  static let plain = ProblemFamily(
    id: "shards", title: "Shards", topic: "database-sharding", minutes: 1,
    story: "There are {rows}, and a shard holds {each}.",
    givens: [
      .init("rows", .draw("1 billion to 90 billion rows")),
      .init("each", .value("20M rows/shard")),
    ],
    steps: [.init(name: "shards", ask: "How many shards?", formula: "rows / each")],
    debrief: "Divide.")

  /// The chain with one part replaced.
  static func chain(
    story: String? = nil, units: [String] = [], givens: [ProblemFamily.Given]? = nil,
    steps: [ProblemFamily.Step]? = nil
  ) -> ProblemFamily {
    ProblemFamily(
      id: chain.id, title: chain.title, topic: chain.topic, minutes: chain.minutes,
      story: story ?? chain.story, units: units, givens: givens ?? chain.givens,
      steps: steps ?? chain.steps, debrief: chain.debrief)
  }
}

extension Problem {
  /// A number in base units as the answer to a step, with so many digits, in the step's own unit.
  func answer(_ value: Double, to place: Int, digits: Int) throws -> EstimateAnswer {
    let unit = answers[place].unit
    let scale = PortableMath.power(10, PortableMath.log10(value / unit.scale).rounded(.down))
    let mantissa = DecimalText.fixed(value / unit.scale / scale, decimals: digits - 1)
    return try answer("\(mantissa)e\(Self.exponent(scale)) \(unit.text)", to: place)
  }

  private static func exponent(_ scale: Double) -> Int {
    Int(PortableMath.log10(scale).rounded())
  }

  /// What the named value comes to, in base units.
  func value(_ name: String) throws -> Double {
    let outcome = try Estimator(model).outcome(of: name)
    return outcome?.figure?.middle ?? .nan
  }
}
