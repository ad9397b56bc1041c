import Recordings
import Foundation
import Patterns

/// A watch step of a recording: what is watched, and what is written meanwhile.
///
///     watch k from revision 5 (compacted)
///     watch k from future revision 15; put twice meanwhile
///     watch prefix with filters NODELETE and prev_kv; put x/1, del x/1, put x/1
///     watch q; one txn puts q and r and deletes other
struct EtcdWatchStep {
  enum Action {
    case put(String)
    case delete(String)
    case transaction(puts: [String], deletes: [String])
  }

  private(set) var request: EtcdWatchRequest
  private(set) var actions: [Action] = []

  init(_ step: String, echo: EtcdEcho) throws {
    let halves = step.components(separatedBy: ";")
    var words = halves[0].components(separatedBy: " ").filter { !$0.isEmpty }.dropFirst()
    let target = words.popFirst() ?? ""
    if let prose = halves.dropFirst().first {
      actions = try Self.actions(prose, of: target, step)
    }
    if target == "prefix" {
      let known = ["with", "from"].contains(words.first ?? "with") ? nil : words.popFirst()
      request = EtcdWatchRequest(.prefix(known ?? Self.prefix(of: actions)))
    } else {
      request = EtcdWatchRequest(Self.range(target, echo))
    }
    try take(words, of: step)
  }

  private mutating func take(_ words: ArraySlice<String>, of step: String) throws {
    var words = words
    while let word = words.popFirst() {
      switch word {
      case "from", "future", "revision", "with", "filter", "filters", "and": continue
      case "NODELETE": request.omitsDeletes = true
      case "NOPUT": request.omitsPuts = true
      case "prev_kv": request.previous = true
      case "progress_notify": request.notifiesProgress = true
      default:
        if word.hasPrefix("(") { return }
        guard let revision = Int(word) else {
          throw EtcdStepReader.Unreadable(step: step, reason: "word '\(word)' of a watch")
        }
        request.startRevision = revision
      }
    }
  }

  private static func actions(
    _ prose: String, of target: String, _ step: String
  ) throws -> [Action] {
    if prose.contains(" txn ") { return [try transaction(prose, step)] }
    var actions: [Action] = []
    for part in prose.components(separatedBy: ",") {
      let words = part.components(separatedBy: " ").filter { !$0.isEmpty && $0 != "meanwhile" }
      let counts = ["once": 1, "twice": 2, "thrice": 3]
      switch (words.first, words.count) {
      case ("put", 2):
        let key = words[1].components(separatedBy: "=")[0]
        let count = counts[words[1]]
        actions += Array(repeating: .put(count == nil ? key : target), count: count ?? 1)
      case ("put", 3) where words[2] == "times":
        actions += Array(repeating: .put(target), count: Int(words[1]) ?? 1)
      case ("del", 2), ("delete", 2): actions.append(.delete(words[1]))
      default: throw EtcdStepReader.Unreadable(step: step, reason: "action '\(part)'")
      }
    }
    return actions
  }

  /// `one txn puts q and r and deletes other`.
  private static func transaction(_ prose: String, _ step: String) throws -> Action {
    var puts: [String] = []
    var deletes: [String] = []
    var isDeleting = false
    for word in prose.components(separatedBy: " ").filter({ !$0.isEmpty }) {
      switch word {
      case "one", "a", "txn", "and": continue
      case "put", "puts": isDeleting = false
      case "del", "delete", "deletes": isDeleting = true
      default: if isDeleting { deletes.append(word) } else { puts.append(word) }
      }
    }
    if puts.isEmpty && deletes.isEmpty {
      throw EtcdStepReader.Unreadable(step: step, reason: "a transaction of nothing")
    }
    return .transaction(puts: puts, deletes: deletes)
  }

  /// The key as written; where events of other keys were recorded, the watch was on a range that
  /// holds them all, which the prose does not say.
  private static func range(_ key: String, _ echo: EtcdEcho) -> EtcdKeyRange {
    let keys = (echo.keys + [key]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard let first = keys.first, let last = keys.last, first != last else {
      return EtcdKeyRange(key)
    }
    return EtcdKeyRange(first, .before(last + "\0"))
  }

  private static func prefix(of actions: [Action]) -> String {
    for action in actions {
      switch action {
      case .put(let key), .delete(let key):
        if let slash = key.lastIndex(of: "/") { return String(key[...slash]) }
        return String(key.prefix(1))
      case .transaction: continue
      }
    }
    return ""
  }
}

/// The writes that recorded events give back.
struct EtcdEcho {
  private var writes: [(revision: Int, key: String, value: String)] = []

  init(_ words: JSONText) {
    for word in words.items ?? [] {
      for event in word["result"]?["events"]?.items ?? [] {
        guard let key = event["kv"]?["key"]?.string,
          let revision = event["kv"]?["mod_revision"]?.integer
        else { continue }
        writes.append((revision, key, event["kv"]?["value"]?.string ?? ""))
      }
    }
  }

  /// The keys that events were recorded of.
  var keys: [String] { Array(Set(writes.map(\.key))).sorted() }

  /// What was written under `key` at `revision`; something else than before where nothing tells.
  func value(of key: String, at revision: Int) -> String {
    writes.first { $0.revision == revision && $0.key == key }?.value ?? "r\(revision)"
  }

  /// The recorded writes of the first revision after `revision`, or nil.
  func writes(after revision: Int) -> [(key: String, value: String)]? {
    guard let next = writes.map(\.revision).filter({ $0 > revision }).min() else { return nil }
    return writes.filter { $0.revision == next }.map { ($0.key, $0.value) }
  }
}
