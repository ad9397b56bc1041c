import Kernel
import Patterns
import Presentation

extension ShardingBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand("show", usage: "show", example: "show", "Shows the keys of each shard."),
      BenchCommand(
        "where", usage: "where KEY", example: "where user:42",
        "Says which shard owns a key, and how that was worked out."),
      BenchCommand(
        "get", usage: "get KEY", example: "get user:42",
        "Reads a key through the router, whose map may be old."),
      BenchCommand(
        "put", usage: "put KEY", example: "put user:42", "Writes a key through the router."),
      BenchCommand(
        "add", usage: "add [SHARD]", example: "add shard-5",
        "Adds a shard and moves the keys that belong there now."),
      BenchCommand(
        "remove", usage: "remove SHARD", example: "remove shard-4",
        "Moves all keys off a shard and takes it out."),
      BenchCommand(
        "crash", usage: "crash SHARD", example: "crash shard-2",
        "Stops a shard: its keys cannot be reached."),
      BenchCommand(
        "restart", usage: "restart SHARD", example: "restart shard-2", "Starts a shard again."),
      BenchCommand(
        "split", usage: "split KEY [SHARD]", example: "split user:42",
        "Splits the range that holds a key there; with a shard, moves the new range to it."),
      BenchCommand(
        "reshard", usage: "reshard", example: "reshard",
        "Shows how far the keys on the move are."),
      BenchCommand(
        "load", usage: "load REQUESTS [SKEW]", example: "load 10000 1.1",
        "Reads keys at random, by Zipf's law with that exponent (0 for all alike)."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let most: Int
    switch line.name {
    case "show", "reshard": most = 0
    case "split", "load": most = 2
    default: most = 1
    }
    if line.arguments.count > most {
      throw Diagnostic(
        "'\(line.arguments[most])' is one word too many.", column: line.column(most),
        found: line.arguments[most], expected: commands.first { $0.name == line.name }?.usage)
    }
    wasCareless = wasCareless || isCareless
    switch line.name {
    case "show", "where", "reshard", "load", "crash", "restart", "get": suspects = []
    case "put": suspects = line.arguments.first.flatMap(store.keys.number).map { [$0] }
    default: suspects = nil
    }
    switch line.name {
    case "show": return show()
    case "where": return explain(try word(line, "a key"))
    case "get": return get(try word(line, "a key"))
    case "put": return put(try word(line, "a key"))
    case "add": return try add(line)
    case "remove": return try remove(line)
    case "crash": return try setDown(line, true)
    case "restart": return try setDown(line, false)
    case "split": return try split(line)
    case "reshard": return progress()
    case "load": return try load(line)
    case "tick": return try tick(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
  }

  /// The argument at `index`, which must be there.
  func word(_ line: BenchLine, _ what: String, at index: Int = 0) throws(Diagnostic) -> String {
    guard index < line.arguments.count else {
      let command = commands.first { $0.name == line.name }
      throw Diagnostic(
        "'\(line.text)' needs \(what).", column: line.text.count + 1, found: "the end of the line",
        expected: command?.usage, suggestion: command?.example)
    }
    return line.arguments[index]
  }

  /// The member that the argument at `index` names.
  func member(_ line: BenchLine, at index: Int = 0) throws(Diagnostic) -> ShardMember {
    let name = try word(line, "a shard", at: index)
    guard let member = members.first(where: { $0.name == name }) else {
      throw .unknown("shard", name, known: members.map(\.name), column: line.column(index))
    }
    return member
  }

  private func show() -> Document {
    var reply = Document([balanceBars()])
    if store.resharding.isMoving { reply = reply + progress() }
    return reply
  }

  private mutating func setDown(_ line: BenchLine, _ isDown: Bool) throws(Diagnostic) -> Document {
    let member = try member(line)
    let wasDown = store.isDown[member.node.index]
    guard wasDown != isDown else {
      return Document([.text("\(member.name) is \(isDown ? "down" : "up") already.")])
    }
    store.isDown[member.node.index] = isDown
    let count = store.rows.counts[member.node.index]
    let share = Unit.fraction.text(Double(count) / Double(max(1, store.keys.count)))
    guard isDown else {
      return Document([.text("\(member.name) is up again with its \(count) rows.")])
    }
    let reach = store.map.isMoving ? " Copies from and to it fail and are tried again." : ""
    return Document([
      .text(
        "\(member.name) is down: \(Unit.count.text(Double(count))) of "
          + "\(Unit.count.text(Double(store.keys.count))) keys (\(share)) cannot be reached."
          + reach)
    ])
  }

  private mutating func split(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = try word(line, "a key")
    guard case .range(var ranges) = store.map.placement else {
      let kind = store.map.placement.kind.rawValue
      return Document([
        .text("Keys are placed by \(kind), which has no ranges to split; nothing changed."),
        .actions([Action("set placement=range", "place keys by ranges of their sort order")]),
      ])
    }
    try refuseWhileMoving("split")
    let start = ShardKey.order(of: name)
    let isNew = ranges.split(at: start)
    guard isNew || line.arguments.count > 1 else {
      throw Diagnostic("A range begins at \(name) already: a single key cannot be split.")
    }
    guard line.arguments.count > 1 else {
      store.map.replace(with: .range(ranges))
      router = ShardRouter(store.map)
      return Document([
        .text(
          "The range that held \(name) is two now: \(ranges.starts.count) ranges. Nothing moved: "
            + "both halves stay on \(store.roster.name(ranges.owners[ranges.range(of: start)])).")
      ])
    }
    let target = try member(line, at: 1)
    ranges.assign(ranges.range(of: start), to: target.node)
    return move(to: .range(ranges), "The range from \(name) goes to \(target.name)")
  }

  /// Refuses a change of the map while keys move.
  func refuseWhileMoving(_ what: String) throws(Diagnostic) {
    guard store.resharding.isMoving else { return }
    throw Diagnostic(
      "Keys are on the move; one move at a time, so '\(what)' has to wait.",
      expected: "'tick' until the move is over, or 'undo'")
  }
}
