import Kernel

extension RedisClusterNode {
  /// Runs a command for a client: transactions, redirection, then the command itself.
  mutating func run(
    _ words: [String], client: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let command = RedisCommand(words) else {
      outputs.append(.reply(client: client, RedisCommand.refusal(of: words)))
      let isQueueing = clients[client]?.queue != nil
      clients[client]?.isDirty = isQueueing
      return
    }
    var state = clients[client] ?? Client()
    let reply = handle(command, &state, client: client, at: now, &outputs)
    // ASKING holds for the next command, and inside a transaction until its end.
    if state.queue == nil, command.name != "ASKING" { state.isAsking = false }
    clients[client] = state
    if let reply { outputs.append(.reply(client: client, reply)) }
  }

  private mutating func handle(
    _ command: RedisCommand, _ state: inout Client, client: Int, at now: Instant,
    _ outputs: inout [Output]
  ) -> RedisReply? {
    if command.name == "EXEC" { return execute(&state, at: now, &outputs) }
    let admission = admission(
      of: command.keys, isWrite: command.isWrite, isMigrate: command.name == "MIGRATE", for: state)
    if case .refused(let reply) = admission {
      if state.queue != nil { state.isDirty = true }
      return reply
    }
    switch command.name {
    case "ASKING":
      state.isAsking = true
      return .ok
    case "READONLY", "READWRITE":
      state.isReadOnly = command.name == "READONLY"
      return .ok
    case "MULTI":
      guard state.queue == nil else { return .error("ERR MULTI calls can not be nested") }
      state.queue = []
      state.isDirty = false
      return .ok
    case "DISCARD":
      guard state.queue != nil else { return .error("ERR DISCARD without MULTI") }
      state.queue = nil
      return .ok
    default: break
    }
    if state.queue != nil {
      state.queue?.append(command.words)
      return .simple("QUEUED")
    }
    switch command.name {
    case "CLUSTER": return cluster(command.arguments, at: now, &outputs)
    case "MIGRATE": return migrate(command, client: client, at: now, &outputs)
    default: return perform(command, &outputs)
    }
  }

  private mutating func execute(
    _ state: inout Client, at now: Instant, _ outputs: inout [Output]
  ) -> RedisReply {
    guard let queue = state.queue else { return .error("ERR EXEC without MULTI") }
    defer {
      state.queue = nil
      state.isDirty = false
    }
    guard !state.isDirty else {
      return .error("EXECABORT Transaction discarded because of previous errors.")
    }
    let commands = queue.compactMap(RedisCommand.init)
    // The whole transaction is redirected by all its keys at once.
    let admission = admission(
      of: commands.flatMap(\.keys), isWrite: commands.contains(where: \.isWrite),
      isMigrate: false, for: state)
    if case .refused(let reply) = admission { return reply }
    return .array(commands.map { perform($0, &outputs) })
  }

  /// Carries out a command on the keys of this node.
  private mutating func perform(_ command: RedisCommand, _ outputs: inout [Output]) -> RedisReply {
    let arguments = command.arguments
    switch command.name {
    case "PING": return arguments.first.map(RedisReply.bulk) ?? .simple("PONG")
    case "ECHO": return .bulk(arguments[0])
    case "DBSIZE": return .integer(keyspace.count)
    case "GET": return answer(arguments[0])
    case "MGET": return .array(arguments.map(answer))
    case "STRLEN": return .integer(keyspace[arguments[0]]?.utf8.count ?? 0)
    case "EXISTS", "TOUCH": return .integer(arguments.count { keyspace[$0] != nil })
    case "SET": return set(arguments, &outputs)
    case "SETNX":
      guard keyspace[arguments[0]] == nil else { return .integer(0) }
      change([(arguments[0], arguments[1])], &outputs)
      return .integer(1)
    case "GETSET":
      let old = answer(arguments[0])
      change([(arguments[0], arguments[1])], &outputs)
      return old
    case "GETDEL":
      let old = answer(arguments[0])
      change([(arguments[0], nil)], &outputs)
      return old
    case "APPEND":
      let text = (keyspace[arguments[0]] ?? "") + arguments[1]
      change([(arguments[0], text)], &outputs)
      return .integer(text.utf8.count)
    case "MSET":
      change(command.pairs, &outputs)
      return .ok
    case "MSETNX":
      guard command.keys.allSatisfy({ keyspace[$0] == nil }) else { return .integer(0) }
      change(command.pairs, &outputs)
      return .integer(1)
    case "DEL", "UNLINK":
      var gone: [String] = []
      for key in arguments where keyspace[key] != nil && !gone.contains(key) { gone.append(key) }
      change(gone.map { ($0, nil) }, &outputs)
      return .integer(gone.count)
    case "INCR": return increment(arguments[0], by: "1", sign: 1, &outputs)
    case "DECR": return increment(arguments[0], by: "1", sign: -1, &outputs)
    case "INCRBY": return increment(arguments[0], by: arguments[1], sign: 1, &outputs)
    case "DECRBY": return increment(arguments[0], by: arguments[1], sign: -1, &outputs)
    default: return RedisCommand.refusal(of: command.words)
    }
  }

  private func answer(_ key: String) -> RedisReply { keyspace[key].map(RedisReply.bulk) ?? .null }

  private mutating func set(_ arguments: [String], _ outputs: inout [Output]) -> RedisReply {
    let flags = arguments.dropFirst(2).map { $0.uppercased() }
    guard flags.allSatisfy({ ["NX", "XX", "GET"].contains($0) }) else {
      return .error("ERR syntax error")
    }
    let old = keyspace[arguments[0]]
    let isKept = flags.contains("NX") && old != nil || flags.contains("XX") && old == nil
    if !isKept { change([(arguments[0], arguments[1])], &outputs) }
    if flags.contains("GET") { return old.map(RedisReply.bulk) ?? .null }
    return isKept ? .null : .ok
  }

  private mutating func increment(
    _ key: String, by text: String, sign: Int, _ outputs: inout [Output]
  ) -> RedisReply {
    guard let step = Int(text), let old = Int(keyspace[key] ?? "0") else {
      return .error("ERR value is not an integer or out of range")
    }
    let (product, isTooFar) = step.multipliedReportingOverflow(by: sign)
    let (sum, isOver) = old.addingReportingOverflow(product)
    guard !isTooFar, !isOver else { return .error("ERR increment or decrement would overflow") }
    change([(key, "\(sum)")], &outputs)
    return .integer(sum)
  }

  /// Sets or removes keys here and tells the replicas, which nobody waits for.
  mutating func change(_ changes: [(String, String?)], _ outputs: inout [Output]) {
    guard !changes.isEmpty else { return }
    for (key, value) in changes {
      if let value { keyspace.set(key, value) } else { _ = keyspace.remove(key) }
    }
    offset += changes.count
    let message = RedisClusterMessage.replicate(
      offset: offset,
      changes: changes.map { RedisClusterMessage.Change(key: $0.0, value: $0.1) })
    for peer in view.peers where peer.master == node {
      outputs.append(.send(message, to: peer.node))
    }
  }
}
