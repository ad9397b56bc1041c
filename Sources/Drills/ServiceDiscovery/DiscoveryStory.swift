import Kernel
import Patterns
import Simulation

/// Tells the run in the trace: each event with what led to it, repeated trouble only once.
///
/// It keeps a thread for every instance: the last event that was told of it, which is the cause of
/// what is told next.
struct DiscoveryStory: Sendable {
  typealias World = Cluster<DiscoveryFamily>

  let roster: DiscoveryRoster
  /// Before this the registry is being set up, which is no story.
  let measuredFrom: Instant
  /// Instances that are being replaced.
  private(set) var leaving: Set<NodeID> = []
  private var threads: [NodeID: Trace.ID] = [:]
  private var told: Set<String> = []

  init(_ setup: DiscoverySetup) {
    roster = setup.roster
    measuredFrom = setup.measuredFrom
  }

  func name(_ node: NodeID) -> String { roster.roster.name(node) }

  /// What is behind trouble with `app` as `observer` sees it: its thread, or the fault itself.
  func cause(of app: NodeID, seenBy observer: NodeID, in world: borrowing World) -> Trace.ID? {
    threads[app] ?? world.environment.blame(app, seenBy: observer)
      ?? world.environment.blame(roster.host(of: app), seenBy: observer)
  }

  /// Records an event in the thread of `app`.
  mutating func tell(
    _ part: NodeID, _ fact: Fact, of app: NodeID, cause: Trace.ID?, in world: inout World
  ) {
    let because = self.cause(of: app, seenBy: part, in: world) ?? cause
    threads[app] = world.record(name(part), fact, cause: because)
  }

  /// Makes `event` the cause of what is told of `app` next.
  mutating func blame(_ event: Trace.ID, for app: NodeID) { threads[app] = event }

  /// The half minute that it is: repeated trouble is told once in each.
  private static func spell(_ world: borrowing World) -> Int {
    Int(world.now.nanoseconds / TimeSpan.seconds(30).nanoseconds)
  }

  /// Says `true` the first time that it is asked for `key`.
  mutating func isFirst(_ key: String) -> Bool { told.insert(key).inserted }
}

extension DiscoveryStory {
  mutating func died(_ app: NodeID, in world: inout World) {
    if let fault = world.environment.blame(app, seenBy: app) {
      if leaving.contains(app) { return }
      threads[app] = fault
    }
    told = told.filter { !$0.hasPrefix("\(name(app))/") }
  }

  mutating func cameBack(_ app: NodeID) {
    leaving.remove(app)
    threads[app] = nil
    told = told.filter { !$0.hasPrefix("\(name(app))/") }
  }

  mutating func deploying(_ app: NodeID, in world: inout World) {
    leaving.insert(app)
    let fact = Fact("deploying", "\(name(app)) is told to stop and is replaced", weight: .fault)
    threads[app] = world.record("deploy", fact)
  }

  mutating func staleCall(to app: NodeID, by picker: NodeID, in world: inout World) {
    guard isFirst("\(name(app))/stale/\(picker.index)/\(Self.spell(world))") else { return }
    let detail = "calls \(name(app)), which is dead but still in its view"
    let because = cause(of: app, seenBy: picker, in: world)
    world.record(name(picker), Fact("stale-call", detail, weight: .harm), cause: because)
  }

  mutating func failedCall(to app: NodeID, by picker: NodeID, in world: inout World) {
    guard isFirst("\(name(app))/failed/\(picker.index)/\(Self.spell(world))") else { return }
    let detail = "gives a call up after its attempt on \(name(app))"
    let because = cause(of: app, seenBy: picker, in: world)
    world.record(name(picker), Fact("call-failed", detail, weight: .harm), cause: because)
  }

  mutating func noInstance(at picker: NodeID, in world: inout World) {
    guard isFirst("empty/\(picker.index)/\(Self.spell(world))") else { return }
    let detail = "has a call but no instance to send it to"
    let because = threads.values.max() ?? world.environment.active.last?.event
    world.record(name(picker), Fact("no-instance", detail, weight: .harm), cause: because)
  }

  mutating func ejected(_ app: NodeID, by picker: NodeID, in world: inout World) {
    let fact = Fact(
      "ejected", "leaves \(name(app)) out after its failures, whatever the registry says")
    let because = cause(of: app, seenBy: picker, in: world)
    world.record(name(picker), fact, cause: because)
  }

  mutating func lostSight(
    of app: NodeID, by picker: NodeID, isFalse: Bool, cause: Trace.ID?, in world: inout World
  ) {
    guard isFalse || isFirst("\(name(app))/lost") else { return }
    let detail =
      isFalse
      ? "no longer sees \(name(app)), which runs and can be reached"
      : "is the first to drop \(name(app)) from its view"
    let fact = Fact(
      isFalse ? "false-eviction" : "dropped", detail, weight: isFalse ? .harm : .change)
    let because = self.cause(of: app, seenBy: picker, in: world) ?? cause
    world.record(name(picker), fact, cause: because)
  }

  mutating func gainedSight(
    of app: NodeID, by picker: NodeID, cause: Trace.ID?, in world: inout World
  ) {
    guard isFirst("\(name(app))/seen") else { return }
    let fact = Fact("sees", "sees \(name(app))")
    let because = threads[app] ?? cause
    world.record(name(picker), fact, cause: because)
  }

  mutating func forgotten(_ app: NodeID, after span: TimeSpan, in world: inout World) {
    let fact = Fact(
      "forgotten", "no picker sees \(name(app)) any more, \(span) after its death",
      weight: .recovery)
    let because = threads[app]
    world.record("callers", fact, cause: because)
  }

  mutating func refused(
    _ app: NodeID, by node: NodeID, cause: Trace.ID?, in world: inout World
  ) {
    guard isFirst("\(name(app))/refused") else { return }
    let fact = Fact(
      "registration-refused", "an attempt to register \(name(app)) fails", weight: .harm)
    let culprit = culprit(seenBy: node, in: world)
    threads[app] = world.record(name(node), fact, cause: culprit ?? cause ?? threads[app])
  }

  mutating func registry(lost: Bool, by node: NodeID, in world: inout World) {
    let fact =
      lost
      ? Fact("registry-lost", "gets no answer from the registry and keeps its last view")
      : Fact("registry-back", "hears from the registry again", weight: .recovery)
    let culprit = culprit(seenBy: node, in: world)
    world.record(name(node), fact, cause: culprit)
  }
}
