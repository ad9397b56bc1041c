import Kernel
import Patterns

/// A store of shards as a value: keys, rows, the map of owners, and the move under way.
///
/// It decides and keeps state; how long things take is its host's affair (the bench's clock, the
/// scenario's queues).
struct ShardStore: Sendable {
  var keys: KeySpace
  var rows = ShardRows()
  var map: ShardMap
  var resharding: Resharding
  /// The names of all shards that ever were, by their nodes.
  var roster: Roster
  /// By shard: whether its process is down.
  var isDown: [Bool]
  /// Keys that changed hands with their batch, before their parcel (key by key only).
  private(set) var isGone: [Bool]
  /// Parcels whose writes wait.
  private(set) var frozen: [Bool] = []
  /// Keys that wait while their batch is moved (key by key only).
  private(set) var isLocked: [Bool]

  /// A store of `keys` on shards called `names`, each key with one row that was written once.
  init(
    shards names: [String], keys: KeySpace, _ placement: PlacementOptions,
    _ options: ReshardingOptions
  ) {
    roster = Roster(names)
    self.keys = keys
    let members = names.indices.map { ShardMember(NodeID($0), name: names[$0]) }
    map = ShardMap(Placement(members, placement))
    resharding = Resharding(options)
    isDown = names.map { _ in false }
    isGone = [Bool](repeating: false, count: keys.count)
    isLocked = isGone
    for _ in names { rows.addShard() }
    for number in 0..<keys.count {
      rows.addKey()
      let owner = map.place(keys.keys[number])
      rows.write(number, on: owner)
      rows.acknowledge(number)
    }
  }

  /// The owner of key `number` now: the shard that reads and writes belong to.
  func owner(of number: Int) -> NodeID {
    let key = keys.keys[number]
    if isGone[number], let move = map.move(of: key) { return move.target }
    return map.owner(of: key)
  }

  /// What `shard` answers to a request for key `number`.
  func answer(of shard: NodeID, for number: Int, isWrite: Bool, isAsking: Bool) -> ShardAnswer {
    let key = keys.keys[number]
    let owner = map.owner(of: key)
    guard let move = map.move(of: key), !frozen.isEmpty else {
      return owner == shard ? .serve : .moved(owner)
    }
    if isLocked[number], shard == owner { return .wait }
    if isGone[number] {
      if shard == move.target { return isAsking ? .serve : .moved(owner) }
      return shard == owner ? .ask(move.target) : .moved(owner)
    }
    guard owner == shard else { return .moved(owner) }
    return isWrite && frozen[move.parcel] ? .wait : .serve
  }

  /// Adds the key called `name`, unless it is here, and returns its number.
  mutating func addKey(_ name: String) -> Int {
    if let number = keys.number(name) { return number }
    return addKey(name, keys.key(name))
  }

  /// Adds the new key called `name` that placements see as `key`, and returns its number.
  mutating func addKey(_ name: String, _ key: ShardKey) -> Int {
    let number = keys.add(name, key)
    rows.addKey()
    isGone.append(false)
    isLocked.append(false)
    _ = map.place(keys.keys[number])
    if let move = map.move(of: key), !map.committed[move.parcel] {
      if resharding.options.style == .key {
        isGone[number] = true
      } else {
        resharding.include(
          key: number, parcel: move.parcel, source: move.source, target: move.target)
      }
    }
    return number
  }
}

/// What a shard answers to a request for a key.
enum ShardAnswer: Sendable, Hashable {
  /// It owns the key and does the work.
  case serve
  /// Another shard owns the key.
  case moved(NodeID)
  /// The key has gone ahead to another shard: try there, this once.
  case ask(NodeID)
  /// The key is just being handed over: the request waits.
  case wait
}

extension ShardStore {
  /// Begins to move every key to where `placement` wants it, in `parcels` parcels.
  ///
  /// Returns how many keys will move and what follows.
  mutating func begin(
    _ placement: Placement, parcels: Int, at now: Instant
  ) -> (moving: Int, outputs: [Resharding.Output]) {
    map.begin(placement, parcels: parcels)
    frozen = [Bool](repeating: false, count: parcels)
    let plan = ReshardingPlan(map, keys: keys.keys)
    return (plan.keyCount, resharding.step(.start(plan), at: now))
  }

  /// Adds a shard called `name` without keys and returns it.
  mutating func addShard(_ name: String) -> NodeID {
    let node = roster.add(name)
    if node.index == rows.shardCount {
      rows.addShard()
      isDown.append(false)
    }
    return node
  }

  /// Locks the keys of `batch` where they change hands one by one.
  mutating func lock(_ batch: CopyBatch) {
    guard resharding.options.style == .key else { return }
    for key in batch.keys { isLocked[key] = true }
  }

  /// Puts `versions`, read at the source of `batch`, into its target.
  mutating func apply(_ batch: CopyBatch, versions: [Int?]) {
    for (key, version) in zip(batch.keys, versions) {
      rows.copy(key, version: version, to: batch.target)
      guard resharding.options.style == .key else { continue }
      rows.remove(key, from: batch.source)
      isLocked[key] = false
      isGone[key] = true
    }
  }

  /// Unlocks the keys of `batch`, which could not be copied.
  mutating func unlock(_ batch: CopyBatch) {
    for key in batch.keys { isLocked[key] = false }
  }

  /// Lets writes to `parcel` wait.
  mutating func freeze(_ parcel: Int) { frozen[parcel] = true }

  /// Hands `parcel` over, and returns its keys with their old owners.
  mutating func commit(_ parcel: Int) -> [(key: Int, source: NodeID)] {
    var handed: [(key: Int, source: NodeID)] = []
    for (number, key) in keys.keys.enumerated() {
      guard let move = map.move(of: key), move.parcel == parcel else { continue }
      handed.append((number, move.source))
      isGone[number] = false
    }
    map.commit(parcel)
    frozen[parcel] = false
    if !map.isMoving { frozen = [] }
    return handed
  }
}
