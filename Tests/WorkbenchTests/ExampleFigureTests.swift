import Curriculum
import Drills
import Kernel
import Testing

/// What is shown as an example of an answer must be an answer, and tell nothing of the right one.
@Suite("Examples of answers") struct ExampleFigureTests {
  private static func figures(_ unit: Kernel.Unit) throws -> [Double] {
    try unit.examples.split(separator: " or ").map { try #require(unit.value(from: "\($0)")) }
  }

  @Test(arguments: Kernel.Unit.allCases) func areReadAndFarApart(_ unit: Kernel.Unit) throws {
    let figures = try Self.figures(unit)
    #expect(figures.count == 2)
    #expect(figures[1] / figures[0] > 20, "two sizes, so that neither hints at one")
    let range = unit.rangePattern.replacing("LOW", with: "20").replacing("HIGH", with: "80")
      .replacing("UNIT", with: unit == .bytes ? "MB" : "ms")
    let read = try Prediction(range, unit: unit)
    #expect(read.isRange && abs(read.high - 4 * read.low) < 1e-9, "\(range)")
  }

  @Test func noneIsTheAnswer() throws {
    let library = try Library(root: Transcript.root)
    var count = 0
    for topic in library.topics {
      for task in try library.lesson(topic).steps.flatMap(\.tasks) {
        guard case .number(let question) = task.kind else { continue }
        count += 1
        for figure in try Self.figures(question.unit) {
          #expect(
            abs(figure - question.answer) > question.tolerance, "\(topic): \(question.ask)")
        }
      }
    }
    #expect(count > 40)
  }
}
