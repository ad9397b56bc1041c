import Kernel
import Testing
import Verification

@Suite(.enabled(if: RecordedFile.areThere, "no recorded histories are there"))
struct RecordedHistoryTests {
  @Test("a recorded history gets its known verdict", arguments: RecordedFile.all)
  func knownVerdict(file: RecordedFile) throws {
    if file.hasKeys {
      let history: OperationHistory<KeyValueAction> = try EDNHistoryReader.read(file.text)
      try expect(file.isLinearizable, history, KeyValueModel(initialValue: ""))
    } else {
      try expect(file.isLinearizable, file.registerHistory(), RegisterModel())
    }
  }

  private func expect<Model: SequentialModel>(
    _ isLinearizable: Bool, _ history: OperationHistory<Model.Action>, _ model: Model
  ) throws {
    let verdict = Linearizability.check(history, against: model)
    #expect(verdict.holds == isLinearizable)
    guard !isLinearizable else { return }
    let witness = try #require(verdict.witness)
    #expect(witness.isShortest && !witness.explanations.isEmpty)
    let before = history.prefix(witness.prefixCount - 1)
    let through = history.prefix(witness.prefixCount)
    #expect(Linearizability.check(before, against: model).holds)
    #expect(Linearizability.check(through, against: model).witness != nil)
  }
}
