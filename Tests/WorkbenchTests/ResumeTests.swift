import Curriculum
import Foundation
import Kernel
import Presentation
import Progress
import Testing
import Workbench

@Suite("Leaving and coming back") struct ResumeTests {
  /// Walks a lesson with every answer skipped, leaving and coming back after each line.
  @Test func everyStepIsResumedExactly() throws {
    let store = try ProgressStore.inMemory(device: "test", clock: { 1_767_225_600_000 })
    let library = try Library(root: Transcript.root)
    for topic in library.topics {
      var session = Session(library: library, store: store)
      _ = try session.handle("open \(topic)")
      for _ in 0..<200 {
        let before = try session.handle("here").document
        session = Session(library: library, store: store)
        let after = try session.handle("open \(topic)").document
        #expect(before == after)
        let line = try session.handle("").document.blocks
        let isOpen = "\(line)".contains("\"skip\"")
        _ = try session.handle(isOpen ? "skip" : "next")
        if session.promptName == "drillhall" { break }
      }
      #expect(session.promptName == "drillhall", "\(topic) has no end")
    }
  }

  @Test func theBenchIsAsItWasLeft() throws {
    let store = try ProgressStore.inMemory(device: "test", clock: { 1_767_225_600_000 })
    let library = try Library(root: Transcript.root)
    let session = Session(library: library, store: store)
    _ = try session.handle("open sharding")
    _ = try session.handle("set placement=jump")
    _ = try session.handle("add shard-5")
    _ = try session.handle("undo")
    let before = try session.handle("show").document
    let again = Session(library: library, store: store)
    _ = try again.handle("open sharding")
    #expect(try again.handle("show").document == before)
  }
}
