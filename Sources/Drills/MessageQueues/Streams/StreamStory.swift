import Kernel
import Simulation

/// Tells a run in the trace: a thread for every message, repeated trouble a dozen times.
struct StreamStory: Sendable {
  typealias World = Cluster<StreamFamily>

  let setup: StreamSetup
  private var threads: [Int: Trace.ID] = [:]
  private var told: [String: Int] = [:]

  /// How often a kind of event is told.
  static let limit = 12

  init(_ setup: StreamSetup) { self.setup = setup }

  func name(_ node: NodeID) -> String { setup.roster.name(node) }

  /// Records an event in the thread of a message, unless its kind was told often enough.
  mutating func tell(
    _ part: NodeID, _ fact: Fact, of number: Int? = nil, blaming subject: NodeID? = nil,
    within span: TimeSpan = .seconds(30), in world: inout World
  ) {
    told[fact.kind, default: 0] += 1
    guard told[fact.kind] ?? 0 <= Self.limit else { return }
    let since = Instant.zero + max(.zero, (world.now - .zero) - span)
    let culprit = subject.flatMap {
      world.environment.blame($0, seenBy: part, since: since)
    }
    let event = world.record(
      name(part), fact, cause: culprit ?? number.flatMap { threads[$0] })
    if let number { threads[number] = event }
  }

  /// Tells of what was lost, when the run is over.
  mutating func tellLosses(_ findings: [Finding], in world: inout World) {
    for finding in findings {
      guard finding.guarantee == "no confirmed message is lost",
        case .violated(let witness) = finding.verdict
      else { continue }
      let fact = Fact("lost", witness.joined(separator: " "), weight: .harm)
      let fault = world.environment.trace.events.indices.last {
        world.environment.trace.events[$0].weight == .fault
      }
      world.record("streams", fact, cause: fault.map(Trace.ID.init))
    }
  }
}
