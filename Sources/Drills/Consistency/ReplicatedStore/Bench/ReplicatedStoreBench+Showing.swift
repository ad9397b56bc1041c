import Kernel
import Patterns
import Presentation
import Simulation
import Verification

extension ReplicatedStoreBench {
  /// How far time has come, and what is wrong.
  var passed: Document {
    var document = Document([.text("It is \(now).")])
    if !view.faults.isEmpty {
      document.add(.text("In force: \(view.faults.joined(separator: "; "))."))
    }
    document.add(table)
    return document
  }

  /// What the operations of the last command came to.
  func report(since count: Int) -> Document {
    let fresh = view.done.dropFirst(count)
    var document = Document()
    if fresh.count <= 3 {
      for done in fresh { document.add(.text(sentence(done))) }
    } else {
      let good = fresh.count { $0.outcome == .ok }
      let unknown = fresh.count { $0.outcome == .unknown }
      document.add(
        .text(
          "\(fresh.count) operations: \(good) answered, \(fresh.count - good - unknown) failed, "
            + "\(unknown) of unknown outcome."))
    }
    document.add(table)
    return document
  }

  private func sentence(_ done: StoreMeters.Done) -> String {
    let time = Unit.seconds.text((done.endedAt - done.beganAt).seconds)
    let client = "c\(done.client + 1)"
    let key = setup.isCounter ? "the counter" : "k\(done.key)"
    let version = done.version.map { ", version \($0.epoch).\($0.place)" } ?? ""
    switch (done.outcome, done.isWrite) {
    case (.ok, true): return "\(client) changed \(key) in \(time)\(version)."
    case (.ok, false):
      let value = done.value.map(String.init) ?? "nil"
      return "\(client) read \(key) as \(value) in \(time)\(version)."
    case (.failed, true): return "\(client) could not change \(key); gave up after \(time)."
    case (.failed, false): return "\(client) could not read \(key); gave up after \(time)."
    case (.unknown, _):
      return "\(client) gave up after \(time): nobody knows whether the change took effect."
    }
  }

  private var table: Block {
    let columns =
      [
        Table.Column("replica"), Table.Column("zone", .trailing), Table.Column("is"),
        Table.Column("applied", .trailing),
      ] + view.keys.prefix(6).map { Table.Column($0, .trailing) }
    return .table(
      Table(
        columns,
        view.rows.map { row in
          [Text(row.name), Text("\(row.zone)"), Text(row.role), Text(row.applied)]
            + row.holds.prefix(6).map { Text($0) }
        }))
  }

  /// What every replica is and holds.
  var standing: Document {
    let names = view.clients.joined(separator: ", ")
    return Document([
      .text("\(settings.word("store")), at \(now). Clients: \(names)."), table,
    ])
  }

  /// What clients did and saw, in order.
  var seen: Document {
    guard !view.done.isEmpty else {
      return Document([.text("No client has done anything yet: 'put c1 k1 7', 'get c2 k1'.")])
    }
    let shown = view.done.suffix(20)
    var document = Document()
    if shown.count < view.done.count {
      document.add(.text("The last \(shown.count) of \(view.done.count) operations:"))
    }
    document.add(
      .timeline(
        shown.map { done in
          Moment(
            time: "\(done.endedAt)", part: "c\(done.client + 1)",
            text: Text(sentence(done).split(separator: " ").dropFirst().joined(separator: " ")),
            tone: done.outcome == .ok ? nil : .bad)
        }))
    return document
  }

  /// What the checkers say of everything so far.
  var judged: Document {
    let universe = universe()
    let bench = self
    let findings = StoreFindings(
      setup: setup, meters: universe.meters, survivors: universe.survivors, hasQuiet: false,
      replay: { bench.universe(recording: $0).cluster.recorder })
    return FindingView.document(findings.all)
  }

  /// What happened to the store, in order.
  var happened: Document {
    guard !view.events.isEmpty else { return Document([.text("Nothing happened yet.")]) }
    return Document([
      .timeline(
        view.events.suffix(20).map { event in
          Moment(
            time: "\(event.at)", part: event.part, text: Text(event.detail),
            tone: event.weight == .harm || event.weight == .fault ? .bad : nil)
        })
    ])
  }
}
