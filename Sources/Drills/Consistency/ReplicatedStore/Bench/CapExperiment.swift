import Kernel
import Presentation
import Simulation
import Verification

/// The same clients, the same load and the same partition over every store: what each gave up, for
/// whom, and what it costs while nothing is wrong.
///
/// CAP is the middle of the table (who was answered while the network was cut, and was it right),
/// PACELC its end (latency while it was whole).
struct CapExperiment {
  /// A store with what is special about it here.
  private struct Contender {
    let title: String
    let changes: [(String, String)]
  }

  private let settings: Settings

  /// The experiment with the load of a bench's `settings`.
  init(_ settings: Settings) { self.settings = settings }

  private static let contenders: [Contender] = [
    Contender(title: "one copy", changes: [("store", "single")]),
    Contender(
      title: "async, near reads",
      changes: [("store", "primary-backup"), ("read.from", "nearest")]),
    Contender(
      title: "async, lease",
      changes: [("store", "primary-backup"), ("fencing", "lease")]),
    Contender(
      title: "semi-sync, lease",
      changes: [
        ("store", "primary-backup"), ("replication", "semi-synchronous"), ("fencing", "lease"),
      ]),
    Contender(
      title: "sync, lease",
      changes: [
        ("store", "primary-backup"), ("replication", "synchronous"), ("fencing", "lease"),
      ]),
    Contender(title: "raft, ReadIndex", changes: [("store", "raft")]),
    Contender(
      title: "raft, near reads", changes: [("store", "raft"), ("raft.reads", "local")]),
  ]

  /// The first replica and the clients of its zone are cut off from 20 s to 40 s.
  private func partition(_ setup: StoreSetup) -> FaultPlan {
    let roster = setup.roster
    let isNear = { (node: NodeID) in roster.zone(node) == roster.zone(roster.replicas[0]) }
    let all = roster.replicas + [NodeID(roster.replicas.count)] + roster.clients
    let fault = Fault.partition([all.filter(isNear), all.filter { !isNear($0) }])
    return FaultPlan([TimedFault(at: .zero + .seconds(20), fault, for: .seconds(20))])
  }

  /// The table.
  var document: Document {
    var rows: [[Text]] = []
    for contender in Self.contenders {
      var changed = Settings(StoreKnobs.all)
      for (name, value) in loads + contender.changes { try? changed.set(name, value) }
      let setup = StoreSetup(changed)
      let request = ScenarioRequest(
        settings: changed, faults: partition(setup), seed: 3, traceCapacity: 0)
      rows.append(row(contender, setup, request))
    }
    let columns = [
      Table.Column("store"), Table.Column("cut off", .trailing),
      Table.Column("the rest", .trailing), Table.Column("linear"),
      Table.Column("lost", .trailing), Table.Column("stale", .trailing),
      Table.Column("read", .trailing), Table.Column("write", .trailing),
    ]
    return Document([
      .text(
        "Zone 1 is cut off from the others for 20 s of 60. Answered well meanwhile: clients cut "
          + "off, and the rest. Then what was seen over the whole run, and medians in peace."),
      .table(Table(columns, rows)),
      .text("'set zone.latency=…' or 'set write.share=…' and run it again."),
    ])
  }

  private var loads: [(String, String)] {
    let names = ["zone.latency", "write.share", "think", "timeout", "retries", "keys"]
    return [("clients", "6"), ("duration", "60s")]
      + settings.all.filter { names.contains($0.knob.name) }
      .map { ($0.knob.name, $0.setting.description) }
  }

  private func row(
    _ contender: Contender, _ setup: StoreSetup, _ request: ScenarioRequest
  ) -> [Text] {
    var universe = StoreUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: 0)
    universe.run(until: setup.end)
    let meters = universe.meters
    let cut = meters.done.filter { $0.isTroubled }
    let near = setup.roster.zone(setup.roster.replicas[0])
    func isNear(_ done: StoreMeters.Done) -> Bool {
      setup.roster.zone(setup.roster.clients[done.client]) == near
    }
    let findings = StoreFindings(
      setup: setup, meters: meters, survivors: universe.survivors, hasQuiet: true, replay: nil)
    let verdict: Text =
      switch findings.all.first?.verdict {
      case .holds: Text([.mark(.met)])
      case .violated: Text([.mark(.missed)])
      case .unknown, nil: Text([.mark(.unknown)])
      }
    let figures = meters.measurements(setup, survivors: universe.survivors)
    func figure(_ name: String) -> Text {
      Text(figures.first { $0.name == name }?.text ?? "none")
    }
    return [
      Text(contender.title), share(cut.filter(isNear)), share(cut.filter { !isNear($0) }),
      verdict, figure("lost_writes"), figure("stale_reads"), figure("read_p50"),
      figure("write_p50"),
    ]
  }

  private func share(_ operations: [StoreMeters.Done]) -> Text {
    guard !operations.isEmpty else { return "none" }
    let good = operations.count { $0.outcome == .ok }
    return Text(Unit.fraction.text(Double(good) / Double(operations.count)))
  }
}
