import Kernel
import Patterns

/// What the nodes of a store and its clients send each other.
enum StoreMessage: Sendable, Hashable {
  /// A client asks.
  case ask(StoreRequest)
  /// A client is answered.
  case answer(StoreReply)
  /// Primary, backups and the monitor among themselves.
  case primaryBackup(PrimaryBackupMessage)
  /// Raft among its nodes.
  indirect case raft(RaftStoreNode.Message)
  /// Nodes of a leaderless store among themselves.
  indirect case quorum(QuorumMessage)
  /// Replicas of data types among themselves.
  indirect case convergent(ConvergentStoreNode.Message)
}

extension StoreMessage: QuorumMail {
  static func reply(
    _ reply: StoreReply, _ versions: [QuorumValue], _ context: VersionVector
  ) -> StoreMessage {
    .answer(reply)
  }

  func input(from sender: NodeID) -> QuorumNode.Input? {
    switch self {
    case .ask(let request): .asked(request, context: VersionVector(), from: sender)
    case .quorum(let message): .received(message, from: sender)
    case .answer, .primaryBackup, .raft, .convergent: nil
    }
  }
}

extension StoreMessage {
  /// What it says, in a few words for a diagram about `key` and some clients.
  ///
  /// Nil for what others said, and for what only keeps things going.
  func label(about key: Int, of clients: Set<NodeID>) -> String? {
    switch self {
    case .ask(let request):
      request.key == key && clients.contains(request.id.client) ? request.words : nil
    case .answer(let reply): clients.contains(reply.id.client) ? reply.words : nil
    case .primaryBackup(.ship(_, _, _, let entries, _)):
      entries.last { $0.request.key == key && clients.contains($0.request.id.client) }
        .map { "ship \($0.request.words)" }
    case .primaryBackup(.appointed(let epoch, _)): "primary of epoch \(epoch)"
    case .primaryBackup: nil
    case .raft(let message): message.words(about: key)
    case .quorum(let message): message.words(about: key)
    case .convergent(let message): message.words(about: key)
    }
  }
}

extension StoreRequest {
  /// As in `write k1 17`.
  var words: String {
    switch action {
    case .read: "read k\(key)"
    case .write(let value): "write k\(key) \(value)"
    case .delete: "delete k\(key)"
    case .add(let amount): "add k\(key) \(amount)"
    case .compareAndSet(let from, let to):
      "cas k\(key) \(from.map(String.init) ?? "nil") to \(to)"
    }
  }
}

extension StoreReply {
  /// As in `holds 17`.
  var words: String {
    switch result {
    case .holds(let value, _): "holds \(value.map(String.init) ?? "nil")"
    case .written: "done"
    case .mismatch(let value, _): "no, holds \(value.map(String.init) ?? "nil")"
    case .refused(let reason, _): "refused: \(reason.rawValue)"
    }
  }
}

extension RaftStoreNode.Message {
  /// What it says about `key`; nil for heartbeats and what is about other keys.
  fileprivate func words(about key: Int) -> String? {
    switch body {
    case .append(let append):
      append.entries.compactMap { $0.command?.command }.last { $0.key == key }
        .map { "append \($0.words)" }
    case .vote: "asks for a vote, term \(term)"
    default: nil
    }
  }
}

extension QuorumMessage {
  /// What it says about `key`; nil for what is about other keys or tells nothing of one.
  fileprivate func words(about key: Int) -> String? {
    func text(_ cell: QuorumCell?) -> String {
      cell?.values.map { $0.value.map(String.init) ?? "deleted" }.joined(separator: "/")
        ?? "nothing"
    }
    switch self {
    case .store(key, let cell, _, let owner):
      return (owner == nil ? "store " : "hint ") + "k\(key) \(text(cell))"
    case .fetch(key, _): return "fetch k\(key)"
    case .fetched(let cell, _): return "has \(text(cell))"
    case .stored: return "stored"
    case .exchange(_, let cells, _): return cells[key].map { "exchange k\(key) \(text($0))" }
    case .alive, .forward, .compare, .store, .fetch: return nil
    }
  }
}

extension ConvergentStoreNode.Message {
  /// What it says about `key`; nil for what has nothing of it.
  fileprivate func words(about key: Int) -> String? {
    guard case .gossip(let data, _, _) = self,
      case .holds(let value?, _) = data.read(key)
    else { return nil }
    return "gossip k\(key) \(value)"
  }
}
