import Kernel
import Patterns
import Presentation
import Simulation

/// What a lost site cost: measured by a run of the scenario.
struct SiteLoss: Sendable {
  let rpo: Double?
  let rto: Double?
  let cost: Double?
  /// Whether there was something to recover from.
  let isRecovered: Bool

  /// Two days of orders, backups in another region, a minute of open log; then the site is gone.
  init(
    of disaster: Disaster, strategy: RecoveryStrategy, zone: CopyMode
  ) throws(Diagnostic) {
    let scenario = DisasterScenario()
    var settings = Settings(scenario.knobs)
    for (name, text) in [
      ("disaster", disaster.rawValue), ("disaster.at", "46h"), ("strategy", strategy.rawValue),
      ("zone.standby", zone.rawValue), ("backup.place", BackupPlace.otherRegion.rawValue),
      ("archive.timeout", "60s"),
    ] {
      try settings.set(name, text)
    }
    let outcome = scenario.run(
      ScenarioRequest(settings: settings, faults: FaultPlan(), seed: 1))
    rpo = outcome.measurement("rpo")?.value
    rto = outcome.measurement("rto")?.value
    cost = outcome.measurement("cost")?.value
    isRecovered = outcome.measurement("recovered")?.value == 1
  }

  /// RPO and RTO in two cells.
  var cells: [Text] {
    guard isRecovered else { return [Text("all"), Text("never")] }
    return [Text(Self.text(rpo)), Text(Self.text(rto))]
  }

  private static func text(_ seconds: Double?) -> String {
    seconds.map { TimeSpan(seconds: $0.rounded()).description } ?? "-"
  }
}

extension RecoveryBench {
  mutating func lose(_ line: BenchLine) throws(Diagnostic) -> Document {
    let words = line.arguments
    let disaster: Disaster
    switch words.first {
    case "zone": disaster = .zoneLost
    case "region": disaster = .regionLost
    case let word?: throw .unknown("site", word, known: ["zone", "region"], column: line.column(0))
    case nil:
      throw Diagnostic(
        "Which site is lost?", expected: "zone or region", suggestion: "lose zone")
    }
    var strategy = RecoveryStrategy.backup
    var zone = CopyMode.none
    for (place, word) in words.dropFirst().enumerated() {
      if let known = RecoveryStrategy(rawValue: word) {
        strategy = known
      } else if let known = CopyMode(rawValue: word) {
        zone = known
      } else {
        throw .unknown(
          "strategy", word,
          known: RecoveryStrategy.allCases.map(\.rawValue) + CopyMode.allCases.map(\.rawValue),
          column: line.column(place + 1))
      }
    }
    let loss = try SiteLoss(of: disaster, strategy: strategy, zone: zone)
    self.loss = loss
    let copy = zone == .none ? "no copy in another zone" : "a \(zone.rawValue) copy in another zone"
    return Document([
      .text("A \(words[0]) is lost, with \(strategy.rawValue) and \(copy)."),
      .table(
        Table(
          [Table.Column("RPO"), Table.Column("RTO"), Table.Column("cost")],
          [loss.cells + [Text(Unit.ratio.text(loss.cost ?? 0))]])),
    ])
  }

  mutating func strategies() throws(Diagnostic) -> Document {
    var rows: [[Text]] = []
    for (strategy, zone) in Self.designs {
      let zoneLoss = try SiteLoss(of: .zoneLost, strategy: strategy, zone: zone)
      let regionLoss = try SiteLoss(of: .regionLost, strategy: strategy, zone: zone)
      rows.append(
        [Text(strategy.rawValue), Text(Self.short(zone))] + zoneLoss.cells
          + regionLoss.cells + [Text(Unit.ratio.text(zoneLoss.cost ?? 0))])
      loss = regionLoss
    }
    let columns = ["strategy", "zone copy", "zone RPO", "RTO", "region RPO", "RTO", "cost"]
    return Document([
      .table(Table(columns.map { Table.Column($0) }, rows)),
      .text(
        "1 TB, 46 h of orders, backups in the other region, archive.timeout=60s. The production "
          + "servers cost 1."),
    ])
  }

  private static func short(_ mode: CopyMode) -> String {
    switch mode {
    case .none: "-"
    case .asynchronous: "async"
    case .synchronous: "sync"
    }
  }

  private static let designs: [(RecoveryStrategy, CopyMode)] = [
    (.backup, .none), (.backup, .asynchronous), (.backup, .synchronous), (.pilot, .none),
    (.pilot, .synchronous), (.warm, .synchronous), (.multi, .synchronous),
  ]

  mutating func rewind() -> Document {
    guard let target = log.path(to: log.current).dropLast().last?.number else {
      return Document([
        .text(
          "No server was replaced yet: this one is on timeline 1. Recover with action=promote "
            + "first.")
      ])
    }
    let result = Resync.run(
      .rewind, target: target, source: log.current, in: log, dataBytes: plain.number("data.size"))
    resync = result
    guard !result.isNeedless else {
      return Document([.text("No rewind is required: it has nothing of its own.")])
    }
    let lost = result.diverged.compactMap { record in
      if case .insert(let row) = record.change { row } else { nil }
    }
    let span = lost.first.map { first in "rows \(first) to \(lost.last ?? first)" } ?? "no rows"
    return Document([
      .text(
        "The histories parted at \(Unit.bytes.text(Double(result.forkedAt))) of log. Only the old "
          + "server has \(result.diverged.count) commits, \(span)."),
      .text(
        "\(Unit.bytes.text(result.copiedBytes)) of pages are fetched, "
          + "\(Unit.bytes.text(Double(result.replayedBytes))) of log replayed. Then it has "
          + "\(result.rows.count) rows, as the server that serves. A full copy would read "
          + "\(Unit.bytes.text(plain.number("data.size")))."),
    ])
  }
}
