import Kernel
import Testing

@testable import Curriculum
@testable import Workbench

/// Numbers are taken as they are meant: whoever is asked for gigabytes says 125.
@Suite struct NumberAnswerTests {
  private func isRight(_ text: String, _ answer: Double, _ unit: Unit, _ suffix: String) throws
    -> Bool
  {
    let question = NumberQuestion(
      ask: "How much?", answer: answer, tolerance: answer / 100, unit: unit, suffix: suffix,
      measure: nil)
    return try NumberAnswer(text, question).isRight
  }

  @Test(arguments: ["125", "125 GB", "125,000 MB", "0.125 TB"])
  func gigabytes(text: String) throws { #expect(try isRight(text, 125e9, .bytes, "GB")) }

  @Test(arguments: ["22.2", "22.2 h", "79920 s"])
  func hours(text: String) throws { #expect(try isRight(text, 79_920, .seconds, "h")) }

  @Test(arguments: ["99.5", "99.5 %", "0.995"])
  func percent(text: String) throws { #expect(try isRight(text, 0.995, .fraction, "%")) }

  @Test(arguments: ["123", "125 MB", "125000000", "-125"])
  func wrong(text: String) throws { #expect(try !isRight(text, 125e9, .bytes, "GB")) }

  @Test func whatIsNoNumberIsRefused() {
    #expect(throws: Diagnostic.self) { _ = try isRight("many", 125e9, .bytes, "GB") }
  }
}
