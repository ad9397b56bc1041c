import Foundation
import Kernel
import Progress
import Testing

/// What `append` acknowledged is there after a kill, and so after every other end.
@Suite(.enabled(if: WriterProcess.executable != nil, "ProgressWriter was not built"))
struct DurabilityTests {
  @Test func `every acknowledged event survives 200 kills at random moments`() throws {
    let folder = try Folder()
    var chance = RandomStream(seed: 2_026, name: "kills")
    var acknowledged: [String] = []
    for _ in 0..<200 {
      let writer = try WriterProcess([folder.store])
      let said = writer.wait(forEvents: chance.below(12))
      usleep(UInt32(chance.below(6_000)))
      acknowledged += writer.kill(having: said)
    }
    let store = try ProgressStore.open(at: folder.store)
    let log = try store.history(limit: .max).map(\.event)
    let known = Set(log.map(\.id.text))
    #expect(acknowledged.count > 200)
    #expect(acknowledged.filter { !known.contains($0) } == [])
    // A kill may lose what was not acknowledged, but never half an action.
    for event in log where event.fact.kind == .step {
      #expect(log.contains { $0.action == event.action && $0.fact.kind == .position })
    }
    let before = try store.exportLog()
    try store.rebuild()
    #expect(try store.exportLog() == before)
  }

  @Test func `prompts on one store at the same time all keep their events`() throws {
    let folder = try Folder()
    let writers = try (0..<3).map { _ in try WriterProcess([folder.store, "--events", "40"]) }
    let store = try ProgressStore.open(at: folder.store)
    for count in 0..<20 {
      try store.append(.commanded(Place(topic: "t", step: "s"), line: "tick \(count)"))
    }
    let results = writers.map { $0.finish() }
    #expect(results.map(\.complaint) == ["", "", ""])
    let log = try store.history(limit: .max).map(\.event)
    let known = Set(log.map(\.id.text))
    #expect(results.allSatisfy { $0.ids.count == 53 && known.isSuperset(of: $0.ids) })
    #expect(log.count == 3 * 53 + 20)
    #expect(Set(log.map(\.stamp)).count == log.count, "no two events share a place in the order")
    #expect(try store.benchCommands(at: Place(topic: "t", step: "s")).count == 20)
  }

  @Test func `without room an append fails in words, loses nothing and works again later`() throws {
    let folder = try Folder()
    do {
      let store = try ProgressStore.open(at: folder.store)
      try store.append(.noteAdded(nil, text: "first"))
      try store.close()
    }
    let starved = try WriterProcess([folder.store, "--file-limit", "90000"]).finish()
    #expect(starved.status == 1)
    #expect(starved.complaint.contains("there is no room left for \(folder.store)"))
    #expect(starved.complaint.contains("Nothing that was saved before is lost"))
    #expect(!starved.ids.isEmpty)
    let store = try ProgressStore.open(at: folder.store)
    let known = Set(try store.history(limit: .max).map(\.event.id.text))
    #expect(known.isSuperset(of: starved.ids))
    #expect(try store.notes().map(\.text) == ["first"])
    try store.append(.noteAdded(nil, text: "later"))
    #expect(try store.notes().count == 2)
  }

  @Test func `a folder that may not be written is named, and nothing appears in it`() throws {
    let folder = try Folder()
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer {
      try? FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }
    let refused = try WriterProcess([folder.store, "--unprivileged"]).finish()
    if refused.status == 3 { try Test.cancel("root could not be given up for this test") }
    #expect(refused.status == 1)
    #expect(refused.complaint.contains("\(folder.store) may not be written"))
    #expect(refused.complaint.contains("--store PATH"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
