import Kernel
import Patterns
import Presentation
import Simulation
import Verification

/// What checkers say of a run of a store, with witnesses that name clients, values and times.
struct StoreFindings {
  let setup: StoreSetup
  let meters: StoreMeters
  let survivors: Set<StoreRequest.ID>?
  /// Whether the run ends with a quiet time in which every key is read once more.
  let hasQuiet: Bool
  /// The messages of a stretch of the same run; nil where nobody can make the run again.
  let replay: ((ClosedRange<Instant>) -> MessageRecorder<StoreMessage>?)?

  /// Steps that a check of linearizability may take.
  private static let budget = 4_000_000

  /// The guarantees, strongest first.
  var all: [Finding] {
    var findings = [linearizable]
    if setup.isCounter { findings += [noIncrementLost, noIncrementTwice] }
    // Counters have no winning write, and their versions do not name one.
    if setup.kind != .crdt || !setup.isCounter {
      findings.append(setup.kind.isLeaderless ? noWriteOvertaken : noWriteLost)
      findings += sessions
    }
    if hasQuiet { findings.append(converged) }
    return findings
  }

  private var linearizable: Finding {
    if setup.isCounter {
      return finding(meters.counter, CounterModel()) { _ in 0 }
    }
    return finding(meters.registers, KeyValueModel()) { action in
      if case .text(let text) = action.key { Int(text.dropFirst()) ?? 0 } else { 0 }
    }
  }

  private func finding<Model: SequentialModel>(
    _ record: History<Model.Action>, _ model: Model, key: (Model.Action) -> Int
  ) -> Finding {
    let history = OperationHistory(record)
    switch Linearizability.check(history, against: model, budget: Self.budget) {
    case .holds: return Finding("linearizable", .holds)
    case .unknown(let reason): return Finding("linearizable", .unknown(reason))
    case .violated(let witness):
      let essence = witness.essence(in: history, of: model, questions: 60, budget: 200_000)
      let culprit = history.operations[witness.operation]
      var pictures: [Block] = [
        .diagram(
          .operations(
            OperationDiagram(
              history, showing: essence, culprit: witness.operation, name: clientName,
              action: Self.words)))
      ]
      let began = record.events[culprit.invocation].at
      let ended = culprit.response.map { record.events[$0].at } ?? began
      // What the culprit should have seen: the last change that was over before it began.
      let missed = essence.last { index in
        index != witness.operation
          && (history.operations[index].response ?? .max)
            < culprit.invocation
          && !Model.isPure(history.operations[index].action)
      }
      let from = missed.map { record.events[history.operations[$0].invocation].at } ?? began
      let processes = [culprit.process] + (missed.map { [history.operations[$0].process] } ?? [])
      let clients = Set(processes.compactMap(client))
      if let picture = messages(from: from, to: ended, key: key(culprit.action), of: clients) {
        pictures.append(picture)
      }
      var sentences = [
        "\(clientName(culprit.process)) began '\(Self.words(culprit.action))' at \(began) and had its "
          + "answer at \(ended)."
      ]
      if let missed {
        let change = history.operations[missed]
        let over = change.response.map { record.events[$0].at } ?? began
        sentences.append(
          "But \(clientName(change.process))'s '\(Self.words(change.action))' was over at \(over), before "
            + "that read began.")
      }
      sentences.append("No order of the operations explains both.")
      return Finding("linearizable", .violated(witness: sentences), pictures: pictures)
    }
  }

  /// An action without the quotes that its key has as a text.
  private static func words(_ action: some Sendable) -> String {
    "\(action)".filter { $0 != "\"" }
  }

  /// The messages about `key` and some clients in a stretch of the run.
  private func messages(
    from: Instant, to: Instant, key: Int, of clients: Set<NodeID>
  ) -> Block? {
    guard let recorder = replay?(from...max(from, to)) else { return nil }
    let diagram = MessageDiagram(recorder, roster: setup.roster.roster, limit: 16) {
      $0.label(about: key, of: clients)
    }
    return diagram.rows.isEmpty ? nil : .diagram(.messages(diagram))
  }

  private var noIncrementLost: Finding {
    let name = "no acknowledged increment is lost"
    guard let lost = meters.lostIncrements(setup) else {
      return Finding(name, .unknown("nobody could read the counter in the end"))
    }
    guard lost > 0 else { return Finding(name, .holds) }
    let acknowledged = meters.done.count { $0.isWrite && $0.outcome == .ok }
    return Finding(
      name,
      .violated(witness: [
        "Clients had \(acknowledged) increments acknowledged, and in the end they read "
          + "\(acknowledged - lost): \(lost) are lost."
      ]))
  }

  private var noIncrementTwice: Finding {
    let name = "no increment is counted twice"
    let writes = meters.done.filter(\.isWrite)
    let most = writes.count { $0.outcome != .failed }
    let final = meters.done.last {
      !$0.isWrite && $0.outcome == .ok && $0.beganAt >= setup.lookFrom
    }
    guard let final, let value = final.value else {
      return Finding(name, .unknown("nobody could read the counter in the end"))
    }
    guard value > most else { return Finding(name, .holds) }
    return Finding(
      name,
      .violated(witness: [
        "Clients made at most \(most) increments, and \(writer(final)) read \(value) at "
          + "\(final.endedAt)."
      ]))
  }

  private var noWriteLost: Finding {
    let name = "no acknowledged write is lost"
    guard let survivors else {
      return Finding(name, .unknown("no replica can tell what the store has in the end"))
    }
    let lost = meters.lost(survivors)
    guard let first = lost.first else { return Finding(name, .holds) }
    var witness = [
      "c\(first.client + 1) wrote to k\(first.key) and had its answer at \(first.endedAt), and in "
        + "the end the primary does not have that write."
    ]
    if lost.count > 1 { witness.append("\(lost.count - 1) more of the kind.") }
    return Finding(name, .violated(witness: witness))
  }

  /// Where timestamps decide: a write that began after another was over must win.
  private var noWriteOvertaken: Finding {
    let name = "no acknowledged write is lost"
    let lost = meters.overtaken
    guard let first = lost.first else { return Finding(name, .holds) }
    var witness = [
      "\(writer(first.winner)) wrote to k\(first.winner.key) and had its answer at "
        + "\(first.winner.endedAt).",
      "\(writer(first.loser)) wrote to the same key from \(first.loser.beganAt) on and had its answer "
        + "at \(first.loser.endedAt), but with an older timestamp: the earlier write wins.",
    ]
    if lost.count > 1 { witness.append("\(lost.count - 1) more of the kind.") }
    return Finding(name, .violated(witness: witness))
  }

  private func writer(_ entry: StoreMeters.Done) -> String { "c\(entry.client + 1)" }

  private var sessions: [Finding] {
    let versioned = meters.versioned
    return SessionGuarantees.check(versioned.map(\.operation)).map { guarantee, verdict in
      switch verdict {
      case .holds: return Finding(guarantee.title, .holds)
      case .unknown(let reason): return Finding(guarantee.title, .unknown(reason))
      case .violated(let witness):
        let earlier = meters.done[versioned[witness.earlier].done]
        let later = meters.done[versioned[witness.later].done]
        return Finding(
          guarantee.title,
          .violated(witness: [
            "c\(earlier.client + 1) \(words(earlier)) by \(earlier.endedAt).",
            "From \(later.beganAt) on it \(words(later)), which is older.",
          ]))
      }
    }
  }

  private var converged: Finding {
    let name = "replicas converge"
    let versioned = meters.versioned
    switch Convergence.check(versioned.map(\.operation), from: setup.lookFrom) {
    case .holds: return Finding(name, .holds)
    case .unknown(let reason): return Finding(name, .unknown(reason))
    case .violated(let witness):
      let one = meters.done[versioned[witness.read].done]
      let other = meters.done[versioned[witness.other].done]
      return Finding(
        name,
        .violated(witness: [
          "When all was quiet, c\(one.client + 1) \(words(one)) at \(one.endedAt).",
          "c\(other.client + 1) \(words(other)) at \(other.endedAt).",
        ]))
    }
  }

  private func words(_ entry: StoreMeters.Done) -> String {
    let version = entry.version.map { " (version \($0.epoch).\($0.place))" } ?? ""
    if entry.isWrite { return "wrote k\(entry.key)\(version)" }
    return "read k\(entry.key) as \(entry.value.map(String.init) ?? "nil")\(version)"
  }

  /// A process of a history by the name of its client, which goes on under new processes.
  private func clientName(_ process: Int) -> String {
    client(process).map(setup.roster.roster.name) ?? "process \(process)"
  }

  /// The client behind a process of a history.
  private func client(_ process: Int) -> NodeID? {
    meters.done.first { $0.process == process }.map { setup.roster.clients[$0.client] }
  }
}
