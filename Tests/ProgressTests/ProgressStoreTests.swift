import Foundation
import Kernel
import Progress
import Recall
import Testing

/// A clock that moves only when told.
final class Hand: @unchecked Sendable {
  private let lock = NSLock()
  private var milliseconds: Int
  init(_ milliseconds: Int = 1_767_254_400_000) { self.milliseconds = milliseconds }
  var now: Int { lock.withLock { milliseconds } }
  func move(seconds: Int) { lock.withLock { milliseconds += seconds * 1_000 } }
}

@Suite struct ProgressStoreTests {
  @Test func walk() throws {
    let path = NSTemporaryDirectory() + "drillhall-\(UUID().uuidString)/a b/progress.sqlite"
    let hand = Hand()
    do {
      let store = try ProgressStore.open(at: path, clock: { hand.now })
      #expect(try store.position() == nil)
      try store.append(.moved(Place(topic: "sharding", step: "modulo")))
      try store.append([
        .finished(Place(topic: "sharding", step: "modulo"), .done),
        .moved(Place(topic: "sharding", step: "ring")),
      ])
      try store.append(.reviewed(card: "sharding/1", .good))
      hand.move(seconds: 700)
      #expect(try store.due().map(\.item) == [.card("sharding/1")])
      #expect(try store.undo().count == 1)
      #expect(try store.due().isEmpty)
      #expect(try store.position()?.step == "ring")
      #expect(try store.undo().count == 2)
      #expect(try store.position()?.step == "modulo")
      #expect(try store.topic("sharding").done.isEmpty)
      #expect(try store.history().count == 6)
      #expect(try store.history().filter(\.isUndone).count == 3)
      let note = try store.append(.noteAdded(nil, text: "keys move \u{1b}[31m \"x\"\n"))
      try store.append(.noteEdited(note.id, text: "edited"))
      #expect(try store.notes().map(\.text) == ["edited"])
      try store.close()
    }
    let store = try ProgressStore.open(at: path, clock: { hand.now })
    #expect(try store.position()?.step == "modulo")
    #expect(try store.undo().count == 1)
    #expect(try store.notes().map(\.text) == ["keys move \u{1b}[31m \"x\"\n"])
      atPath: (path as NSString).deletingLastPathComponent)
    { print(file) }
  }
}
