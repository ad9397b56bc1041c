import Foundation
import Kernel
import Progress
import Recall
import Testing

/// A learner's doings and what follows from them.
@Suite struct ProgressStoreTests {
  private let modulo = Place(topic: "sharding", step: "modulo")
  private let ring = Place(topic: "sharding", step: "ring")
  private let lease = Place(topic: "service-discovery", step: "lease")

  @Test func `a session resumes at the exact step`() throws {
    let folder = try Folder()
    let deep = folder.path + "/new folder/deeper/progress.sqlite"
    do {
      let store = try ProgressStore.open(at: deep)
      #expect(try store.position() == nil)
      try store.append(.moved(lease))
      try store.append(.moved(modulo))
      try store.append([.finished(modulo, .done), .moved(ring)])
      try store.append(.commanded(ring, line: "add shard-5"))
      try store.append(.commanded(modulo, line: "show"))
    }
    let store = try ProgressStore.open(at: deep)
    #expect(try store.position() == ring)
    #expect(try store.position(in: "service-discovery") == lease)
    #expect(try store.position(in: "caching") == nil)
    #expect(try store.benchCommands(at: ring) == ["add shard-5"])
    #expect(try store.topics().map(\.topic) == ["service-discovery", "sharding"])
    #expect(try store.topic("sharding").done == ["modulo"])
  }

  @Test func `undo takes back whole actions, one after the other, also after a restart`() throws {
    let folder = try Folder()
    do {
      let store = try ProgressStore.open(at: folder.store)
      try store.append(.moved(modulo))
      try store.append([.finished(modulo, .done), .moved(ring)])
      try store.append(.commanded(ring, line: "crash shard-1"))
      #expect(try store.undo().map(\.fact) == [.commanded(ring, line: "crash shard-1")])
    }
    let store = try ProgressStore.open(at: folder.store)
    #expect(try store.undo().map(\.fact) == [.finished(modulo, .done), .moved(ring)])
    #expect(try store.position() == modulo)
    #expect(try store.topic("sharding").done == [])
    #expect(try store.undo().count == 1)
    #expect(try store.undo() == [])
    let history = try store.history()
    #expect(history.map(\.isUndone) == [true, true, true, true, false, false, false])
    #expect(try store.history(limit: 2).map(\.event.fact.kind) == [.undo, .undo])
  }

  @Test func `undo leaves what another prompt did alone`() throws {
    let folder = try Folder()
    let one = try ProgressStore.open(at: folder.store)
    let two = try ProgressStore.open(at: folder.store)
    try one.append(.moved(modulo))
    try two.append(.moved(ring))
    #expect(try one.undo().map(\.fact) == [.moved(modulo)])
    #expect(try one.undo() == [])
    #expect(try one.position() == ring)
  }

  @Test func `the last answer to a question counts, and a restart forgets`() throws {
    let store = try ProgressStore.test()
    let answer = { (isRight: Bool) in
      Fact.answered(
        Answer(place: modulo, question: "q1", text: "20 %", isRight: isRight))
    }
    try store.append(answer(false))
    #expect(try store.topic("sharding").rightCount == 0)
    try store.append(answer(true))
    try store.append(.finished(modulo, .skipped))
    #expect(try store.topic("sharding").rightCount == 1)
    #expect(try store.topic("sharding").lastAnswers.count == 1)
    #expect(try store.topic("sharding").skipped == ["modulo"])
    try store.append(.finished(modulo, .done))
    #expect(try store.topic("sharding").skipped == [])
    try store.append(.commanded(modulo, line: "show"))
    try store.append(.restarted(topic: "sharding"))
    #expect(try store.topic("sharding").done == [])
    #expect(try store.topic("sharding").lastAnswers == [])
    #expect(try store.benchCommands(at: modulo) == [])
  }

  @Test func `notes keep any text, are edited, deleted and found`() throws {
    let store = try ProgressStore.test()
    let text = "keys \u{1b}[2Jmove\t\"n/(n+1)\"\r\n\0 – 鍵 🗝️"
    let first = try store.append(.noteAdded(ring, text: text))
    let second = try store.append(.noteAdded(nil, text: "Leases expire"))
    #expect(try store.notes().map(\.text) == [text, "Leases expire"])
    #expect(try store.notes(in: "sharding").map(\.id) == [first.id])
    #expect(try store.notes(matching: "  MOVE keys ").map(\.id) == [first.id])
    #expect(try store.notes(matching: "moves").isEmpty)
    try store.append(.noteEdited(second.id, text: "Leases expire late"))
    try store.append(.noteDeleted(first.id))
    #expect(try store.notes().map(\.text) == ["Leases expire late"])
    try store.undo()
    #expect(try store.notes().count == 2)
    try store.append(.noteDeleted(second.id))
    try store.append(.noteEdited(second.id, text: "written on another machine"))
    #expect(try store.notes().last?.text == "written on another machine")
  }

  @Test func `calibration counts each measured prediction once`() throws {
    let store = try ProgressStore.test()
    let predict = { (low: Double, high: Double) in
      try store.append(
        .predicted(
          PredictionRecord(
            subject: "sharding/grow", metric: "p99", low: low, high: high, unit: .seconds))
      ).id
    }
    let inside = try predict(0.01, 0.3)
    let outside = try predict(0.06, 0.03)
    let near = try predict(0.2, 0.2)
    _ = try predict(1, 2)
    #expect(try store.calibration().heldShare == nil)
    for id in [inside, outside, near, inside] {
      try store.append(.measured(prediction: id, value: 0.212))
    }
    try store.append(.measured(prediction: inside, value: 99))
    let calibration = try store.calibration()
    #expect(calibration.rangeCount == 2 && calibration.heldCount == 1)
    #expect(calibration.pointCount == 1 && calibration.nearCount == 1)
    // By hand: log10(30) for the one that holds, log10(2) + 20 log10(212/60) for the other.
    let score = try #require(calibration.meanIntervalScore)
    #expect(abs(score - 6.37097) < 1e-4)
    #expect(
      try store.predictions(of: "sharding/grow").map(\.measured) == [0.212, 0.212, 0.212, nil])
    #expect(try store.predictions(of: "sharding/other").isEmpty)
  }

  @Test func `what does not fit the log is refused and nothing of it recorded`() throws {
    let store = try ProgressStore.test()
    for fact in [
      Fact.restarted(topic: ""), .restarted(topic: "a\nb"),
      .restarted(topic: String(repeating: "x", count: 401)),
      .predicted(
        PredictionRecord(subject: "s", metric: "m", low: .nan, high: 1, unit: .count)),
    ] {
      #expect(throws: StoreError.self) { try store.append([.moved(modulo), fact]) }
    }
    #expect(try store.history().isEmpty)
  }

  @Test func `a copy in memory begins with the file and leaves it alone`() throws {
    let folder = try Folder()
    let store = try ProgressStore.open(at: folder.store)
    try store.append(.moved(ring))
    let before = try folder.contents()
    let copy = try ProgressStore.inMemory(copying: folder.store)
    #expect(try copy.position() == ring)
    try copy.append(.moved(modulo))
    #expect(try store.position() == ring)
    #expect(try folder.contents() == before)
    #expect(try ProgressStore.inMemory(copying: folder.path + "/none").position() == nil)
  }
}
