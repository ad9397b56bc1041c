import Kernel
import Patterns

/// What a run shows about the promises of event-driven services.
enum EventFindings {
  static let everyRow = "no row without an event"
  static let noGhost = "no event without a row"
  static let converged = "copies converge to the owner's state"

  /// Every committed change has an event that reached the topic, or the first that has none.
  static func everyRow(_ record: EventRecord) -> Finding {
    guard let first = record.silent.first else { return Finding(everyRow, .holds) }
    let event = first.event
    var witness = [
      "Order \(event.aggregate) was changed to version \(event.version), committed at "
        + "\(first.at).", "Its event, number \(event.id), never reached the topic.",
    ]
    if record.silent.count > 1 { witness.append("\(record.silent.count - 1) more of the kind.") }
    return Finding(everyRow, .violated(witness: witness))
  }

  /// No consumer acted on a change that was never committed, or the first that did.
  static func noGhost(_ record: EventRecord) -> Finding {
    let ghosts = record.ghosts
    guard let first = ghosts.first else { return Finding(noGhost, .holds) }
    var witness = [
      "Consumer \(first.subscriber + 1) applied event \(first.id) at \(first.at).",
      "The change that it speaks of was rolled back, or its process died before the commit.",
    ]
    if ghosts.count > 1 { witness.append("\(ghosts.count - 1) more of the kind.") }
    return Finding(noGhost, .violated(witness: witness))
  }

  /// How many copies differ from the owner's rows.
  static func stale(
    _ owner: [Int: ServiceDatabase.Row], _ copies: [VersionedReplica?]
  ) -> Int {
    copies.reduce(0) { sum, copy in
      sum + owner.keys.count { owner[$0]?.state != copy?.rows[$0]?.state }
    }
  }

  /// Every copy equals the owner's row at the end, or the first that does not.
  static func converged(
    _ owner: [Int: ServiceDatabase.Row], _ copies: [VersionedReplica?], _ setup: EventSetup
  ) -> Finding {
    for (place, copy) in copies.enumerated() {
      for order in owner.keys.sorted() {
        guard let row = owner[order], copy?.rows[order]?.state != row.state else { continue }
        let name = setup.roster.name(setup.stores[place])
        let seen = copy?.rows[order].map { "version \($0.version)" } ?? "nothing"
        let others = stale(owner, copies) - 1
        var witness = [
          "Order \(order) stands at version \(row.version) in the orders database.",
          "\(name) has \(seen) of it when the run is over.",
        ]
        if others > 0 { witness.append("\(others) more of the kind.") }
        return Finding(converged, .violated(witness: witness))
      }
    }
    return Finding(converged, .holds)
  }
}
