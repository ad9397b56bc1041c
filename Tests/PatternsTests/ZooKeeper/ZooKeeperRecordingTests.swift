import Kernel
import Patterns
import Recordings
import Testing

@Suite("ZooKeeper as recorded")
struct ZooKeeperRecordingTests {
  @Test(
    "sequential and ephemeral nodes",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("zookeeper-sequential"))
  func sequential(recording: Recording) throws {
    var story = SequentialStory()
    for (step, row) in try rows(recording) {
      let ours = try story.run(step)
      let recorded = row.dropFirst()
      #expect(
        recorded.count == ours.count && zip(recorded, ours).allSatisfy { $0.agrees(with: $1) },
        "\(step)\n  recorded \(Array(recorded))\n  ours     \(ours)")
    }
    #expect(story.clients.violation == nil)
  }

  @Test(
    "watches",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("zookeeper-watch"))
  func watches(recording: Recording) throws {
    var story = WatchStory()
    for (step, row) in try rows(recording) {
      let ours = try story.run(step)
      let recorded = try #require(row.last)
      #expect(recorded.agrees(with: ours), "\(step)\n  recorded \(recorded)\n  ours     \(ours)")
    }
    #expect(story.clients.violation == nil)
  }

  private func rows(_ recording: Recording) throws -> [(String, [JSONText])] {
    let steps = try #require(recording.steps.items)
    let rows = try #require(recording.observed.items)
    #expect(steps.count == rows.count && !rows.isEmpty)
    return try zip(steps, rows).map { step, row in
      let cells = try #require(row.items)
      #expect(step.string == cells.first?.string)
      return (try #require(step.string), cells)
    }
  }

  /// The recorder looked at intervals, and each session began when the last had just ended, at a tick
  /// or a little later.
  private static let tolerance = TimeSpan.milliseconds(50)

  @Test(
    "timeouts are granted within limits and end at ticks",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("zookeeper-session"))
  func sessions(recording: Recording) throws {
    let options = try options(recording)
    let runs = try #require(recording.observed.items)
    #expect(!runs.isEmpty)
    for run in runs {
      for (place, session) in try #require(run.items).enumerated() {
        let seconds = try #require(session["requested_s"]?.double)
        let wanted = TimeSpan(seconds: seconds)
        let (granted, earliest, latest) = try silence(wanted, options)
        #expect(session["granted_s"]?.double == granted.seconds)
        guard let gone = session["ephemeral_gone_after_silence_s"]?.double else { continue }
        let tolerance = Self.tolerance.seconds
        #expect(earliest.seconds <= gone && gone <= latest.seconds + tolerance)
        if place > 0 { #expect(abs(latest.seconds - gone) <= tolerance) }
      }
    }
    for bound in recording.bounds.members {
      let words = bound.name.split(separator: " ")
      let seconds = words.dropFirst().first.flatMap { Double($0) }
      let wanted = TimeSpan(seconds: try #require(seconds))
      let (_, earliest, latest) = try silence(wanted, options)
      let values = bound.value.items?.compactMap { $0.double }
      let ends = try #require(values)
      #expect(earliest.seconds <= ends[0] && ends[1] <= latest.seconds + Self.tolerance.seconds)
    }
  }

  private func options(_ recording: Recording) throws -> ZooKeeperOptions {
    var options = ZooKeeperOptions()
    let tick = try #require(recording.configuration["tickTime_ms"]?.integer)
    options.tickTime = .milliseconds(Int64(tick))
    func ticks(_ name: String) -> Int? {
      recording.configuration[name]?.string?.split(separator: " ").first.flatMap { Int($0) }
    }
    options.minSessionTicks = ticks("minSessionTimeout") ?? options.minSessionTicks
    options.maxSessionTicks = ticks("maxSessionTimeout") ?? options.maxSessionTicks
    return options
  }

  /// The timeout granted, and the shortest and longest silence until the ephemeral node is gone, over
  /// all phases of the tick in which the session can begin.
  private func silence(
    _ wanted: TimeSpan, _ options: ZooKeeperOptions
  ) throws -> (granted: TimeSpan, earliest: TimeSpan, latest: TimeSpan) {
    var granted = TimeSpan.zero
    var silences: [TimeSpan] = []
    for phase in 0..<20 {
      var clients = ZooKeeperClients(options)
      let start = Instant.zero + options.tickTime * phase / 20
      clients.pass(until: start)
      clients.connect("raw", timeout: wanted)
      _ = clients.ask("raw", .create("/e", isEphemeral: true))
      granted = try #require(clients.granted["raw"])
      clients.pass(until: start + granted + options.tickTime)
      let gone = try #require(clients.goneAt["raw"])
      clients.connect("late")
      #expect(clients.ask("late", .exists("/e")) == .stat(nil))
      silences.append(gone - start)
    }
    return (granted, try #require(silences.min()), try #require(silences.max()))
  }
}
