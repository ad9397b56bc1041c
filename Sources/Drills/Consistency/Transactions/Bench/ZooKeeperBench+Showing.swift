import Kernel
import Patterns
import Presentation

extension ZooKeeperBench {
  /// Notes what the server did.
  mutating func note(_ output: ZooKeeperServer.Output) {
    switch output {
    case .reply(let id, let response): note(name(id), response)
    case .event(let id, let event):
      counters.events += 1
      news.append(
        Text("\(name(id))   ") + .toned("watch fires", .accent)
          + Text(": \(event.kind.rawValue) \(event.path)"))
    case .expired(let id, let nodes):
      counters.expired += 1
      news.append(
        Text("\(name(id))   ") + .toned("is expired", .bad) + Text(" at \(now); ")
          + Text("\(nodes) ephemeral \(nodes == 1 ? "node goes" : "nodes go") with it"))
      clients.removeAll { $0.id == id }
    case .connected, .closed, .wakeMe: break
    }
  }

  private mutating func note(_ name: String, _ response: ZooKeeperResponse) {
    switch response {
    case .created(let path):
      counters.lastNumber = Int(path.suffix(10))
      news.append(Text("\(name)   created \(path)"))
    case .done: break
    case .stat(nil): news.append(Text("\(name)   does not exist"))
    case .stat(.some(let stat)):
      counters.lastVersion = stat.version
      counters.lastCount = stat.numChildren
      news.append(Text("\(name)   \(Self.words(stat))"))
    case .data(let data, let stat):
      counters.lastVersion = stat.version
      news.append(Text("\(name)   '\(data)', \(Self.words(stat))"))
    case .children(let names):
      counters.lastCount = names.count
      news.append(
        Text("\(name)   ")
          + Text(names.isEmpty ? "no children" : names.joined(separator: ", ")))
    case .failed(let error):
      counters.failed += 1
      news.append(Text("\(name)   ") + .toned(error.text, .bad))
    }
  }

  private static func words(_ stat: ZNodeStat) -> String {
    "version \(stat.version), cversion \(stat.cversion), \(stat.numChildren) children"
      + (stat.ephemeralOwner == nil ? "" : ", ephemeral")
  }

  private func name(_ id: ZooKeeperSessionID) -> String {
    clients.first { $0.id == id }?.name ?? "session \(id.number)"
  }

  /// What the command led to.
  func told() -> Document {
    var reply = Document()
    if news.isEmpty { reply.add(Text("\(now)   done")) }
    for line in news { reply.add(line) }
    return reply
  }

  /// The server at length.
  func show() -> Document {
    var reply = Document()
    reply.add(Text("\(now)"))
    let sessions = server.sessions.map { session -> [Text] in
      let client = clients.first { $0.id == session.id }
      return [
        Text(name(session.id)), Text("\(session.timeout)"), Text("\(session.expires)"),
        Text(client?.isPaused ?? false ? "paused" : "pings"),
        Text("\(server.watchCount(of: session.id))"),
      ]
    }
    let columns = ["session", "timeout", "expires if silent", "client", "watches"]
    reply.add(.table(Table(columns.map { Table.Column($0) }, sessions)))
    let nodes = server.nodes.map { path, stat in
      [Text(path), Text(stat.ephemeralOwner.map { name($0) } ?? ""), Text("\(stat.version)")]
    }
    reply.add(
      .table(
        Table([Table.Column("node"), Table.Column("owner"), Table.Column("version")], nodes)))
    return reply
  }
}
