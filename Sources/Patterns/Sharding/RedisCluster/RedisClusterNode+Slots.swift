import Kernel

extension RedisClusterNode {
  /// Carries out `CLUSTER …`.
  mutating func cluster(
    _ arguments: [String], at now: Instant, _ outputs: inout [Output]
  ) -> RedisReply {
    let unknown = RedisReply.error(
      "ERR unknown subcommand '\(arguments[0])'. Try CLUSTER HELP.")
    switch (arguments[0].uppercased(), arguments.count) {
    case ("KEYSLOT", 2): return .integer(Int(HashSlot.slot(of: arguments[1])))
    case ("MYID", 1): return .bulk(Self.name(of: node))
    case ("INFO", 1): return .bulk(info)
    case ("COUNTKEYSINSLOT", 2):
      guard let slot = Self.slot(arguments[1]) else { return Self.badSlot }
      return .integer(keyspace.keys(in: slot).count)
    case ("GETKEYSINSLOT", 3):
      guard let slot = Self.slot(arguments[1]) else { return Self.badSlot }
      guard let count = Int(arguments[2]), count >= 0 else {
        return .error("ERR Invalid number of keys")
      }
      return .array(keyspace.keys(in: slot).prefix(count).map(RedisReply.bulk))
    case ("ADDSLOTS", 2...): return addSlots(arguments.dropFirst())
    case ("DELSLOTS", 2...): return removeSlots(arguments.dropFirst())
    case ("SETSLOT", 3...): return setSlot(Array(arguments.dropFirst()))
    case ("BUMPEPOCH", 1):
      bumpEpoch()
      return .simple("BUMPED \(view.peer(node)?.configEpoch ?? 0)")
    default: return unknown
    }
  }

  private static let badSlot = RedisReply.error("ERR Invalid or out of range slot")

  private static func slot(_ text: String) -> Int? {
    Int(text).flatMap { (0..<HashSlot.count).contains($0) ? $0 : nil }
  }

  /// The lines of `CLUSTER INFO` that this model knows.
  private var info: String {
    let assigned = view.owners.count { $0 != nil }
    let failed = view.owners.count { owner in
      owner.flatMap { view.peer($0) }?.isFailed ?? false
    }
    let suspected = view.owners.count { owner in
      owner.flatMap { view.peer($0) }?.isSuspected ?? false
    }
    return [
      "cluster_state:\(isClusterUp ? "ok" : "fail")", "cluster_slots_assigned:\(assigned)",
      "cluster_slots_ok:\(assigned - failed - suspected)", "cluster_slots_pfail:\(suspected)",
      "cluster_slots_fail:\(failed)", "cluster_known_nodes:\(view.peers.count)",
      "cluster_size:\(view.voters.count)", "cluster_current_epoch:\(currentEpoch)",
      "cluster_my_epoch:\(view.peer(master ?? node)?.configEpoch ?? 0)",
    ].joined(separator: "\n")
  }

  private mutating func addSlots(_ texts: ArraySlice<String>) -> RedisReply {
    var slots: [Int] = []
    for text in texts {
      guard let slot = Self.slot(text) else { return Self.badSlot }
      guard view.owners[slot] == nil else { return .error("ERR Slot \(slot) is already busy") }
      slots.append(slot)
    }
    for slot in slots {
      view.assign(slot, to: node)
      importing[slot] = nil
    }
    return .ok
  }

  private mutating func removeSlots(_ texts: ArraySlice<String>) -> RedisReply {
    var slots: [Int] = []
    for text in texts {
      guard let slot = Self.slot(text) else { return Self.badSlot }
      guard view.owners[slot] != nil else {
        return .error("ERR Slot \(slot) is already unassigned")
      }
      slots.append(slot)
    }
    for slot in slots { view.assign(slot, to: nil) }
    return .ok
  }

  /// Opens, closes or assigns a slot: `SETSLOT slot MIGRATING id`, `IMPORTING id`, `STABLE`, `NODE id`.
  private mutating func setSlot(_ arguments: [String]) -> RedisReply {
    guard let slot = Self.slot(arguments[0]) else { return Self.badSlot }
    let syntax = RedisReply.error(
      "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP")
    let action = arguments[1].uppercased()
    if action == "STABLE", arguments.count == 2 {
      migrating[slot] = nil
      importing[slot] = nil
      return .ok
    }
    guard arguments.count == 3 else { return syntax }
    let other = view.peers.first { Self.name(of: $0.node) == arguments[2] }?.node
    switch action {
    case "MIGRATING":
      guard view.owners[slot] == node else {
        return .error("ERR I'm not the owner of hash slot \(slot)")
      }
      guard let other else { return .error("ERR I don't know about node \(arguments[2])") }
      migrating[slot] = other
      return .ok
    case "IMPORTING":
      guard view.owners[slot] != node else {
        return .error("ERR I'm already the owner of hash slot \(slot)")
      }
      guard let other else { return .error("ERR I don't know about node \(arguments[2])") }
      importing[slot] = other
      return .ok
    case "NODE":
      guard let other else { return .error("ERR Unknown node \(arguments[2])") }
      return assign(slot, to: other)
    default: return syntax
    }
  }

  private mutating func assign(_ slot: Int, to other: NodeID) -> RedisReply {
    let isEmpty = keyspace.keys(in: slot).isEmpty
    guard view.owners[slot] != node || other == node || isEmpty else {
      return .error(
        "ERR Can't assign hashslot \(slot) to a different node while I still hold keys for this "
          + "hash slot.")
    }
    if isEmpty { migrating[slot] = nil }
    view.assign(slot, to: other)
    if other == node, importing[slot] != nil {
      // The others must believe this node rather than the old owner: a new epoch without a vote.
      bumpEpoch()
      importing[slot] = nil
    }
    return .ok
  }

  private mutating func bumpEpoch() {
    let highest = view.peers.map(\.configEpoch).max() ?? 0
    let own = view.peer(node)?.configEpoch ?? 0
    guard own == 0 || own != highest else { return }
    currentEpoch += 1
    let epoch = currentEpoch
    view.update(node) { $0.configEpoch = epoch }
  }

  // MARK: Transfer of keys

  /// Sends keys to the node that takes their slot over, and stands still until they are there.
  mutating func migrate(
    _ command: RedisCommand, client: Int, at now: Instant, _ outputs: inout [Output]
  ) -> RedisReply? {
    let options = command.arguments.dropFirst(5).prefix { $0.uppercased() != "KEYS" }
      .map { $0.uppercased() }
    guard options.allSatisfy({ ["COPY", "REPLACE"].contains($0) }),
      let milliseconds = Int64(command.arguments[4])
    else { return .error("ERR syntax error") }
    let keys = command.keys.filter { keyspace[$0] != nil }
    guard let first = keys.first else { return .simple("NOKEY") }
    guard let target = migrating[Int(HashSlot.slot(of: first))] else {
      return .error("ERR the slot of the key is not migrating, so the target is unknown here")
    }
    transferCount += 1
    transfer = Transfer(
      number: transferCount, client: client, keys: keys, isCopy: options.contains("COPY"),
      until: now + .milliseconds(max(1, milliseconds)))
    let changes = keys.map { RedisClusterMessage.Change(key: $0, value: keyspace[$0]) }
    outputs.append(
      .send(
        .restore(
          transfer: transferCount, replaces: options.contains("REPLACE"), changes), to: target))
    return nil
  }

  /// Takes in keys that another node hands over, if their slot is open here.
  mutating func restore(
    _ number: Int, replaces: Bool, _ changes: [RedisClusterMessage.Change], from sender: NodeID,
    _ outputs: inout [Output]
  ) {
    var asking = Client()
    asking.isAsking = true
    var problem: String?
    for change in changes where problem == nil {
      switch admission(of: [change.key], isWrite: true, isMigrate: false, for: asking) {
      case .here:
        if keyspace[change.key] != nil, !replaces {
          problem = "BUSYKEY Target key name already exists."
        } else {
          self.change([(change.key, change.value)], &outputs)
        }
      case .refused(.error(let text)): problem = text
      case .refused(.moved(let slot, let owner)):
        problem = "MOVED \(slot) \(Self.name(of: owner))"
      case .refused(.ask(let slot, let owner)): problem = "ASK \(slot) \(Self.name(of: owner))"
      case .refused: problem = "ERR refused"
      }
    }
    outputs.append(.send(.restored(transfer: number, error: problem), to: sender))
  }

  /// A transfer is over: the keys are gone from here, and the node goes on.
  mutating func finishTransfer(
    _ number: Int, error: String?, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let done = transfer, done.number == number else { return }
    transfer = nil
    if let error {
      let text =
        error.hasPrefix("IOERR") ? error : "ERR Target instance replied with error: \(error)"
      outputs.append(.reply(client: done.client, .error(text)))
    } else {
      if !done.isCopy { change(done.keys.map { ($0, nil) }, &outputs) }
      outputs.append(.reply(client: done.client, .ok))
    }
    while transfer == nil, !backlog.isEmpty {
      let next = backlog.removeFirst()
      run(next.words, client: next.client, at: now, &outputs)
    }
  }
}
