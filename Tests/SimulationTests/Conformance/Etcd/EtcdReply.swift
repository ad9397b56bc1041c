import Recordings
import Kernel
import Patterns

/// Answers in the form in which the recorder wrote them down: empty and zero fields are left out,
/// as etcd's JSON gateway does, and `rev` is the revision of the reply's header.
enum EtcdReply {
  static func json(_ response: EtcdResponse) -> JSONText {
    switch response.body {
    case .operation(let operation): json(operation)
    case .compacted, .leaseRevoked, .accepted: .object([("rev", .number(response.revision))])
    case .leaseGranted(let id, let ttl):
      .object([("ID", .text("\(id)")), ("TTL", .text("\(ttl)"))])
    case .leaseKeptAlive(let id, let ttl):
      .object([("ID", .text("\(id)")), ("TTL", ttl == 0 ? nil : .text("\(ttl)"))])
    case .leaseTimeToLive(let id, let ttl, _):
      .object([("ID", .text("\(id)")), ("TTL", .text("\(ttl)"))])
    case .status(let leader, let term, let errors):
      .object([
        ("leader", leader.map { .text("\($0.index + 1)") }), ("raftTerm", .number(term)),
        ("errors", errors.isEmpty ? nil : .list(errors.map { .text($0.text) })),
      ])
    }
  }

  static func json(_ response: EtcdOperationResponse) -> JSONText {
    switch response {
    case .range(let found):
      .object([
        ("rev", .number(found.revision)), ("kvs", list(found.keyValues.map(json))),
        ("more", found.more ? .flag(true) : nil),
        ("count", found.count == 0 ? nil : .number(found.count)),
      ])
    case .put(let revision, let previous):
      .object([("rev", .number(revision)), ("prev_kv", previous.map(json))])
    case .delete(let revision, let deleted, let previous):
      .object([
        ("rev", .number(revision)), ("deleted", deleted == 0 ? nil : .number(deleted)),
        ("prev_kvs", list(previous.map(json))),
      ])
    case .transaction(let revision, let succeeded, let parts):
      .object([
        ("rev", .number(revision)), ("succeeded", succeeded ? .flag(true) : nil),
        ("responses", list(parts.map { .object([(name(of: $0), json($0))]) })),
      ])
    }
  }

  static func json(_ error: EtcdError) -> JSONText {
    .object([("error", .text(error.text)), ("code", .number(error.code))])
  }

  static func json(_ keyValue: EtcdKeyValue) -> JSONText {
    func positive(_ number: Int) -> JSONText? { number == 0 ? nil : .number(number) }
    return .object([
      ("key", .text(keyValue.key)), ("create_revision", positive(keyValue.createRevision)),
      ("mod_revision", positive(keyValue.modRevision)), ("version", positive(keyValue.version)),
      ("value", keyValue.value.isEmpty ? nil : .text(keyValue.value)),
      ("lease", positive(Int(keyValue.lease))),
    ])
  }

  static func json(_ word: EtcdWatchResponse) -> JSONText {
    var members: [(String, JSONText?)] = [("rev", .number(word.revision))]
    switch word.body {
    case .created: members.append(("created", .flag(true)))
    case .events(let events): members.append(("events", list(events.map(json))))
    case .canceled(let compactRevision):
      members.append(("canceled", .flag(true)))
      if compactRevision > 0 {
        members.append(("compact_revision", .text("\(compactRevision)")))
      }
    case .failed(let error):
      members.append(("canceled", .flag(true)))
      members.append(("cancel_reason", .text(error.text)))
    }
    return .object([("result", .object(members))])
  }

  static func json(_ event: EtcdEvent) -> JSONText {
    .object([
      ("type", event.kind == .delete ? .text("DELETE") : nil),
      ("kv", json(event.keyValue)), ("prev_kv", event.previous.map(json)),
    ])
  }

  private static func list(_ items: [JSONText]) -> JSONText? { items.isEmpty ? nil : .list(items) }

  private static func name(of response: EtcdOperationResponse) -> String {
    switch response {
    case .range: "response_range"
    case .put: "response_put"
    case .delete: "response_delete_range"
    case .transaction: "response_txn"
    }
  }
}
