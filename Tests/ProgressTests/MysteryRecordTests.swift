import GRDB
import Progress
import Testing

@Suite struct MysteryRecordTests {
  private let record = MysteryRecord(
    topic: "sharding", seed: .max, named: "healthy", answer: "ask-taken-for-moved", isRight: false,
    tries: 2, spent: 9, budget: 12, seconds: 61.5, score: 0)

  @Test("what came of a mystery is kept, exported and read back to the last digit")
  func isKept() throws {
    let store = try ProgressStore.test()
    try store.append(.diagnosed(record))
    #expect(try store.mysteries() == [record])
    let other = try ProgressStore.test(device: "there")
    _ = try other.importLog(Array(try store.exportLog().utf8))
    #expect(try other.mysteries() == [record])
    try store.undo()
    #expect(try store.mysteries().isEmpty)
  }

  @Test("a store from before there were mysteries opens, keeps its log and takes one")
  func oldStoreIsRead() throws {
    let folder = try Folder()
    do {
      let store = try ProgressStore.open(at: folder.store)
      try store.append(.noteAdded(nil, text: "old"))
    }
    let old = try DatabaseQueue(path: folder.store)
    try old.write { try $0.execute(sql: "PRAGMA user_version = 1") }
    try old.close()
    let store = try ProgressStore.open(at: folder.store)
    try store.append(.diagnosed(record))
    #expect(try store.notes().map(\.text) == ["old"])
    #expect(try store.mysteries() == [record])
  }
}
