import Patterns
import Recordings

/// Carries out the recorded steps about watches, clause by clause.
///
/// Steps that name no node are about
/// `/a`, those about several functions on one node about `/r`.
struct WatchStory {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var clients = ZooKeeperClients()
  private var node = "/a"
  private var writer = "writer"
  private var childCount = 0

  init() {
    for name in ["watcher", "writer"] { clients.connect(name) }
  }

  /// Carries out a step and returns what the watch functions were told.
  mutating func run(_ step: String) throws -> JSONText {
    let plain = String(step.split(separator: ":")[0])
    if let match = plain.firstMatch(of: #/^multi sets (\w+) then (\w+)/#) {
      let names = [String(match.1), String(match.2)]
      for name in names {
        _ = clients.ask("writer", .create("/\(name)"))
        clients.watch("watcher", name, .getData("/\(name)", watch: true))
      }
      for name in names { _ = clients.ask("writer", .setData("/\(name)", "x")) }
    } else {
      let clauses = plain.replacing(" then ", with: ", ").split { ",;".contains($0) }
      for clause in clauses {
        try carryOut(clause.split(separator: " ").map(String.init), step)
      }
    }
    return .list(
      clients.takeTold().map {
        .list([.text($0.function), .text($0.event.kind.rawValue), .text($0.event.path)])
      })
  }

  private mutating func carryOut(_ words: [String], _ step: String) throws {
    let text = words.joined(separator: " ")
    if let path = words.first(where: { $0.hasPrefix("/") }) { node = path }
    if text.contains("watch function") { return watchTogether(text) }
    if text == "own write triggers own watch" { return watchOwn() }
    if text.contains("watch") { return try watch(words, step) }
    let count = words.compactMap { Self.numbers[$0] }.first ?? 1
    switch words.first {
    case "set" where text.hasSuffix("a child"):
      _ = clients.ask(writer, .setData("\(node)/c\(childCount)", "x"))
    case "set": _ = clients.ask(writer, .setData(node, "x"))
    case "create" where text.contains("child"):
      for _ in 0..<count {
        childCount += 1
        _ = clients.ask(writer, .create("\(node)/c\(childCount)"))
      }
    case "create": _ = clients.ask(writer, .create(node))
    case "delete" where text.contains("child"):
      _ = clients.ask(writer, .delete("\(node)/c\(childCount)"))
      childCount -= 1
    case "delete": _ = clients.ask(writer, .delete(node))
    case .some where words.last == "set" || words.last == "sets":
      for _ in 0..<count { _ = clients.ask(writer, .setData(node, "x")) }
    default: throw Unreadable(description: "'\(text)' in '\(step)'")
    }
  }

  private static let numbers = ["one": 1, "two": 2, "three": 3, "four": 4]

  private mutating func watch(_ words: [String], _ step: String) throws {
    let kinds = words[0].split(separator: "+").map(String.init)
    if words.contains("missing") {
      _ = clients.ask(writer, .delete(node))
    } else {
      _ = clients.ask(writer, .create(node))
    }
    for kind in kinds {
      switch kind {
      case "data": clients.watch("watcher", "get", .getData(node, watch: true))
      case "exists": clients.watch("watcher", "exists", .exists(node, watch: true))
      case "child": clients.watch("watcher", "children", .getChildren(node, watch: true))
      default: throw Unreadable(description: "'\(kind)' in '\(step)'")
      }
    }
  }

  private mutating func watchTogether(_ text: String) {
    node = "/r"
    _ = clients.ask(writer, .create(node))
    let functions = text.hasPrefix("same") ? ["same", "same"] : ["w1", "w2"]
    for function in functions { clients.watch("watcher", function, .getData(node, watch: true)) }
  }

  private mutating func watchOwn() {
    node = "/r"
    clients.watch("watcher", "own", .getData(node, watch: true))
    _ = clients.ask("watcher", .setData(node, "x"))
  }
}
