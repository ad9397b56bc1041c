import Estimation
import Kernel
import Testing

@Suite("Grades")
struct GradeTests {
  @Test(
    "bands end where they say",
    arguments: [
      (0.0, GradeBand.exact), (0.1, .exact), (-0.1, .exact), (0.1001, .good), (0.3, .good),
      (0.3001, .fine), (-0.5, .fine), (0.5001, .order), (1, .order), (-1.0001, .miss), (9, .miss),
    ])
  func bands(distance: Double, band: GradeBand) {
    #expect(GradeBand(distance: distance) == band)
  }

  @Test("a score is 1 less the distance in powers of ten, and never below 0")
  func scores() throws {
    let problem = try SampleFamilies.plain.problem(seed: 3)
    let right = problem.answers[0].middle
    for (factor, score) in [
      (1.0, 1.0), (10, 0), (0.1, 0), (1_000, 0), (2, 0.69897), (0.5, 0.69897),
    ] {
      let grade = try problem.grade([problem.answer("\(right * factor) shards", to: 0)])
      #expect(abs(grade.score - score) < 1e-5)
      let distance = try #require(grade.steps[0].distance)
      #expect(abs(distance - PortableMath.log10(factor)) < 1e-9)
    }
  }

  @Test("a range is graded by its geometric middle, and by whether it holds")
  func ranges() throws {
    let problem = try SampleFamilies.plain.problem(seed: 3)
    let right = problem.answers[0].middle
    let wide = try problem.grade([
      problem.answer("\(right / 5) to \(right * 20) shards", to: 0)
    ]).steps[0]
    #expect(wide.isHeld == true)
    let distance = try #require(wide.distance)
    #expect(abs(distance - PortableMath.log10(2)) < 1e-9)
    let score = try #require(wide.intervalScore)
    #expect(abs(score - 2) < 1e-9)
    #expect(wide.slip == nil)
    #expect(wide.sentence.hasPrefix("Your range holds it; its high end is 100 times its low end."))
    let low = try problem.grade([
      problem.answer("\(right / 40) to \(right / 10) shards", to: 0)
    ]).steps[0]
    #expect(low.isHeld == false)
    #expect(low.sentence.contains("Your range ends below it, by 10 times."))
    let missed = try #require(low.intervalScore)
    #expect(abs(missed - (PortableMath.log10(4) + 20)) < 1e-9)
    let edge = try problem.grade([problem.answer("\(right) to \(right * 2) shards", to: 0)])
    #expect(edge.steps[0].isHeld == true)
  }

  @Test("a reference that is a range gives full marks inside it and the distance outside")
  func uncertainReference() throws {
    let family = ProblemFamily(
      id: "disks", title: "Disks", topic: "estimation", minutes: 1, story: "{data}",
      givens: [.init("data", .value("20 to 80 TB"))],
      steps: [.init(name: "disks", ask: "Disks?", formula: "data / (2 TB/disk)")], debrief: "")
    let problem = try family.problem(seed: 1)
    for (line, distance) in [
      ("10", 0.0), ("20", 0), ("40", 0), ("25", 0), ("80", 0.30103), ("1", -1), ("400", 1),
    ] {
      let grade = try problem.grade([problem.answer(line, to: 0)]).steps[0]
      let found = try #require(grade.distance)
      #expect(abs(found - distance) < 1e-5, "\(line)")
    }
    let inside = try problem.grade([problem.answer("12", to: 0)])
    #expect(inside.score == 1 && inside.culprit == nil)
    #expect(inside.steps[0].sentence == "Right: anything from 10 to 40 disks counts.")
  }

  @Test("the parts of the error add up to it, and the largest names the step")
  func blame() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let lines = ["600 photos/s", "3.6k photos/s", "700 Gbit/s", "100 PB", "7k servers"]
    let answers = try lines.enumerated().map { try problem.answer($1, to: $0) }
    let grade = try problem.grade(answers)
    // 700 Gbit/s lies nearer to the truth than to what the own 3,600 lead to, and both are fair.
    #expect(grade.steps.map(\.band) == [.order, .fine, .exact, .exact, .exact])
    let sum = grade.contributions.reduce(0, +)
    let error = try #require(grade.error)
    #expect(abs(sum - error) < 1e-9)
    #expect(abs(error - PortableMath.log10(7_000 / problem.answers[4].middle)) < 1e-9)
    // 600 for 2,083 lowers the result 3.47 times, 3,600 for 1,500 raises it 2.4 times, 7,000 stands
    // for 7,200, and the servers stand in no need of the other two.
    #expect(abs(grade.contributions[0] - PortableMath.log10(600 / 2_083.33)) < 1e-3)
    #expect(abs(grade.contributions[1] - PortableMath.log10(2.4)) < 1e-3)
    #expect(grade.contributions[2] == 0 && grade.contributions[3] == 0)
    #expect(grade.culprit == 0)
    #expect(grade.sentence.hasSuffix("Most of that comes from the step 'average'."))
    let mean = grade.steps.reduce(0) { $0 + $1.score } / 5
    #expect(abs(grade.score - mean) < 1e-12)
  }

  @Test("a step that is passed over scores nothing and does not hurt those after it")
  func passedOver() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let top = try problem.answer(problem.answers[1].middle, to: 1, digits: 3)
    let grade = try problem.grade([nil, top])
    #expect(grade.steps[0].score == 0 && grade.steps[0].distance == nil)
    #expect(grade.steps[1].band == .exact && !grade.steps[1].followsEarlierAnswers)
    #expect(abs(grade.score - grade.steps[1].score / 2) < 1e-12)
    #expect(grade.sentence == "Your answers lead to a result that is right.")
    #expect(try problem.grade([nil]).sentence == "No step was answered.")
  }

  @Test("once the figure of a step was told, an answer that goes on from it is right as well")
  func goesOnFromTruth() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let grade = try problem.grade([
      problem.answer("200 photos/s", to: 0), problem.answer("5.2k photos/s", to: 1),
    ])
    #expect(grade.steps[0].slip?.causes == [.zeros(1)])
    #expect(grade.steps[1].band == .exact && grade.steps[1].slip == nil)
    #expect(grade.steps[1].expected == grade.steps[1].truth)
    let own = try problem.grade([
      problem.answer("200 photos/s", to: 0), problem.answer("500 photos/s", to: 1),
    ])
    #expect(own.steps[1].band == .exact && own.steps[1].followsEarlierAnswers)
  }

  @Test("answers that lead nowhere are graded all the same")
  func leadsNowhere() throws {
    let family = ProblemFamily(
      id: "headroom", title: "Headroom", topic: "estimation", minutes: 1, story: "",
      givens: [.init("peak", .value("2"), role: .peak), .init("all", .value("900 reads/s"))],
      steps: [
        .init(name: "top", ask: "Peak?", formula: "200 reads/s * peak"),
        .init(name: "rest", ask: "Left?", formula: "(all - top) / (peak - 1)"),
      ], debrief: "")
    let problem = try family.problem(seed: 1)
    let high = try problem.grade([
      problem.answer("4k reads/s", to: 0), problem.answer("400 reads/s", to: 1),
    ])
    // 900 less 4,000 is no rest, so the second is graded against the true 500.
    #expect(high.steps[0].slip?.causes == [.zeros(1)])
    #expect(high.steps[1].expected.text == "500 reads/s" && high.steps[1].band == .exact)
    let early = try problem.grade([problem.answer("4k reads/s", to: 0)])
    #expect(early.error == nil && early.culprit == nil && early.contributions.isEmpty)
    #expect(early.sentence == "Your answers lead to no result above 0.")
  }

  @Test("after a slip both the true figure and the one that follows are told")
  func followsOwnSlip() throws {
    let problem = try SampleFamilies.chain.problem(seed: 7)
    let grade = try problem.grade([
      problem.answer("100k photos/s", to: 0), problem.answer("250k photos/s", to: 1),
    ])
    let second = grade.steps[1]
    #expect(second.band == .exact && second.followsEarlierAnswers)
    #expect(second.expected.text == "250,000 photos/s")
    #expect(second.truth.text == "5,208 photos/s")
    let distance = try #require(second.trueDistance)
    #expect(abs(distance - PortableMath.log10(250_000 / 5_208.333)) < 1e-6)
  }
}
