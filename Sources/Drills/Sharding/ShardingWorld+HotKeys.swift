import Kernel
import Patterns
import Simulation

extension ShardingWorld {
  /// What is to be done about a request because of the heat of its key.
  enum Heat {
    /// Nothing.
    case cold
    /// Answer it from the router's memory.
    case cached
    /// Its writes go to one of these rows, its reads to all.
    case salted([Int])
    /// Its reads may go to one of these shards.
    case copied([NodeID])
  }

  /// Counts a request for `key` and says what the remedy makes of it.
  mutating func hotState(
    of key: Int, router: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) -> Heat {
    guard config.remedy != .none else { return .cold }
    hot.count(key, router: router, at: now)
    if !hot.isFound(key) {
      guard hot.counters[router].isHot(key, threshold: config.hotThreshold) else { return .cold }
      treat(key, router: router, at: now)
    }
    switch config.remedy {
    case .none: return .cold
    case .localCache:
      return hot.isRemembered(key, router: router, at: now) ? .cached : .cold
    case .salt: return hot.salts[key].map(Heat.salted) ?? .cold
    case .replicas: return hot.copies[key].map { .copied($0.map(\.shard)) } ?? .cold
    }
  }

  /// Applies the remedy to a key that was found hot.
  private mutating func treat(_ key: Int, router: Int, at now: Instant) {
    hot.find(key)
    tellHot(key, router: router, at: now)
    let name = store.keys.names[key]
    switch config.remedy {
    case .none, .localCache: break
    case .salt:
      var rows = [key]
      for number in 1..<config.hotCopies {
        let row = store.addKey(
          "\(name)#\(number)", ShardKey("\(name)#\(number)", hash: config.placement.hash))
        for router in routers.indices { routers[router].learnRow(of: store.keys.keys[row]) }
        rows.append(row)
        store.rows.write(row, on: store.owner(of: row))
        store.rows.acknowledge(row)
      }
      hot.salt(key, into: rows)
    case .replicas:
      let owner = store.owner(of: key)
      let others = members.map(\.node).filter { $0 != owner }
      let version = store.rows.version(of: key, on: owner) ?? 0
      hot.copy(key, to: Array(others.prefix(config.hotCopies - 1)), version: version)
    }
  }

  /// A router that just read a hot key keeps the row for a while.
  mutating func remember(_ call: Call, at now: Instant) {
    guard config.remedy == .localCache, hot.isFound(call.key) else { return }
    let version = store.rows.version(of: call.key, on: call.shard) ?? 0
    hot.remember(
      call.key, version: version, router: operations[call.operation].router,
      until: now + config.hotTTL)
  }

  /// After a write to a hot key its copies are told, and the router that wrote forgets its own.
  mutating func refreshCopies(
    of key: Int, _ call: Call, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    guard config.remedy != .none, hot.isFound(key) else { return }
    hot.forget(key, router: operations[call.operation].router)
    guard let copies = hot.copies[key] else { return }
    for copy in copies { tell(copy.shard, of: key, by: call, at: now, &queue) }
  }

  /// Sends the state of a row to a shard that has a copy of it; nobody waits for that.
  private mutating func tell(
    _ shard: NodeID, of key: Int, by call: Call, at now: Instant,
    _ queue: inout EventQueue<Event>
  ) {
    let background = operations.add(
      Operation(
        kind: .write, router: operations[call.operation].router, key: key, start: now,
        isBackground: true))
    operations[background].pending = 1
    let update = calls.add(Call(operation: background, work: .setCopy, key: key, shard: shard))
    transmit(
      from: call.shard, to: shard, update, .reach(call: Int32(update)), at: now, &queue)
  }
}
