import Kernel
import Patterns
import Verification

/// What checkers say of a run of transactions, with witnesses that name clients, rows and times.
struct TransactionFindings {
  let meters: TransactionMeters
  private let history: OperationHistory<ListTransaction>
  private let verdict: Verdict<[TransactionAnomaly]>

  init(_ meters: TransactionMeters) {
    self.meters = meters
    history = meters.operations
    verdict = Serializability.check(history)
  }

  /// The anomalies found; nil when nobody can tell.
  var anomalies: [TransactionAnomaly]? {
    switch verdict {
    case .holds: []
    case .violated(let anomalies): anomalies
    case .unknown: nil
    }
  }

  /// The guarantees, the general one first.
  var all: [Finding] {
    var findings = [serializable, noLostUpdate]
    switch meters.setup.workload {
    case .counter: findings.append(noIncrementLost)
    case .transfer: findings += [moneyIsConserved, auditsAreRight]
    case .onCall: findings.append(somebodyIsOnCall)
    case .lists: break
    }
    return findings
  }

  private var serializable: Finding {
    let name = "serializable"
    switch verdict {
    case .holds: return Finding(name, .holds)
    case .unknown(let reason): return Finding(name, .unknown(reason))
    case .violated(let anomalies):
      let kinds = TransactionAnomaly.Kind.allCases.filter { kind in
        anomalies.contains { $0.kind == kind }
      }
      var witness = ["The kinds of anomalies found: \(kinds.map(\.title).joined(separator: ", "))."]
      if let first = anomalies.first(where: { !$0.cycle.isEmpty }) ?? anomalies.first {
        witness.append("The smallest example of \(first.kind.title):")
        witness += sentences(of: first)
      }
      return Finding(name, .violated(witness: witness))
    }
  }

  private var noLostUpdate: Finding {
    let name = "no update is lost"
    guard let anomalies else {
      return Finding(name, .unknown("the history does not say enough"))
    }
    guard let first = anomalies.first(where: { $0.kind == .lostUpdate }) else {
      return Finding(name, .holds)
    }
    return Finding(name, .violated(witness: sentences(of: first)))
  }

  /// The proof of an anomaly, after who its transactions are.
  private func sentences(of anomaly: TransactionAnomaly) -> [String] {
    var named: [Int] = []
    for transaction in anomaly.transactions where !named.contains(transaction) {
      named.append(transaction)
    }
    return named.prefix(4).map { "T\($0) is \(words(for: $0))." } + anomaly.proof
  }

  private func words(for index: Int) -> String {
    let operation = history.operations[index]
    guard operation.process >= 0 else { return "the last reader's look at all rows" }
    let client = "c\(operation.process % 1_000 + 1)"
    let began = meters.history.events[operation.invocation].at
    let ended = operation.response.map { meters.history.events[$0].at }
    let until = ended.map { " to \($0)" } ?? ", never answered"
    return "\(client)'s transaction from \(began)\(until)"
  }

  private var noIncrementLost: Finding {
    let name = "no acknowledged increment is lost"
    guard let lost = meters.lostIncrements else {
      return Finding(name, .unknown("the database was down in the end"))
    }
    guard lost > 0 else { return Finding(name, .holds) }
    let acknowledged = meters.done.reduce(0) { $0 + $1.writes.count }
    var witness = [
      "Clients had \(acknowledged) increments acknowledged, and in the end the counters show "
        + "\(acknowledged - lost): \(lost) are lost."
    ]
    if let sentence = staleWrite { witness.append(sentence) }
    return Finding(name, .violated(witness: witness))
  }

  /// A write whose value was worked out from a version that others had replaced by then.
  private var staleWrite: String? {
    guard let final = meters.final else { return nil }
    for entry in meters.done {
      for write in entry.writes where !write.isAdded {
        guard let sight = entry.sights[write.row], final.indices.contains(write.row),
          case .list(let log) = final[write.row][1],
          let place = log.firstIndex(where: {
            meters.writers[$0].map {
              $0.client == entry.client && $0.write == write && $0.at <= entry.endedAt
                && $0.at >= entry.beganAt
            } ?? false
          }), place > sight.log.count, let missed = meters.writers[log[place - 1]]
        else { continue }
        return "For one: c\(entry.client + 1) wrote \(write.value) to row \(write.row) by "
          + "\(entry.endedAt), worked out from \(sight.value), which it had read at \(sight.at); "
          + "c\(missed.client + 1)'s \(missed.write.value), written at \(missed.at), lay in "
          + "between."
      }
    }
    return nil
  }

  private var moneyIsConserved: Finding {
    let name = "money is conserved"
    guard let error = meters.moneyError else {
      return Finding(name, .unknown("the database was down in the end"))
    }
    guard error != 0 else { return Finding(name, .holds) }
    let total = meters.setup.rows * meters.setup.firstValue
    var witness = [
      "The accounts began with \(total) together and end with \(total + error)."
    ]
    if let sentence = staleWrite { witness.append(sentence) }
    return Finding(name, .violated(witness: witness))
  }

  private var auditsAreRight: Finding {
    let name = "audits see the whole sum"
    guard let first = meters.wrongAudits.first else { return Finding(name, .holds) }
    let sum = first.sights.values.reduce(0) { $0 + $1.value }
    let times = first.sights.values.map(\.at).sorted()
    let from = times.first ?? first.beganAt
    return Finding(
      name,
      .violated(witness: [
        "c\(first.client + 1) read the accounts one after the other from \(from) to "
          + "\(times.last ?? first.endedAt), in one transaction, and found \(sum) in all instead of "
          + "\(meters.setup.rows * meters.setup.firstValue).",
        "\(meters.wrongAudits.count) audits of that kind.",
      ]))
  }

  private var somebodyIsOnCall: Finding {
    let name = "somebody is always on call"
    guard let first = meters.emptyLooks.first,
      let row = first.sights.keys.sorted().first(where: { first.sights[$0]?.value == 0 })
    else { return Finding(name, .holds) }
    let shift = row / 2
    var witness = [
      "c\(first.client + 1) found nobody on call in shift \(shift) at "
        + "\(first.sights[shift * 2 + 1]?.at ?? first.endedAt)."
    ]
    for row in [shift * 2, shift * 2 + 1] {
      guard let token = first.sights[row]?.log.last, let writer = meters.writers[token],
        let left = meters.done.first(where: {
          $0.client == writer.client && $0.beganAt <= writer.at && writer.at <= $0.endedAt
        })
      else { continue }
      let other = row ^ 1
      let seen = left.sights[other].map { "doctor \(other) on call at \($0.at)" } ?? "nothing"
      witness.append(
        "c\(writer.client + 1) took doctor \(row) off at \(writer.at), having seen \(seen).")
    }
    return Finding(name, .violated(witness: witness))
  }
}
