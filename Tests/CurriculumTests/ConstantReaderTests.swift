import Estimation
import Foundation
import Testing

@testable import Curriculum

@Suite("Constants") struct ConstantReaderTests {
  /// A formula that names one constant does not wait for the whole file to be read.
  @Test func eachReadAloneIsWhatTheWholeFileSays() throws {
    let file = URL(fileURLWithPath: ContentFixtures.folder)
      .appendingPathComponent("../../lessons/estimates/constants.yaml").path
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let all = try ConstantReader.read(text, file: file).constants
    #expect(all.count > 100)
    for constant in all {
      #expect(try ConstantReader.constant(constant.id, in: text, file: file) == constant)
    }
    #expect(try ConstantReader.constant("nothing_of_the_kind", in: text, file: file) == nil)
  }
}
