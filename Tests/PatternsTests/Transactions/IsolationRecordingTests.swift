import Patterns
import Recordings
import Testing

/// PostgreSQL's recorded answers at every isolation level: ours must be the same, word for word.
@Suite("PostgreSQL isolation as recorded")
struct IsolationRecordingTests {
  @Test(
    "every step of every recording is answered the same at every level",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("postgresql-isolation"))
  func replay(recording: Recording) throws {
    let setup = try #require(recording.configuration["setup"]?.items)
    let steps = try #require(recording.steps.items)
    #expect(!steps.isEmpty && !recording.observed.members.isEmpty)
    for level in recording.observed.members {
      var replay = IsolationReplay()
      for line in setup { try replay.setUp(try #require(line.string)) }
      for step in steps {
        let cells = try #require(step.items)
        let session = try #require(cells.first?.string)
        let text = try #require(cells.last?.string)
        try replay.run(session, text.replacing("$L", with: level.name))
      }
      try replay.finish()
      let recorded = try #require(level.value["log"]?.items)
      for (place, line) in recorded.enumerated() {
        let ours = place < replay.log.count ? replay.log[place] : .null
        #expect(line.agrees(with: ours), "\(level.name), line \(place + 1): \(line) but \(ours)")
        if !line.agrees(with: ours) { break }
      }
      #expect(recorded.count == replay.log.count)
      for table in level.value["final"]?.members ?? [] {
        let rows = replay.rows(of: table.name)
        #expect(table.value.agrees(with: rows), "\(level.name), \(table.name): \(rows)")
      }
      #expect(replay.violation == nil)
    }
  }
}
