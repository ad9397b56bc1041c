import Kernel
import OrderedCollections
import Patterns
import Presentation

extension CommerceBench {
  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    var reply = Document()
    let moments = Array(log.dropFirst(seen).suffix(24))
    if !moments.isEmpty { reply.add(.timeline(moments)) }
    let services = CommerceSetup.services.map(participant)
    let locks = services.reduce(0) { $0 + $1.locks.count }
    reply.add(
      "\(now): stock \(services[0].balance(1)), couriers \(services[1].balance(1)), credit "
        + "\(services[2].balance(1)); \(letters.count.of("message")) under way, \(locks.of("lock held"))"
    )
    return reply
  }

  func showLog(_ count: Int) -> Document {
    guard !log.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
    return Document([.timeline(Array(log.suffix(count)))])
  }

  /// Services, transactions and messages.
  func show() -> Document {
    var reply = Document()
    let rows = CommerceSetup.services.map { node -> [Text] in
      let service = participant(node)
      let isUp = processes[node.index] != nil
      return [
        Text(name(node)), Text.toned(isUp ? "up" : "down", isUp ? .good : .bad),
        Text("\(service.balance(1))"), Text("\(service.promises.count)"),
        Text("\(service.locks.count)"), Text("\(service.marks.count)"),
      ]
    }
    reply.add(
      .table(
        Table(
          [
            Table.Column("service"), Table.Column("is"), Table.Column("balance", .trailing),
            Table.Column("promises", .trailing), Table.Column("locks", .trailing),
            Table.Column("marks", .trailing),
          ], rows)))
    let accounts = audit.accounts.suffix(8).map { account -> [Text] in
      let steps = account.placed.transaction.steps
      let standing = steps.indices.filter { account.stands($0) }.map { steps[$0].name }
      return [
        Text("\(account.placed.transaction.name) \(account.placed.transaction.id)"),
        Text(account.placed.outcome?.rawValue ?? "open"),
        Text(standing.isEmpty ? "nothing" : standing.joined(separator: ", ")),
      ]
    }
    if !accounts.isEmpty {
      reply.add(
        .table(
          Table(
            [
              Table.Column("transaction"), Table.Column("outcome"),
              Table.Column("what stands on the disks"),
            ], accounts)))
    }
    let isUp = processes[0] != nil
    reply.add("orders is \(isUp ? "up" : "down"), with \(journals[0].count) records on its disk.")
    for (place, letter) in letters.prefix(8).enumerated() {
      reply.add("\(place + 1). \(name(letter.from)) to \(name(letter.to)): \(tell(letter.message))")
    }
    if letters.count > 8 { reply.add("and \(letters.count - 8) messages more") }
    reply.add("It is \(now) since the bench began.")
    return reply
  }

  /// The waits of a step that never answers, as the options have them.
  mutating func waits(_ count: Int) -> Document {
    let options = setup.options.orchestrator
    let most = options.maximumAttempts.map { min(count, $0 - 1) } ?? count
    var sum = TimeSpan.zero
    var rows: [[Text]] = []
    for retry in 0..<most {
      let wait = options.backoff.span(retry: retry + 1)
      sum = sum + wait
      tally.lastWait = wait
      rows.append([Text("\(retry + 1)"), Text("\(wait)"), Text("\(sum)")])
    }
    tally.retries = rows.count
    tally.waited = sum
    let columns = ["repeat", "wait", "in all"].map { Table.Column($0, .trailing) }
    let limit = options.maximumAttempts.map { "after \($0) tries" } ?? "never"
    return Document([
      .table(Table(columns, Array(rows.prefix(14)))),
      .text(
        "\(rows.count) waits, \(sum) in all, the time for answers not counted. A step before the "
          + "pivot is given up \(limit)."),
    ])
  }
}
