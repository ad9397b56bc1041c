import Patterns
import Recordings

/// Carries out the recorded steps about sequential and ephemeral nodes, clause by clause.
struct SequentialStory {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var clients = ZooKeeperClients()
  private var parent = "/q"
  private var prefix = "n-"

  init() {
    for name in ["A", "B"] { clients.connect(name) }
    _ = clients.ask("A", .create("/q"))
  }

  /// Carries out a step and returns what it came to: one result, or several in a list.
  mutating func run(_ step: String) throws -> [JSONText] {
    let plain = step.split(separator: ":")[0].replacing(#/\([^)]*\)/#, with: "")
    if let match = plain.firstMatch(of: #/^(\S+) stat (\S+)/#) {
      return try stat(String(match.1), match.2.split(separator: ",").map(String.init))
    }
    if let match = plain.firstMatch(of: #/^(\S+) alternate create (\S+) (.*)x(\d+)/#) {
      return [.list(try alternate(match.1, match.2, String(match.3), Int(match.4) ?? 0))]
    }
    var results: [JSONText] = []
    for clause in plain.replacing(" then ", with: ", ").split(separator: ",") {
      let words = clause.split(separator: " ").map(String.init)
      if !words.isEmpty { results += try carryOut(words, step) }
    }
    return results.count == 1 || plain.contains("duplicate") ? wrapped(results) : [results[0]]
  }

  private func wrapped(_ results: [JSONText]) -> [JSONText] {
    results.count == 1 ? results : [.list(results)]
  }

  private mutating func alternate(
    _ names: Substring, _ path: Substring, _ flags: String, _ count: Int
  ) throws -> [JSONText] {
    let names = names.split(separator: ",").map(String.init)
    setPrefix(String(path))
    return (0..<count).map { turn in
      create(
        names[turn % names.count], String(path), isEphemeral: flags.contains("ephemeral"),
        isSequential: flags.contains("sequence"))
    }
  }

  private mutating func carryOut(_ words: [String], _ step: String) throws -> [JSONText] {
    switch words[0] {
    case "delete" where words.contains("non-empty"):
      return [result(clients.ask("A", .delete(path(words.last ?? ""))))]
    case "delete":
      _ = clients.ask("A", .delete(path(words.last ?? "")))
      return []
    case "create" where words.contains("again"): return [again()]
    case "create" where words.contains("missing"):
      return [create("A", "/nowhere/x", isEphemeral: false, isSequential: false)]
    case "create" where words.contains("plain"):
      _ = create("A", path(words.last ?? ""), isEphemeral: false, isSequential: false)
      return []
    case "create" where words.contains("duplicate"):
      return (0..<2).map { _ in
        create("A", "\(parent)/dup", isEphemeral: false, isSequential: false)
      }
    case "create" where words.contains("prefix"):
      return [
        create("A", path(words.last ?? ""), isEphemeral: true, isSequential: true)
      ]
    case "get" where words.contains("missing"):
      return [result(clients.ask("A", .getData("/nowhere")))]
    case "sorted": return [children()]
    case "child" where words.contains("ephemeral"):
      guard case .children(let names) = clients.ask("A", .getChildren(parent)),
        let name = names.first(where: { $0.hasPrefix(prefix) })
      else { throw Unreadable(description: "no ephemeral node for '\(step)'") }
      let child = "\(parent)/\(name)/c"
      return [create("A", child, isEphemeral: false, isSequential: false)]
    case "parent" where words.contains("recreated"): return [recreate()]
    case let name where words.dropFirst().first == "closes":
      clients.close(name)
      return [children()]
    case let name where words.count == 1 && name.hasSuffix("-"):
      prefix = name
      return [again()]
    default: throw Unreadable(description: "'\(words.joined(separator: " "))' in '\(step)'")
    }
  }

  /// A node under a new parent, whose counter begins at 0 again when the parent is made anew.
  private mutating func recreate() -> JSONText {
    var result = JSONText.null
    for _ in 0..<2 {
      _ = clients.ask("A", .create("/p2"))
      result = create("A", "/p2/n-", isEphemeral: false, isSequential: true)
      if let made = result.string {
        _ = clients.ask("A", .delete(made))
        _ = clients.ask("A", .delete("/p2"))
      }
    }
    return result
  }

  private mutating func stat(_ path: String, _ fields: [String]) throws -> [JSONText] {
    guard case .stat(.some(let stat)) = clients.ask("A", .exists(path)) else { return [.null] }
    return try fields.map { field in
      switch field {
      case "version": return .number(stat.version)
      case "cversion": return .number(stat.cversion)
      case "numChildren": return .number(stat.numChildren)
      default: throw Unreadable(description: "the field '\(field)'")
      }
    }
  }

  private mutating func again() -> JSONText {
    create("A", "\(parent)/\(prefix)", isEphemeral: true, isSequential: true)
  }

  private mutating func children() -> JSONText { result(clients.ask("A", .getChildren(parent))) }

  private mutating func setPrefix(_ path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    parent = String(path[..<slash])
    prefix = String(path[path.index(after: slash)...])
  }

  private func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(parent)/\(name)" }

  private mutating func create(
    _ session: String, _ path: String, isEphemeral: Bool, isSequential: Bool
  ) -> JSONText {
    result(
      clients.ask(
        session, .create(path, isEphemeral: isEphemeral, isSequential: isSequential)))
  }

  private func result(_ response: ZooKeeperResponse) -> JSONText {
    switch response {
    case .created(let path): .text(path)
    case .done, .stat: .text("done")
    case .data(let data, _): .text(data)
    case .children(let names): .list(names.map { .text($0) })
    case .failed(let error): .text("ERR:\(error.text)")
    }
  }
}
