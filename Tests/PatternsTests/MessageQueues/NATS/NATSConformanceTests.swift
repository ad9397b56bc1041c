import Kernel
import Patterns
import Recordings
import Testing

@Suite("NATS 2.9.10, recorded") struct NATSConformanceTests {
  @Test(
    "A subscription gets what the server gave it",
    .enabled(if: Recording.areThere), arguments: Recording.family("nats-subject-"))
  func subjects(_ recording: Recording) throws {
    let subjects = try #require(recording.steps["subjects"]?.items).compactMap(\.string)
    let rows = try #require(recording.observed.items)
    #expect(!rows.isEmpty)
    for row in rows {
      let text = try #require(row["subscription"]?.string)
      var server = NATSServer(random: RandomStream(seed: 1, name: "nats"))
      _ = server.step(.connect(client: 1), at: .zero)
      let answer = server.step(
        .subscribe(client: 1, id: 1, subject: text, queue: nil), at: .zero)
      let refusal = answer.contains(.refused(client: 1, .invalidSubject))
      #expect(refusal == (row["sub_error"]?.string != nil), "subscription \(text)")
      let matched = subjects.filter { subject in
        server.step(.publish(client: 1, NATSMessage(subject)), at: .zero).contains {
          if case .deliver = $0 { true } else { false }
        }
      }
      #expect(matched == row["matched"]?.items?.compactMap(\.string), "subscription \(text)")
    }
  }

  @Test(
    "Core NATS: groups, requests and what is not kept",
    .enabled(if: Recording.areThere), arguments: Recording.family("nats-core-"))
  func core(_ recording: Recording) throws {
    let results = try #require(recording.observed["results"]?.items ?? recording.observed.items)
    #expect(!results.isEmpty)
    for result in results {
      let items = try #require(result.items)
      let step = try #require(items.first?.string)
      guard let seen = NATSCoreStep.carryOut(step, bounds: recording.bounds) else {
        Issue.record("\(recording.name): no idea how to do '\(step)'")
        continue
      }
      let expected = try #require(items.dropFirst().first)
      #expect(seen.agrees(with: expected), "\(step): \(seen) instead of \(expected)")
    }
  }

  @Test(
    "JetStream: deliver policies, dedup, expectations, limits, retention",
    .enabled(if: Recording.areThere), arguments: Recording.family("nats-jetstream-"))
  func jetStream(_ recording: Recording) throws {
    let results = try #require(recording.observed.items)
    #expect(!results.isEmpty)
    var conversation = JetStreamConversation(recording.setting)
    for result in results {
      let items = try #require(result.items)
      let step = try #require(items.first?.string)
      guard let seen = conversation.carryOut(step) else {
        Issue.record("\(recording.name): no idea how to do '\(step)'")
        continue
      }
      let expected = JSONText.list(Array(items.dropFirst()))
      #expect(
        JSONText.list(seen).agrees(with: expected), "\(step): \(seen) instead of \(expected)")
      let violation = conversation.server.checkInvariants()
      #expect(violation == nil)
    }
  }
}
