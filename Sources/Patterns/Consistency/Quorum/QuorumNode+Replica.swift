import Kernel

/// What a node does as a replica of its keys.
extension QuorumNode {
  mutating func take(
    _ message: QuorumMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .alive: break
    case .forward(let request, let context, let client):
      coordinate(request, context, for: client, at: now, &outputs)
    case .store(let key, let cell, let token, let owner):
      if let owner, owner != id {
        keep(QuorumHint(target: owner, key: key, cell: cell), &outputs)
      } else {
        merge(key, cell, &outputs)
      }
      outputs.append(.send(.stored(token), to: sender))
    case .stored(let token): confirmed(token, by: sender, at: now, &outputs)
    case .fetch(let key, let token):
      outputs.append(.send(.fetched(held(key), token), to: sender))
    case .fetched(let cell, let token): answered(token, cell, by: sender, at: now, &outputs)
    case .compare(let digests): compare(digests, with: sender, &outputs)
    case .exchange(let leaves, let theirs, let wantsReply):
      let mine = wantsReply ? shared(with: sender, in: leaves) : [:]
      for key in theirs.keys.sorted() {
        if let cell = theirs[key] { merge(key, cell, &outputs) }
      }
      guard wantsReply else { return }
      outputs.append(.send(.exchange(leaves: leaves, cells: mine, wantsReply: false), to: sender))
    }
  }

  /// What the node can say about a key: its own, and what it keeps for others.
  func held(_ key: Int) -> QuorumCell? {
    var result = cells[key]
    for hint in hints where hint.key == key { result = Self.merged(result, hint.cell) }
    return result
  }

  static func merged(_ left: QuorumCell?, _ right: QuorumCell?) -> QuorumCell? {
    guard var result = left else { return right }
    if let right { result.merge(right) }
    return result
  }

  mutating func merge(_ key: Int, _ cell: QuorumCell, _ outputs: inout [Output]) {
    let before = cells[key]
    let after =
      options.shortcuts.contains(.keepsLastArrival) || options.shortcuts.contains(.repairsWithOlder)
      ? cell : Self.merged(before, cell)
    let isDeletion = after?.isDead(before: .distantFuture) ?? true
    let isGone = isDeletion && options.shortcuts.contains(.forgetsTombstones)
    cells[key] = isGone ? nil : after
    guard cells[key] != before else { return }
    outputs.append(.persist(.cell(key: key, cells[key])))
  }

  mutating func keep(_ hint: QuorumHint, _ outputs: inout [Output]) {
    guard !hints.contains(hint) else { return }
    hints.append(hint)
    outputs.append(.persist(.hint(hint)))
  }

  mutating func wake(at now: Instant, _ outputs: inout [Output]) {
    if let due = beatAt, due <= now {
      beatAt = now + options.heartbeat
      for node in others { outputs.append(.send(.alive, to: node)) }
      for node in others where !isAlive(node, at: now) && suspected.insert(node).inserted {
        outputs.append(.suspects(node, silent: silence(node, at: now)))
      }
      handOff(at: now, &outputs)
      forgetTombstones(at: now, &outputs)
      outputs.append(.wakeMe(at: now + options.heartbeat))
    }
    if let due = compareAt, due <= now, let interval = options.antiEntropy {
      compareAt = now + interval
      let peers = others
      guard !peers.isEmpty else { return }
      let peer = peers[turn % peers.count]
      turn += 1
      let tree = MerkleTree(shared(with: peer, in: nil))
      outputs.append(.send(.compare([1: tree.root]), to: peer))
    }
    expire(at: now, &outputs)
  }

  private mutating func handOff(at now: Instant, _ outputs: inout [Output]) {
    // What was sent and not confirmed is sent again after a while.
    if now - handedOffAt >= options.timeout { handoffs.removeAll() }
    for node in others where isAlive(node, at: now) {
      let due = hints.filter { $0.target == node && !handoffs.values.contains($0) }
      guard !due.isEmpty else { continue }
      handedOffAt = now
      outputs.append(.handsOff(count: due.count, to: node))
      for hint in due {
        if options.shortcuts.contains(.dropsHints) {
          hints.removeAll { $0 == hint }
          outputs.append(.persist(.hintDone(hint)))
          continue
        }
        let token = newToken()
        handoffs[token] = hint
        outputs.append(.send(.store(key: hint.key, hint.cell, token, hintFor: nil), to: node))
      }
    }
  }

  private mutating func forgetTombstones(at now: Instant, _ outputs: inout [Output]) {
    guard now - .zero >= options.tombstoneLife else { return }
    let limit = now - options.tombstoneLife
    for key in cells.keys.sorted() where cells[key]?.isDead(before: limit) ?? false {
      cells[key] = nil
      outputs.append(.persist(.cell(key: key, nil)))
      outputs.append(.forgets(key: key))
    }
  }

  // MARK: Anti-entropy

  /// The cells of the keys that both own, of some leaves or of all.
  func shared(with peer: NodeID, in leaves: [Int]?) -> [Int: QuorumCell] {
    cells.filter { key, _ in
      let owners = options.owners(key)
      return owners.contains(peer) && owners.contains(id)
        && (leaves.map { $0.contains(MerkleTree.leaf(of: key)) } ?? true)
    }
  }

  /// Goes down the tree where the digests differ, and exchanges the leaves that do.
  private mutating func compare(
    _ digests: [Int: UInt64], with peer: NodeID, _ outputs: inout [Output]
  ) {
    let tree = MerkleTree(shared(with: peer, in: nil))
    let different = digests.keys.sorted().filter { digests[$0] != tree[$0] }
    let leaves = different.filter(MerkleTree.isLeaf)
    if !leaves.isEmpty {
      let cells = shared(with: peer, in: leaves)
      outputs.append(.send(.exchange(leaves: leaves, cells: cells, wantsReply: true), to: peer))
    }
    var below: [Int: UInt64] = [:]
    for node in different where !MerkleTree.isLeaf(node) {
      below[node * 2] = tree[node * 2]
      below[node * 2 + 1] = tree[node * 2 + 1]
    }
    if !below.isEmpty { outputs.append(.send(.compare(below), to: peer)) }
  }
}
