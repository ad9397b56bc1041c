import Foundation
import GRDB
import Progress
import Testing

/// Files that are no store, or not one for this version: refused in words, left byte for byte.
@Suite struct DamageTests {
  /// Opens the store of `folder`, which must fail and change nothing; returns why.
  private func refusal(_ folder: Folder) throws -> StoreError {
    let before = try folder.contents()
    let error = #expect(throws: StoreError.self) {
      _ = try ProgressStore.open(at: folder.store, patienceMilliseconds: 50)
    }
    #expect(try folder.contents() == before, "the refused files are as they were")
    return try #require(error)
  }

  private func made() throws -> Folder {
    let folder = try Folder()
    let store = try ProgressStore.open(at: folder.store)
    for count in 0..<60 {
      try store.append(.noteAdded(nil, text: "note \(count) " + String(repeating: "x", count: 200)))
    }
    try store.close()
    return folder
  }

  @Test func `a file that is no database`() throws {
    let folder = try Folder()
    try Data("these are my notes, not a database ".utf8).write(to: folder.url)
    let error = try refusal(folder)
    guard case .corrupt = error else { throw error }
    #expect(error.description.contains(folder.store))
    #expect(error.description.contains("left untouched"))
    #expect(error.description.contains("--store \(folder.path)/progress-2.sqlite"))
    let beside = ProgressStore.freshPath(beside: folder.store)
    _ = try ProgressStore.open(at: beside).append(.noteAdded(nil, text: "goes on"))
    #expect(ProgressStore.freshPath(beside: folder.store).hasSuffix("progress-3.sqlite"))
  }

  @Test func `a store that was cut short`() throws {
    let folder = try made()
    let whole = try folder.bytes()
    try whole.prefix(whole.count / 2).write(to: folder.url)
    let error = try refusal(folder)
    guard case .corrupt = error else { throw error }
  }

  @Test func `a store with a page overwritten shows in its examination, not as an empty log`()
    throws
  {
    let folder = try made()
    var bytes = try folder.bytes()
    for place in 8_192..<bytes.count - 4_096 { bytes[place] = 0xa5 }
    try bytes.write(to: folder.url)
    let error = #expect(throws: StoreError.self) {
      let store = try ProgressStore.open(at: folder.store)
      try store.examine()
    }
    guard case .corrupt? = error else { throw try #require(error) }
    #expect(try folder.bytes() == bytes)
  }

  @Test func `a database of another program`() throws {
    let folder = try Folder()
    let other = try DatabaseQueue(path: folder.store)
    try other.write { try $0.execute(sql: "CREATE TABLE event (id)") }
    try other.close()
    let error = try refusal(folder)
    guard case .foreign = error else { throw error }
  }

  @Test func `a store of a newer version, checkpointed or with its news still in the log`() throws {
    for isCheckpointed in [true, false] {
      let folder = try made()
      let newer = try DatabaseQueue(path: folder.store)
      try newer.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 999")
      }
      let taken = try Folder()
      let suffixes = isCheckpointed ? [""] : ["", "-wal"]
      if isCheckpointed { try newer.close() }
      for suffix in suffixes {
        try folder.bytes("progress.sqlite" + suffix).write(
          to: URL(fileURLWithPath: taken.store + suffix))
      }
      let error = try refusal(taken)
      #expect(error == .newer(path: taken.store, found: 999, known: 3))
      #expect(error.description.contains("newer Drillhall"))
    }
  }

  @Test func `a folder in the store's place`() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.store, withIntermediateDirectories: true)
    let error = #expect(throws: StoreError.self) { _ = try ProgressStore.open(at: folder.store) }
    #expect(error == .unavailable(path: folder.store, detail: "it is a folder"))
  }

  @Test func `a store that another process keeps locked`() throws {
    let folder = try made()
    let store = try ProgressStore.open(at: folder.store, patienceMilliseconds: 50)
    let other = try DatabaseQueue(path: folder.store)
    try other.write { _ in
      let error = #expect(throws: StoreError.self) {
        try store.append(.noteAdded(nil, text: "now"))
      }
      #expect(error == .locked(path: folder.store))
      let notes = try store.notes()
      #expect(notes.count == 60, "reading goes on")
    }
    try store.append(.noteAdded(nil, text: "now"))
    #expect(try store.notes().count == 61)
  }

  @Test func `the log cannot be changed, not even by hand`() throws {
    let folder = try made()
    let hand = try DatabaseQueue(path: folder.store)
    for statement in ["DELETE FROM event", "UPDATE event SET payload = '{}'"] {
      #expect(throws: DatabaseError.self) {
        try hand.write { try $0.execute(sql: statement) }
      }
    }
  }
}
