import Kernel
import Patterns
import Simulation

/// What a run shows about the promises that customers may hope for.
enum CQRSFindings {
  static let ownWrites = "customers see their own changes"
  static let noOverdraft = "no account falls below zero"
  static let once = "a command takes effect once"
  static let rows = "rows agree with the events"
  static let forward = "reads do not go back in time"

  static func finding(_ guarantee: String, _ witness: [String]?) -> Finding {
    Finding(guarantee, witness.map { .violated(witness: $0) } ?? .holds)
  }
}

extension CQRSWorld {
  /// Rows that are not what the events up to their version add up to, and rows that are behind.
  func wrongRows() -> (wrong: Int, behind: Int, witness: [String]?) {
    var wrong = 0
    var behind = 0
    var witness: [String]?
    for (place, view) in views.enumerated() {
      for (number, name) in names.enumerated() {
        guard let last = balances[number].last else { continue }
        let row = view.model.live.table[name]
        let version = row?.version ?? -1
        let expected = version < 0 ? 0 : balances[number][min(version, balances[number].count - 1)]
        if row?.balance ?? 0 != expected || row?.movements ?? 0 != max(0, version) {
          wrong += 1
          witness =
            witness
            ?? [
              "\(name) at event \(version) holds \(expected / 100) euros by its events.",
              "view-\(place + 1) shows \((row?.balance ?? 0) / 100).",
            ]
        } else if version < balances[number].count - 1, last != row?.balance ?? 0 || version >= 0 {
          behind += 1
        }
      }
    }
    return (wrong, behind, witness)
  }

  /// How long events had not been in the live tables when the run ended.
  private func unapplied(at end: Instant) -> [Int64] {
    var lags: [Int64] = []
    for view in views {
      let live = view.model.live
      for position in max(firstPosition, live.checkpoint)..<max(store.head, firstPosition) {
        let recorded = store.events.log[position]
        let segment = live.segment(of: recorded.stream, position: position)
        if position >= live.segments[segment].next {
          lags.append((end - recorded.event.at).nanoseconds)
        }
      }
    }
    return lags
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let rows = wrongRows()
    let lags = tally.lags + unapplied(at: end)
    let findings = [
      CQRSFindings.finding(CQRSFindings.ownWrites, tally.stale),
      CQRSFindings.finding(CQRSFindings.noOverdraft, tally.overdraft),
      CQRSFindings.finding(CQRSFindings.once, tally.duplicate),
      CQRSFindings.finding(CQRSFindings.rows, rows.witness),
      CQRSFindings.finding(CQRSFindings.forward, tally.backward),
    ]
    return Outcome(
      measurements: tally.measurements(
        lags: lags, wrong: rows.wrong, behind: rows.behind,
        parked: views.reduce(0) { $0 + $1.model.live.parkedCount },
        storeBusy: storePool.busy.seconds / (end - Instant.zero).seconds / Double(settings.slots)),
      series: tally.series, verdicts: checks.verdicts, findings: findings,
      trace: environment.trace, duration: end - Instant.zero)
  }
}
