import Kernel
import Testing

@testable import Estimation

@Suite("Slips")
struct SlipTests {
  /// The chain worked out by hand from the learner's own figures.
  private func naive(_ problem: Problem, step: Int, _ own: [Double]) throws -> Double {
    let (users, rate) = (try problem.value("users"), try problem.value("rate"))
    let size = try problem.value("size")
    return switch step {
    case 0: users * rate
    case 1: own[0] * 2.5
    case 2: own[1] * 40 * size
    case 3: users * rate * size * 3 * 1.3 * 365 * 86_400
    default: (own[1] / 0.5).rounded(.up)
    }
  }

  @Test(
    "a planted slip is named, and what follows from it counts as right", arguments: PlantedSlip.all)
  func plantedSlipsAreNamed(planted: PlantedSlip) throws {
    for seed: UInt64 in 0..<12 {
      let problem = try SampleFamilies.chain.problem(seed: seed)
      var own: [Double] = []
      var answers: [EstimateAnswer?] = []
      for step in problem.steps.indices {
        let right = try naive(problem, step: step, own)
        let value = step == planted.step ? right * planted.factor : right
        // Two digits, as people say figures.
        let answer = try problem.answer(value, to: step, digits: 2)
        answers.append(answer)
        own.append(answer.middle)
      }
      let grade = try problem.grade(answers)
      for (step, grade) in grade.steps.enumerated() {
        if step == planted.step {
          let slip = grade.slip
          #expect(slip.map { Set($0.causes) } == planted.causes, "\(seed): \(grade.sentence)")
          #expect(slip?.isTooHigh == (planted.factor > 1))
          #expect(grade.sentence.contains(planted.says), "\(grade.sentence)")
          #expect(grade.band != .exact)
        } else {
          #expect(grade.band == .exact && grade.slip == nil, "\(seed): \(grade.sentence)")
          #expect(grade.score > 0.95)
        }
      }
    }
  }

  @Test("the sentence of eight says what a tired person needs")
  func sentences() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    func sentence(_ step: Int, _ factor: Double) throws -> String {
      let answers: [EstimateAnswer?] = (0..<step).map { _ in nil }
      let value = problem.answers[step].middle * factor
      let answer = try problem.answer(value, to: step, digits: 3)
      let grade = try problem.grade(answers + [answer])
      return grade.steps[step].sentence
    }
    #expect(try sentence(2, 8) == "8 times too high: that is bits taken for bytes.")
    #expect(
      try sentence(0, 86_400)
        == "86,400 times too high: that is a day's amount taken for a second's.")
    #expect(
      try sentence(3, 1.0 / 3)
        == "3 times too low: that is the replication (copies = 3) left out.")
    #expect(try sentence(3, 0.2) == "5 times too low: The smaller versions were forgotten.")
    let plain = try sentence(4, 1 / 3.1)
    #expect(plain == "Fine: within about three times. 3.1 times too low.")
    #expect(try sentence(1, 1.0) == "Right.")
  }

  @Test("a factor that nothing explains gets no slip", arguments: [0.323, 1.7, 4.4, 5.6, 17])
  func unknownFactors(factor: Double) throws {
    for seed: UInt64 in 0..<12 {
      let problem = try SampleFamilies.chain.problem(seed: seed)
      let answer = try problem.answer(problem.answers[0].middle * factor, to: 0, digits: 3)
      let grade = try problem.grade([answer]).steps[0]
      #expect(grade.slip == nil, "\(grade.sentence)")
    }
  }

  @Test("slips of time and of information come up only where these take part")
  func slipsThatCannotOccur() throws {
    let problem = try SampleFamilies.plain.problem(seed: 3)
    for factor in [8.0, 24, 60, 365, 3_600, 86_400] {
      let answer = try problem.answer(problem.answers[0].middle * factor, to: 0, digits: 3)
      let slip = try problem.grade([answer]).steps[0].slip
      #expect(slip == nil, "\(slip?.sentence ?? "")")
    }
    // Only seconds take part in the second step of the chain, so nobody mixed up days there.
    let chain = try SampleFamilies.chain.problem(seed: 3)
    let answer = try chain.answer(chain.answers[1].middle * 24, to: 1, digits: 3)
    #expect(try chain.grade([nil, answer]).steps[1].slip == nil)
    // But an answer a day brings the day in.
    let unit = "\(chain.answers[1].middle) photos/day"
    let daily = try chain.grade([nil, chain.answer(unit, to: 1)]).steps[1].slip
    #expect(daily?.causes == [.time(.secondsOfDay)])
  }

  @Test("most random factors stay unexplained, so a named slip means something")
  func silence() throws {
    var stream = RandomStream(seed: 1, name: "factors")
    var named = 0
    for seed: UInt64 in 0..<400 {
      let problem = try SampleFamilies.chain.problem(seed: seed % 40)
      let factor = PortableMath.exp(PortableMath.log(2) + stream.unit() * PortableMath.log(500))
      let ratio = stream.chance(0.5) ? factor : 1 / factor
      let step = Int(seed % 5)
      let answer = try problem.answer(problem.answers[step].middle * ratio, to: step, digits: 3)
      let passed: [EstimateAnswer?] = (0..<step).map { _ in nil }
      if try problem.grade(passed + [answer]).steps[step].slip != nil { named += 1 }
    }
    #expect(named < 120, "\(named) of 400")
  }

  @Test("the shortcut of 100,000 seconds a day is told from rounding and is no slip")
  func roundDay() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    // 2,083 a second: 180 million a day over 100,000 are 1,800; 2.1k and 2k are only rounded.
    for (line, isShortcut) in [
      ("1.8k photos/s", true), ("1,800 photos/s", true), ("2.1k photos/s", false),
      ("2k photos/s", false), ("2,080 photos/s", false), ("1.9k photos/s", false),
    ] {
      let grade = try problem.grade([problem.answer(line, to: 0)]).steps[0]
      let cause = grade.difference?.cause
      #expect((cause == .roundDay) == isShortcut, "\(line): \(grade.sentence)")
      #expect(grade.slip == nil)
    }
    let sentence = try problem.grade([problem.answer("1.8k photos/s", to: 0)]).steps[0].sentence
    #expect(sentence.contains("13.6% too low"))
    #expect(sentence.contains("a shortcut worth 15.7% and no slip"))
    // The shortcut beside a slip: 1,800 a second, and the peak applied on top.
    let both = try problem.grade([problem.answer("4.5k photos/s", to: 0)]).steps[0].slip
    #expect(both?.causes == [.given("peak", role: .peak, .onceTooOften)])
    #expect(both?.sentence.contains("100,000 seconds") == true)
  }

  @Test("GiB for GB shows only in digits that can show it")
  func binaryPrefixes() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let storage = problem.answers[3].middle
    func cause(_ ratio: Double, _ digits: Int) throws -> FineDifference.Cause? {
      let answer = try problem.answer(storage * ratio, to: 3, digits: digits)
      let grade = try problem.grade([nil, nil, nil, answer]).steps[3]
      #expect(grade.slip == nil && grade.band == .exact)
      return grade.difference?.cause
    }
    // The unit is PB, so the power is 5: 1.024^5 = 1.1259.
    let five = PortableMath.power(1.024, 5)
    #expect(try cause(five, 4) == .binaryPrefix(5))
    #expect(try cause(1 / five, 4) == .binaryPrefix(5))
    #expect(try cause(five, 1) == nil)
    #expect(try cause(1.07, 4) == nil)
    #expect(try cause(1, 4) == nil)
    // An overhead of 1.3 is too small for a slip, and within what is good.
    let low = try problem.grade([nil, nil, nil, problem.answer(storage / 1.3, to: 3, digits: 3)])
    #expect(low.steps[3].difference?.cause == .given("index", .leftOut))
    #expect(low.steps[3].band == .good && low.steps[3].slip == nil)
  }

  @Test("the nearer slip is named; of two that fit equally well, the likelier one")
  func nearestThenLikeliest() {
    func signature(_ cause: SlipCause, _ ratio: Double) -> SlipSignature {
      SlipSignature(cause: cause, ratio: ratio, phrase: "it")
    }
    func causes(_ signatures: [SlipSignature], _ ratio: Double) -> [SlipCause]? {
      SlipFinder(signatures: signatures, roundDay: nil)
        .slip(ratio: ratio, rounding: 0, band: .miss)?.causes
    }
    let near = [signature(.own(7.6), 7.6), signature(.bits, 8)]
    #expect(causes(near, 8.05) == [.bits])
    #expect(causes(near, 7.65) == [.own(7.6)])
    let tied = [signature(.zeros(1), 8), signature(.bits, 8), signature(.own(8), 8)]
    #expect(causes(tied, 8.01) == [.own(8)])
    // 72 is 24 times 3, and nearly 8 times 9.1, which are the likelier slips.
    let pairs = [
      signature(.time(.hoursOfDay), 24), signature(.prefix(1), 3), signature(.bits, 8),
      signature(.own(9.1), 9.1),
    ]
    #expect(causes(pairs, 72) == [.bits, .own(9.1)])
    #expect(causes(Array(pairs.prefix(3)), 72) == [.time(.hoursOfDay), .prefix(1)])
    #expect(causes(pairs, 1 / 72.0) == nil)
  }

  @Test("nothing is said of a difference that the digits cannot show")
  func digitsLimitDifferences() {
    let finder = SlipFinder(signatures: [], roundDay: 0.864)
    func cause(_ ratio: Double, halfStep: Double, power: Int?) -> FineDifference.Cause? {
      finder.fineDifference(
        ratio: ratio, rounding: PortableMath.log1p(halfStep), power: power)?.cause
    }
    // 2,300 in one digit is 2,000, which 100,000 seconds a day would give as well.
    #expect(cause(2_000.0 / 2_300, halfStep: 0.5 / 2, power: nil) == nil)
    #expect(cause(2_000.0 / 2_300, halfStep: 0.5 / 200, power: nil) == .roundDay)
    // 2.4 % lie between the powers: two digits below 42 cannot tell them apart.
    #expect(cause(1.073_741_824, halfStep: 0.5 / 20, power: 3) == nil)
    #expect(cause(1.073_741_824, halfStep: 0.5 / 80, power: 3) == .binaryPrefix(3))
    #expect(cause(1.073_741_824, halfStep: 0.5 / 80, power: 2) == nil)
  }

  @Test("a conversion within a formula brings its units in")
  func conversionsTakePart() throws {
    let family = ProblemFamily(
      id: "rows", title: "Rows", topic: "estimation", minutes: 1, story: "",
      givens: [.init("rate", .value("300 rows/s"))],
      steps: [
        .init(
          name: "shards", ask: "Shards?", formula: "(rate -> rows/day) / (0.5 rows/s/shard)")
      ], debrief: "")
    let problem = try family.problem(seed: 1)
    let grade = try problem.grade([problem.answer("52M shards", to: 0)])
    #expect(grade.steps[0].slip?.causes == [.time(.secondsOfDay)])
  }

  @Test("a given of the step is blamed before one that the step has no use for")
  func blamesWhatTakesPart() throws {
    let family = ProblemFamily(
      id: "copies", title: "Copies", topic: "estimation", minutes: 1, story: "",
      givens: [
        .init("peak", .value("3"), role: .peak), .init("data", .value("7 TB")),
        .init("copies", .value("3"), role: .replication),
      ],
      steps: [.init(name: "disk", ask: "Disk?", formula: "data * copies")], debrief: "")
    let problem = try family.problem(seed: 1)
    let grade = try problem.grade([problem.answer("63 TB", to: 0)]).steps[0]
    #expect(grade.slip?.causes == [.given("copies", role: .replication, .onceTooOften)])
  }

  @Test("in a span of time bits and bytes may have been mixed up either way")
  func bitsInSpans() throws {
    let family = ProblemFamily(
      id: "copying", title: "Copying", topic: "estimation", minutes: 1, story: "",
      givens: [.init("data", .value("50 TB")), .init("link", .value("10 Gbit/s"))],
      steps: [.init(name: "time", ask: "How long?", formula: "data / link -> hours")], debrief: "")
    let problem = try family.problem(seed: 1)
    let grade = try problem.grade([problem.answer("1.4 hours", to: 0)]).steps[0]
    #expect(grade.sentence.hasSuffix("bits and bytes mixed up."), "\(grade.sentence)")
  }

  @Test("months are mixed up only where a span of a month takes part")
  func spansTakePart() throws {
    for (retention, causes) in [("90 days", [SlipCause.time(.daysOfMonth)]), ("2 days", nil)] {
      let family = ProblemFamily(
        id: "logs", title: "Logs", topic: "estimation", minutes: 1, story: "",
        givens: [
          .init("rate", .value("5 TB/day")), .init("retention", .value(retention)),
        ],
        steps: [.init(name: "disk", ask: "Disk?", formula: "rate * retention -> TB")],
        debrief: "")
      let problem = try family.problem(seed: 1)
      let answer = try problem.answer("\(problem.answers[0].middle / 8e12 / 30) TB", to: 0)
      #expect(try problem.grade([answer]).steps[0].slip?.causes == causes)
    }
  }

  @Test("a range that holds the figure has no slip, wherever its middle lies")
  func heldRangesHaveNoSlip() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let held = try problem.grade([problem.answer("1k to 27k photos/s", to: 0)]).steps[0]
    #expect(held.isHeld == true && held.slip == nil)
    let missed = try problem.grade([problem.answer("5k to 5.4k photos/s", to: 0)]).steps[0]
    #expect(missed.slip?.causes == [.given("peak", role: .peak, .onceTooOften)])
  }

  @Test("a factor of 2 left out is named even where the answer counts as good")
  func slipsWithinGood() throws {
    let family = SampleFamilies.chain(
      givens: SampleFamilies.chain.givens.map {
        $0.name == "peak" ? .init("peak", .value("2"), role: .peak) : $0
      })
    let problem = try family.problem(seed: 7)
    let answer = try problem.answer(problem.answers[1].middle / 1.95, to: 1, digits: 3)
    let grade = try problem.grade([nil, answer]).steps[1]
    #expect(grade.band == .good)
    #expect(grade.slip?.causes == [.given("peak", role: .peak, .leftOut)])
  }
}
