import Kernel
import Patterns
import Presentation

extension RedisClusterBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "show", usage: "show", example: "show", "Shows the nodes: role, slots, keys, and state."),
      BenchCommand(
        "at", usage: "at NODE COMMAND...", example: "at m1 CLUSTER KEYSLOT {foo}1",
        "Sends a Redis command to one node, as redis-cli would; <m2> stands for a node's id."),
      BenchCommand(
        "client", usage: "client COMMAND...", example: "client SET foo 1",
        "Sends a Redis command as a cluster client: it follows MOVED and ASK."),
      BenchCommand(
        "where", usage: "where KEY", example: "where {foo}1", "Says whose slot a key is."),
      BenchCommand(
        "crash", usage: "crash NODE", example: "crash m1", "Kills the process of a node."),
      BenchCommand(
        "restart", usage: "restart NODE", example: "restart m1", "Brings a killed node back."),
      BenchCommand(
        "cut", usage: "cut NODE", example: "cut m1",
        "Cuts a node off from the others, but not from its clients."),
      BenchCommand("mend", usage: "mend", example: "mend", "Puts the network right again."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "show": return table()
    case "at": return try at(line)
    case "client": return try client(line)
    case "where": return try whose(line)
    case "crash", "cut": return try lose(line)
    case "restart":
      let node = try node(line)
      guard nodes.isDown[node.index] else {
        return Document([.text("\(name(node)) is up already.")])
      }
      nodes.start(node)
      return Document([.text("\(name(node)) is back with what it knew.")])
    case "mend":
      nodes.mend()
      return Document([.text("All nodes can reach each other.")])
    case "tick": return try tick(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
  }

  private func node(_ line: BenchLine) throws(Diagnostic) -> NodeID {
    guard let text = line.arguments.first else {
      throw Diagnostic(
        "'\(line.text)' needs a node.", column: line.text.count + 1, found: "the end of the line",
        expected: nodes.nodes.map { name($0.node) }.joined(separator: ", "))
    }
    guard let node = nodes.nodes.first(where: { name($0.node) == text })?.node else {
      throw .unknown(
        "node", text, known: nodes.nodes.map { name($0.node) }, column: line.column(0))
    }
    return node
  }

  private func table() -> Document {
    let rows: [[Text]] = nodes.nodes.map { node in
      let role = node.master.map { "replica of \(name($0))" } ?? "master"
      let slots = (0..<HashSlot.count).count { node.owner(of: $0) == node.node }
      let isDown = nodes.isDown[node.node.index]
      let isCut = nodes.isCut[node.node.index]
      let state = isDown ? "down" : isCut ? "cut off" : node.isClusterUp ? "serves" : "refuses"
      return [
        Text(name(node.node)), Text(role), Text(slots == 0 ? "" : Unit.count.text(Double(slots))),
        .toned(state, isDown || isCut || !node.isClusterUp ? .bad : .good),
      ]
    }
    return Document([
      .table(
        Table(
          [
            .init("node"), .init("role"), .init("slots", .trailing),
            .init("cluster, as it sees it"),
          ],
          rows))
    ])
  }

  private mutating func lose(_ line: BenchLine) throws(Diagnostic) -> Document {
    let node = try node(line)
    let isCut = line.name == "cut"
    guard !nodes.isDown[node.index], !(isCut && nodes.isCut[node.index]) else {
      return Document([.text("\(name(node)) is gone already.")])
    }
    if nodes[node].master == nil {
      lostMaster = (node, nodes.now)
      failover = nil
    }
    if isCut { nodes.cut(node) } else { nodes.stop(node) }
    return Document([
      .text(
        isCut
          ? "\(name(node)) reaches its clients and nobody else. The clock stands still: 'tick'."
          : "\(name(node)) is dead. The others do not know yet: 'tick'.")
    ])
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.first ?? ""
    guard let span = TimeSpan(text: text), span > .zero, span <= .minutes(10) else {
      throw Diagnostic(
        "'\(text)' is no time to let pass.", column: line.column(0), found: text,
        expected: "a time of at most 10m, such as 10s")
    }
    let seen = nodes.facts.count
    nodes.run(until: nodes.now + span)
    var moments: [Moment] = []
    for (at, node, fact) in nodes.facts.dropFirst(seen) {
      noteFailover(fact, by: node, at: at)
      let time = TimeSpan(nanoseconds: (at - (lostMaster?.at ?? .zero)).nanoseconds)
      moments.append(
        Moment(time: "\(time)", part: name(node), text: Text(words(fact)), tone: tone(fact)))
    }
    guard !moments.isEmpty else { return Document([.text("\(span) pass, and nothing of note.")]) }
    let since = lostMaster.map { "Times count from the loss of \(name($0.node))." }
    return Document(
      [.timeline(Array(moments.prefix(24)))] + (since.map { [.text($0)] } ?? []))
  }

  private mutating func noteFailover(
    _ fact: RedisClusterNode.Fact, by node: NodeID, at instant: Instant
  ) {
    if case .stateChanged(isUp: true) = fact, let lostMaster, failover == nil,
      nodes[node].master == nil, node.index % Self.masterCount == lostMaster.node.index,
      node != lostMaster.node
    {
      failover = instant - lostMaster.at
    }
  }

  private func tone(_ fact: RedisClusterNode.Fact) -> Tone? {
    switch fact {
    case .suspected, .failed, .stateChanged(isUp: false): .bad
    case .recovered, .promoted, .stateChanged(isUp: true): .good
    case .candidate, .demoted: nil
    }
  }

  private func words(_ fact: RedisClusterNode.Fact) -> String {
    switch fact {
    case .suspected(let node): "cannot reach \(name(node)) (PFAIL)"
    case .failed(let node): "knows that a majority cannot reach \(name(node)) (FAIL)"
    case .recovered(let node): "reaches \(name(node)) again"
    case .candidate(let epoch): "asks the masters for their vote in epoch \(epoch)"
    case .promoted(let epoch): "is elected in epoch \(epoch) and takes over the slots"
    case .demoted(let node): "has lost its slots and replicates \(name(node)) now"
    case .stateChanged(let isUp): isUp ? "serves keys" : "refuses work: CLUSTERDOWN"
    }
  }
}
