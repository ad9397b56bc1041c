import Foundation
import Kernel
import Patterns
import Recordings
import Testing

/// The recordings that lie beside this file.
enum RecoveryRecordings {
  static func own(_ family: String) -> [Recording] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return Recording.family(family, in: folder.appendingPathComponent("Recordings"))
  }
}

/// What PostgreSQL was recorded to recover, refuse and rewind: ours must say the same.
///
/// Our own recordings lie beside this file; those of the data folder are read too, as families.
@Suite("PostgreSQL recovery as recorded")
struct RecoveryRecordingTests {
  @Test("recordings of every kind are there")
  func recordings() {
    #expect(RecoveryRecordings.own("postgresql-pitr").count >= 13)
    #expect(RecoveryRecordings.own("postgresql-rewind").count == 3)
    #expect(RecoveryRecordings.own("pgbackrest-retention").count == 2)
  }

  @Test(
    "every recovery ends, refuses and branches as recorded",
    arguments: RecoveryRecordings.own("postgresql-pitr"))
  func recoveries(recording: Recording) throws {
    let replay = Self.replay(recording)
    #expect(replay.unknown.isEmpty, "steps nobody here knows: \(replay.unknown)")
    Self.compare(recording.observed, replay.observed)
  }

  @Test(
    "a rewind takes back, refuses and is needless as recorded",
    arguments: RecoveryRecordings.own("postgresql-rewind"))
  func rewinds(recording: Recording) throws {
    let replay = Self.replay(recording)
    #expect(replay.unknown.isEmpty, "steps nobody here knows: \(replay.unknown)")
    Self.compare(recording.observed, replay.observed)
  }

  /// Recordings made elsewhere: what their steps and ours have in common is replayed; where a step
  /// is of a kind nobody here knows, what was seen after it is not judged, and that is said.
  @Test(
    "recordings of the data folder are replayed as far as their steps are known",
    arguments: Recording.family("postgresql-pitr") + Recording.family("postgresql-rewind"))
  func others(recording: Recording) throws {
    let replay = Self.replay(recording)
    for fact in recording.observed.members {
      guard let ours = replay.observed[fact.name] else { continue }
      #expect(fact.value.agrees(with: ours), "\(fact.name): \(fact.value) but \(ours)")
    }
    guard replay.unknown.isEmpty,
      recording.observed.members.allSatisfy({ replay.observed[$0.name] != nil })
    else {
      withKnownIssue("\(recording.name): steps of these kinds are not known: \(replay.unknown)") {
        Issue.record("not replayed whole: \(recording.name)")
      }
      return
    }
  }

  @Test(
    "each backup builds on what it did, and the same sets are kept",
    arguments: RecoveryRecordings.own("pgbackrest-retention"))
  func retention(recording: Recording) throws {
    let policy = RetentionPolicy(
      fulls: recording.configuration["repo1-retention-full"]?.integer ?? 0,
      differentials: recording.configuration["repo1-retention-diff"]?.integer ?? 0)
    let kinds: [String: BackupKind] = ["full": .full, "incr": .incremental, "diff": .differential]
    var catalog = BackupCatalog()
    let steps = try #require(recording.steps.items)
    let seen = try #require(recording.observed.items)
    #expect(steps.count == seen.count)
    for (step, line) in zip(steps, seen) {
      let word = try #require(step.string?.split(separator: " ").last.map(String.init))
      let kind = try #require(kinds[word])
      let content = BaseBackup(timeline: 1, start: 0, stop: 0, rows: [])
      let set = catalog.add(kind, content, bytes: 1, at: .zero)
      catalog.expire(policy, at: .zero)
      let name = kinds.first { $0.value == set.kind }?.key ?? ""
      let ours = JSONText.object([
        ("set", .number(set.number)), ("type", .text(name)),
        ("builds on", set.base.map { JSONText.number($0) } ?? JSONText.null),
        ("kept", .list(catalog.sets.map { .number($0.number) })),
      ])
      #expect(line.agrees(with: ours), "\(step): \(line) but \(ours)")
      #expect(catalog.checkInvariants() == nil)
    }
  }

  /// What our mechanism shows of a recording's steps, up to the first that nobody here knows.
  private static func replay(
    _ recording: Recording
  ) -> (observed: [String: JSONText], unknown: [String]) {
    let items = recording.steps.items ?? [recording.steps]
    let steps = items.compactMap(\.string)
    let unread = items.filter { $0.string == nil }.map(\.description)
    if recording.name.hasPrefix("postgresql-rewind") {
      var story = RewindStory(recording)
      for step in steps where story.unknown.isEmpty { story.run(step) }
      return (story.observed, story.unknown + unread)
    }
    var story = RecoveryStory(recording)
    for step in steps where story.unknown.isEmpty { story.run(step) }
    return (story.observed, story.unknown + unread)
  }

  private static func compare(_ recorded: JSONText, _ ours: [String: JSONText]) {
    #expect(!recorded.members.isEmpty)
    for fact in recorded.members {
      let value = ours[fact.name] ?? .null
      #expect(fact.value.agrees(with: value), "\(fact.name): \(fact.value) but \(value)")
    }
    #expect(recorded.members.count == ours.count)
  }
}
