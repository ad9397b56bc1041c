import Kernel
import Patterns
import Presentation

extension RedisClusterBench {
  /// The most redirections that a client follows.
  static let redirectLimit = 5

  /// The words of a command, ids of nodes put in for `<m2>`.
  private func words(_ words: some Sequence<String>) -> [String] {
    words.map { word in
      guard word.hasPrefix("<"), word.hasSuffix(">"),
        let node = nodes.nodes.first(where: { "<\(name($0.node))>" == word })
      else { return word == "\"\"" ? "" : word }
      return RedisClusterNode.name(of: node.node)
    }
  }

  mutating func at(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard line.arguments.count > 1 else {
      throw Diagnostic(
        "'\(line.text)' sends no command.", column: line.text.count + 1,
        found: "the end of the line", expected: "at NODE COMMAND, as in 'at m1 GET foo'")
    }
    guard let node = nodes.nodes.first(where: { name($0.node) == line.arguments[0] })?.node else {
      throw .unknown(
        "node", line.arguments[0], known: nodes.nodes.map { name($0.node) },
        column: line.column(0))
    }
    let command = words(line.arguments.dropFirst())
    guard !nodes.isDown[node.index], let reply = nodes.command(command, to: node) else {
      return Document([.aside(.warning, [.text("\(name(node)) does not answer.")])])
    }
    if case .moved = reply { redirects += 1 }
    if case .ask = reply { redirects += 1 }
    note(command, reply)
    return Document([.code(text(reply), language: nil)])
  }

  mutating func client(_ line: BenchLine) throws(Diagnostic) -> Document {
    let command = words(line.arguments)
    guard !command.isEmpty else {
      throw Diagnostic(
        "'client' sends no command.", column: line.text.count + 1, found: "the end of the line",
        expected: "client COMMAND, as in 'client SET foo 1'")
    }
    let slot = command.count > 1 ? Int(HashSlot.slot(of: command[1])) : 0
    var target =
      known[slot] ?? nodes.nodes.first { !nodes.isDown[$0.node.index] }?.node ?? NodeID(0)
    var steps: [String] = []
    for _ in 0...Self.redirectLimit {
      guard !nodes.isDown[target.index], let reply = nodes.command(command, to: target) else {
        steps.append("\(name(target)) does not answer; the client asks another node next time.")
        known[slot] = nodes.nodes.first { !nodes.isDown[$0.node.index] && $0.node != target }?.node
        return report(steps)
      }
      steps.append("\(name(target)): \(text(reply))")
      switch reply {
      case .moved(_, let node):
        redirects += 1
        known[slot] = node
        target = node
      case .ask(_, let node):
        redirects += 1
        target = node
        _ = nodes.command(["ASKING"], to: node)
      case .simple, .error, .integer, .bulk, .null, .array:
        note(command, reply)
        return report(steps)
      }
    }
    steps.append("Too many redirections.")
    return report(steps)
  }

  private func report(_ steps: [String]) -> Document {
    Document([.list(steps.map { [Block.text($0)] }, isOrdered: true)])
  }

  /// Keeps in mind what was acknowledged, so that losses can be counted.
  private mutating func note(_ command: [String], _ reply: RedisReply) {
    guard command.count >= 3, command[0].uppercased() == "SET", reply == .ok else { return }
    if acknowledged.updateValue(command[2], forKey: command[1]) == nil {
      written.append(command[1])
    }
  }

  func whose(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let key = line.arguments.first else {
      throw Diagnostic(
        "'where' needs a key.", column: line.text.count + 1, found: "the end of the line",
        expected: "where KEY", suggestion: "where {foo}1")
    }
    let slot = Int(HashSlot.slot(of: key))
    let owner = owner(of: slot).map(name) ?? "nobody"
    return Document([.paragraph(.strong(owner) + Text("   CRC16 mod 16384 = slot \(slot)"))])
  }

  /// A reply as redis-cli shows it, with names for nodes.
  private func text(_ reply: RedisReply) -> String { reply.text(naming: name) }
}
