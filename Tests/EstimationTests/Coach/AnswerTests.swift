import Kernel
import Testing

@testable import Estimation

@Suite("Answers")
struct AnswerTests {
  let chain: Problem
  let plain: Problem

  init() throws {
    chain = try SampleFamilies.chain.problem(seed: 7)
    plain = try SampleFamilies.plain.problem(seed: 7)
  }

  @Test("a number or a range is read in the language, and its unit is kept")
  func readsNumbersAndRanges() throws {
    let number = try chain.answer("46k photos/s", to: 0)
    #expect(number.low == 46_000 && !number.isRange && number.middle == 46_000)
    #expect(number.figureText == "46,000 photos/s")
    let range = try chain.answer("40k to 90k photos/s", to: 0)
    #expect(range.isRange && abs(range.middle - 60_000) < 1e-6)
    #expect(abs(range.low - 40_000) < 1e-6 && abs(range.high - 90_000) < 1e-6)
    #expect(range.figureText == "40,000 to 90,000 photos/s")
    let daily = try chain.answer("400M photos/day", to: 0)
    #expect(abs(daily.low - 400e6 / 86_400) < 1e-6)
    #expect(daily.unit.text == "photos/day")
  }

  @Test("a range holds its own ends, whatever the last bits say")
  func rangesHoldTheirEnds() throws {
    for count in 1...300 {
      let range = try plain.answer("\(count) to \(3 * count) shards", to: 0)
      #expect(range.holds(Double(count)) && range.holds(Double(3 * count)))
      #expect(!range.holds(Double(count) * 0.999) && !range.holds(Double(count) * 3.001))
    }
  }

  @Test("conversions are the learner's business")
  func convertsUnits() throws {
    let tera = try chain.answer("5 TB", to: 3)
    let giga = try chain.answer("5,000 GB", to: 3)
    let formula = try chain.answer("50M * 100 kB", to: 3)
    #expect(tera.low == giga.low && tera.low == formula.low && tera.low == 4e13)
    #expect(try chain.answer("5 TiB", to: 3).low == 8 * 5_497_558_138_880)
  }

  @Test("a count of one kind may go without its unit, and a plain number has none")
  func bareNumbers() throws {
    #expect(try plain.answer("3,500", to: 0).low == 3_500)
    #expect(try plain.answer("3,500", to: 0).unit.text == "shards")
    #expect(try plain.answer("3,500 to 4k", to: 0).isRange)
    #expect(try chain.answer("240", to: 4).unit.text == "servers")
    let ratio = ProblemFamily(
      id: "ratio", title: "Ratio", topic: "estimation", minutes: 1, story: "",
      givens: [.init("reads", .value("600 reads/s")), .init("all", .value("800 reads/s"))],
      steps: [.init(name: "part", ask: "Which part?", formula: "reads / all -> %")], debrief: "")
    let problem = try ratio.problem(seed: 1)
    #expect(try problem.answer("75%", to: 0).low == 0.75)
    #expect(try problem.answer("0.75", to: 0).low == 0.75)
    #expect(throws: Diagnostic.self) { try problem.answer("75 servers", to: 0) }
  }

  @Test(
    "what cannot be graded is refused and says what would do",
    arguments: [
      (0, "46k", ["'46k' has no unit", "Say it in a unit such as photos/s"]),
      (0, "40k to 50k", ["'40k to 50k' has no unit"]),
      (0, "5 GB", ["'5 GB' is information", "photo / time"]),
      (0, "5k photos", ["'5k photos' is photo", "photos/s", "A division by time"]),
      (4, "5 users", ["'5 users' is user", "servers"]),
      (3, "5 TB/s", ["information / time", "A factor of time"]),
      (0, "0 photos/s", ["above 0"]), (0, "-5 photos/s", ["above 0"]),
      (0, "0 to 5 photos/s", ["Both ends", "above 0"]),
      (0, "9 to 5 photos/s", ["low end", "above its high end"]),
      (0, " ", ["Nothing was typed", "such as 5 photos/s or 3 to 8 photos/s"]),
      (0, "a = 5 photos/s", ["such as 5 photos/s"]),
      (0, "5 photos/s; 6 photos/s", ["such as 5 photos/s"]),
      (0, "5 photos/s > 3 photos/s", ["such as 5 photos/s"]),
      (0, "5 phots/s", ["no unit called 'phots'", "Did you mean 'photo"]),
      (0, "users * rate", ["There is no name or unit called 'rate'"]),
      (0, "_", ["no result before this"]),
    ])
  func refusals(place: Int, line: String, says: [String]) throws {
    let problem = chain
    let complaint = #expect(throws: Diagnostic.self) { try problem.answer(line, to: place) }
    let text = complaint?.description ?? ""
    for part in says { #expect(text.contains(part), "\(text)") }
  }

  @Test(
    "digits say how exactly a number is meant",
    arguments: [
      ("46k", 46.0), ("4,000", 4), ("4.0k", 40), ("$0.12/GB", 12), ("0.050", 50), ("12_000", 12),
      ("3e9", 3), ("1.5e3 photos/s", 15), ("120 photos2", 12), ("105", 105),
    ])
  func mantissas(text: String, mantissa: Double) {
    #expect(SignificantDigits.mantissa(of: text) == mantissa)
  }

  @Test("what was computed was not rounded, and the middle of a range says nothing")
  func roundingOfAnswers() throws {
    let one = try #require(try chain.answer("4k photos/s", to: 0).rounding)
    #expect(abs(one - PortableMath.log(1.125)) < 1e-12)
    #expect(try chain.answer("400M photos / 1 day", to: 0).rounding == 0)
    #expect(try chain.answer("4k to 5k photos/s", to: 0).rounding == nil)
  }
}
