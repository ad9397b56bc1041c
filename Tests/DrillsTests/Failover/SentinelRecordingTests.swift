import Foundation
import Kernel
import Recordings
import Simulation
import Testing

@testable import Drills
@testable import Patterns

/// A recorded experiment with a real Redis Sentinel, kept beside this test.
struct SentinelRecording: Sendable, CustomTestStringConvertible {
  struct Event: Sendable, Hashable {
    let at: Double
    let sentinel: String
    let text: String
    var name: String { String(text.prefix { $0 != " " }) }
  }

  let name: String
  let configuration: JSONText
  let observed: [JSONText]
  var testDescription: String { name }

  /// Our own, and those of the data folder that are of the same shape.
  static let all: [SentinelRecording] =
    own
    + Recording.family("redis-sentinel").map { SentinelRecording($0) }.filter { recording in
      recording.number("down-after-milliseconds") != nil && recording.number("quorum") != nil
        && !recording.observed.isEmpty
        && recording.observed.allSatisfy { $0["events"]?.items != nil }
    }

  private static let own: [SentinelRecording] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Recordings")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
    return files.filter { $0.lastPathComponent.hasPrefix("redis-sentinel-") }
      .sorted { $0.path < $1.path }.map { SentinelRecording($0) }
  }()

  private init(_ file: URL) {
    name = file.deletingPathExtension().lastPathComponent
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let json = (try? JSONReader.read(text)) ?? .null
    configuration = json["configuration"] ?? .null
    observed = json["observed"]?.items ?? []
  }

  private init(_ recording: Recording) {
    name = recording.name
    configuration = recording.configuration
    observed = recording.observed.items ?? []
  }

  func number(_ name: String) -> Int? { configuration[name]?.integer }
  var dead: [String] { configuration["dead"]?.items?.compactMap(\.string) ?? [] }

  static func events(_ run: JSONText) -> [Event] {
    (run["events"]?.items ?? []).compactMap { item in
      guard let cells = item.items, cells.count == 3, let at = cells[0].double,
        let sentinel = cells[1].string, let text = cells[2].string
      else { return nil }
      return Event(at: at, sentinel: sentinel, text: text)
    }
  }
}

/// The same experiment with our machines, in the universe of the drills.
struct SentinelReplay: ~Copyable {
  var universe: FailoverUniverse
  let zero: Instant

  init(_ recording: SentinelRecording, seed: UInt64) throws {
    var settings = Settings(FailoverKnobs.all)
    var changes = [
      "election": "sentinel", "nodes": "3", "opening.time": "0s", "sync.time": "0s",
      "down.after": "\(recording.number("down-after-milliseconds") ?? 0)ms",
      "failover.timeout": "\(recording.number("failover-timeout") ?? 0)ms",
      "parallel.syncs": "\(recording.number("parallel-syncs") ?? 0)",
      "quorum": "\(recording.number("quorum") ?? 0)",
    ]
    if let priority = recording.number("r2-priority") { changes["n2.priority"] = "\(priority)" }
    if let least = recording.number("min-replicas-to-write") {
      changes["min.replicas"] = "\(least)"
      changes["min.replicas.lag"] = "\(recording.number("min-replicas-max-lag-s") ?? 0)s"
    }
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) { try settings.set(name, text) }
    var universe = FailoverUniverse(
      FailoverSetup(settings), faults: FaultPlan(), seed: seed, hasLoad: false)
    // Where the kill falls between two pings differs from run to run.
    var random = RandomStream(seed: seed, name: "replay")
    let early = recording.dead.contains { $0.hasPrefix("r") }
    let before: TimeSpan =
      early ? .seconds(Int64(recording.number("dead-for-s") ?? 0)) : .milliseconds(500)
    let zero = Instant.zero + .seconds(40) + random.span(.zero, to: .seconds(10))
    universe.run(until: zero - before)
    for part in recording.dead { try Self.inject("crash \(Self.ours(part))", into: &universe) }
    universe.run(until: zero)
    self.universe = universe
    self.zero = zero
  }

  mutating func inject(_ line: String) throws { try Self.inject(line, into: &universe) }

  private static func inject(_ line: String, into universe: inout FailoverUniverse) throws {
    let roster = universe.setup.roster.roster
    universe.cluster.add(try TimedFault.parse(line, roster: roster, now: universe.now))
  }

  mutating func run(_ seconds: Double) { universe.run(until: zero + TimeSpan(seconds: seconds)) }

  static func ours(_ part: String) -> String {
    part.replacing("r", with: "n").replacing("s", with: "sentinel-")
  }

  /// What the Sentinels logged since time 0, in the recording's names.
  var events: [SentinelRecording.Event] {
    universe.cluster.environment.trace.events.filter { $0.at >= zero }.compactMap { event in
      guard event.part.hasPrefix("sentinel-") else { return nil }
      let text = event.detail.split(separator: " ").map { word -> String in
        if word.hasPrefix("sentinel-") { return "s" + word.dropFirst(9) }
        return word.count == 2 && word.hasPrefix("n") ? "r" + word.dropFirst() : String(word)
      }
      return SentinelRecording.Event(
        at: (event.at - zero).seconds, sentinel: "s" + event.part.dropFirst(9),
        text: text.joined(separator: " "))
    }
  }
}

@Suite("Redis Sentinel as recorded")
struct SentinelRecordingTests {
  static let seeds = UInt64(1)...12
  typealias Event = SentinelRecording.Event

  @Test("there is something to replay") func isThere() {
    #expect(SentinelRecording.all.count >= 8)
  }

  /// What the Sentinel that acts logs of a failover, without the two lines whose place differs
  /// between real runs.
  private static func story(_ events: [Event]) -> [String] {
    let actor =
      events.first { $0.name == "+elected-leader" }?.sentinel
      ?? events.first { $0.name == "+try-failover" }?.sentinel ?? events.first?.sentinel
    let left: Set = ["-sdown", "-odown", "+convert-to-slave", "+sdown"]
    return events.filter { $0.sentinel == actor && !left.contains($0.name) }.map(\.name)
  }

  private static func time(_ name: String, _ events: [Event], _ about: String = "") -> Double? {
    events.first { $0.name == name && $0.text.contains(about) }?.at
  }

  @Test(
    "a killed primary is found, or not, and replaced, or not, as recorded",
    arguments: SentinelRecording.all.filter { !$0.observed.contains { $0["answers"] == nil } })
  func killed(recording: SentinelRecording) throws {
    let runs = recording.observed.map(SentinelRecording.events)
    let isBack = recording.observed.contains { $0["old_primary_restarted_s"] != nil }
    let end = isBack ? 22.0 : runs.compactMap { $0.last?.at }.max() ?? 0
    var ours: [[Event]] = []
    for seed in Self.seeds {
      var replay = try SentinelReplay(recording, seed: seed)
      try replay.inject("crash n1")
      if isBack {
        replay.run(9.02)
        try replay.inject("restart n1")
      }
      replay.run(max(end, 9) + 0.5)
      let violation = replay.universe.violation?.violation
      #expect(violation == nil)
      ours.append(replay.events)
    }
    let stories = Set(runs.map(Self.story))
    for events in ours { #expect(stories.contains(Self.story(events)), "\(Self.story(events))") }
    for name in [
      "+sdown", "+odown", "+elected-leader", "+selected-slave", "+promoted-slave", "+switch-master",
      "+failover-end", "-failover-abort-not-elected", "-failover-abort-no-good-slave",
      "+convert-to-slave",
    ] {
      let about = name == "+sdown" ? "r1" : ""
      try compare(
        name, ours.map { Self.time(name, $0, about) }, runs.map { Self.time(name, $0, about) })
    }
    // A priority decides; where it does not, the run id does, which is drawn anew each time.
    if recording.number("r2-priority") != nil {
      let chosen = Set(runs.compactMap { run in run.first { $0.name == "+selected-slave" }?.text })
      for events in ours {
        if let mine = events.first(where: { $0.name == "+selected-slave" }) {
          #expect(chosen == [mine.text])
        }
      }
    }
  }

  @Test(
    "a primary that stood still is a primary for ten seconds more, and loses what it takes",
    arguments: SentinelRecording.all.filter { $0.number("paused-s") != nil })
  func paused(recording: SentinelRecording) throws {
    let pause = Double(try #require(recording.number("paused-s")))
    let recorded = try recording.observed.map { run -> Double? in
      let answers = try #require(run["answers_of_old_primary_after_resume"]?.items)
      let taken = try #require(run["accepted_by_old_primary"]?.integer)
      #expect(run["of_those_gone"]?.integer == taken)
      return answers.last?.items?.first?.double
    }
    var ours: [Double?] = []
    for seed in Self.seeds {
      var replay = try SentinelReplay(recording, seed: seed)
      try replay.inject("pause n1 for \(Int(pause))s")
      replay.run(pause + 0.1)
      let old = NodeID(0)
      let client = replay.universe.clients[0].node
      let token = replay.universe.node(old)?.token
      #expect(token == 1)
      // A client that has not heard of the change goes on writing to it.
      for number in 0..<50 {
        replay.universe.cluster.send(
          .write(request: 1_000 + number, key: 1), from: client, to: old)
        replay.run(pause + 0.2 + Double(number) * 0.05)
      }
      let taken = replay.universe.node(old)?.log.count { $0.request >= 1_000 }
      #expect(taken == 50)
      var until: Double?
      for step in 0..<400 where until == nil {
        replay.run(pause + 2.8 + Double(step) * 0.05)
        if replay.universe.node(old)?.token == nil { until = 2.8 + Double(step) * 0.05 }
      }
      ours.append(until)
      replay.run(pause + 25)
      let log = replay.universe.node(old)?.log ?? []
      #expect(!log.contains { $0.request >= 1_000 && $0.request < 1_050 })
    }
    try compare("READONLY", ours, recorded)
  }

  @Test(
    "a primary without replicas stops taking writes as soon as recorded",
    arguments: SentinelRecording.all.filter { $0.number("min-replicas-to-write") != nil })
  func alone(recording: SentinelRecording) throws {
    let recorded = try recording.observed.map { run -> Double? in
      try #require(run["answers_of_primary"]?.items).first { item in
        item.items?.last?.string?.hasPrefix("-NOREPLICAS") ?? false
      }?.items?.first?.double
    }
    var ours: [Double?] = []
    for seed in Self.seeds {
      var replay = try SentinelReplay(recording, seed: seed)
      try replay.inject("pause n2 for 8s")
      try replay.inject("pause n3 for 8s")
      var until: Double?
      for step in 0..<120 where until == nil {
        replay.run(Double(step) * 0.05)
        if case .sentinel(let redis)? = replay.universe.node(NodeID(0))?.role, !redis.takesWrites {
          until = Double(step) * 0.05
        }
      }
      ours.append(until)
    }
    // The recorded runs all began at the same place within a second; ours do not.
    let most = try #require(recording.number("min-replicas-max-lag-s"))
    let times = ours.compactMap { $0 }
    #expect(times.count == ours.count)
    for time in times { #expect(time > Double(most) - 0.6 && time < Double(most) + 2.1) }
    let least = try #require(times.min())
    let greatest = try #require(times.max())
    for case let time? in recorded { #expect(time > least - 0.3 && time < greatest + 0.3) }
  }

  /// The middle of ours lies in the recorded bounds, widened by a tenth and a tenth of a second, and
  /// it never comes in ours what never came in theirs.
  private func compare(_ name: String, _ ours: [Double?], _ recorded: [Double?]) throws {
    let theirs = recorded.compactMap { $0 }
    let mine = ours.compactMap { $0 }.sorted()
    guard let low = theirs.min(), let high = theirs.max() else {
      #expect(mine.isEmpty, "\(name) was never recorded: \(mine)")
      return
    }
    try #require(mine.count == ours.count && theirs.count == recorded.count, "\(name): \(mine)")
    let middle = mine[mine.count / 2]
    #expect(
      (low * 0.9 - 0.1...high * 1.1 + 0.1).contains(middle), "\(name): \(mine), not \(theirs)")
  }
}
