import Kernel
import Patterns
import Presentation

extension ShardingBench {
  mutating func add(_ line: BenchLine) throws(Diagnostic) -> Document {
    try refuseWhileMoving("add")
    var number = store.roster.names.count + 1
    while members.contains(where: { $0.name == "shard-\(number)" }) { number += 1 }
    let name = line.arguments.first ?? "shard-\(number)"
    guard !members.contains(where: { $0.name == name }) else {
      throw Diagnostic(
        "There is a shard called \(name) already.", column: line.column(0), found: name,
        suggestion: "add shard-\(number)")
    }
    guard members.count < 64 else { throw Diagnostic("A bench has room for 64 shards.") }
    let node = store.addShard(name)
    store.isDown[node.index] = false
    var next = store.map.placement
    next.add(ShardMember(node, name: name))
    return move(to: next, "\(name) joins")
  }

  mutating func remove(_ line: BenchLine) throws(Diagnostic) -> Document {
    try refuseWhileMoving("remove")
    let member = try member(line)
    guard !store.isDown[member.node.index] else {
      throw Diagnostic(
        "\(member.name) is down: its keys cannot be copied off it.",
        expected: "'restart \(member.name)' first")
    }
    var next = store.map.placement
    if case .refused(let reason) = next.remove(member.node) {
      throw Diagnostic("\(member.name) cannot leave: \(reason).")
    }
    return move(to: next, "\(member.name) leaves")
  }

  /// Moves every key to where `placement` wants it: at once, or as fast as the copy rate allows.
  mutating func move(to placement: Placement, _ what: String) -> Document {
    let (moving, outputs) = store.begin(placement, parcels: Self.parcelCount, at: now)
    lastMove = (moving, store.keys.count)
    var examples: [String] = []
    for (number, key) in store.keys.keys.enumerated() where store.map.move(of: key) != nil {
      examples.append(store.keys.names[number])
      if examples.count == 3 { break }
    }
    carryOut(outputs)
    let isLimited = settings.number("copy.rate") > 0
    if !isLimited { settle(until: now + .hours(1)) }
    let verb = store.resharding.isMoving ? "moving" : "moved"
    let share = Unit.fraction.text(Double(moving) / Double(max(1, store.keys.count)))
    var reply = Document([
      .paragraph(
        Text("\(what): \(verb) ")
          + .strong(Unit.count.text(Double(moving)))
          + " of \(Unit.count.text(Double(store.keys.count))) keys (" + .strong(share) + ")")
    ])
    if !examples.isEmpty { reply.add("Among them \(examples.joined(separator: ", ")).") }
    if store.resharding.isMoving {
      if isLimited {
        reply.add(
          Text(
            "At \(Unit.perSecond.text(settings.number("copy.rate"))) that takes about "
              + "\(TimeSpan(seconds: Double(moving) / settings.number("copy.rate"))). "
              + "The clock stands still until you say so."))
      } else {
        reply.add("A shard is down, so the move cannot finish.")
      }
      reply.add(.actions([Action("tick 5s", "let it go on"), Action("reshard", "how far it is")]))
    }
    return reply
  }

  /// Carries out what the machine asks for; batches arrive after the time a copy takes.
  mutating func carryOut(_ outputs: [Resharding.Output]) {
    for output in outputs {
      switch output {
      case .copy(let batch):
        store.lock(batch)
        copies.append((now + Self.copyTime, batch))
      case .freeze(let parcel):
        // Nothing is under way between two commands, so a frozen parcel is drained at once.
        store.freeze(parcel)
        carryOut(store.resharding.step(.drained(parcel: parcel), at: now))
      case .commit(let parcel):
        for (key, source) in store.commit(parcel) { store.rows.remove(key, from: source) }
      case .wakeMe(let at): wakeUp = min(wakeUp ?? at, at)
      case .cleanUp, .finished: break
      }
    }
  }

  /// Lets everything that is due by `end` happen, then stands at `end` or where the move ended.
  mutating func settle(until end: Instant) {
    while store.resharding.isMoving {
      let arrival = copies.first?.at
      guard let next = [arrival, wakeUp].compactMap(\.self).min(), next <= end else { break }
      now = max(now, next)
      if next == arrival {
        let batch = copies.removeFirst().batch
        let isDown = store.isDown[batch.source.index] || store.isDown[batch.target.index]
        if isDown {
          store.unlock(batch)
          carryOut(store.resharding.step(.failed(batch), at: now))
          if settings.number("copy.rate") == 0 { break }
        } else {
          let versions = batch.keys.map { store.rows.version(of: $0, on: batch.source) }
          store.apply(batch, versions: versions)
          carryOut(store.resharding.step(.copied(batch), at: now))
        }
      } else {
        wakeUp = nil
        carryOut(store.resharding.step(.wake, at: now))
      }
    }
    if !store.resharding.isMoving {
      wakeUp = nil
      copies = []
    }
  }

  mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = try word(line, "a time")
    guard let span = TimeSpan(text: text), span > .zero, span <= .hours(24 * 365) else {
      throw Diagnostic(
        "'\(text)' is no time to let pass.", column: line.column(0), found: text,
        expected: "a time such as 10s")
    }
    let end = now + span
    let wasMoving = store.resharding.isMoving
    settle(until: end)
    let finishedAt = now
    now = end
    guard wasMoving else { return Document([.text("It is \(now) now; nothing was on the move.")]) }
    guard store.resharding.isMoving else {
      return Document([
        .text("The move was over at \(finishedAt); it is \(now) now."), balanceBars(),
      ])
    }
    return progress()
  }

  /// How far the move under way is.
  func progress() -> Document {
    guard store.resharding.isMoving, let lastMove else {
      return Document([.text("Nothing is on the move. The map stands at epoch \(store.map.epoch).")]
      )
    }
    let pending = pendingKeys
    var phases: [(Resharding.Phase, Int)] = []
    for parcel in store.map.committed.indices {
      let phase = store.resharding.phase(of: parcel)
      if let place = phases.firstIndex(where: { $0.0 == phase }) {
        phases[place].1 += 1
      } else {
        phases.append((phase, 1))
      }
    }
    let states = phases.map { "\($0.1) \($0.0.words)" }.joined(separator: ", ")
    return Document([
      .text(
        "At \(now): \(Unit.count.text(Double(lastMove.moved - pending))) of "
          + "\(Unit.count.text(Double(lastMove.moved))) keys have changed hands. "
          + "Parcels: \(states). Map epoch \(store.map.epoch).")
    ])
  }

  /// The keys whose parcel has yet to change hands.
  var pendingKeys: Int {
    store.keys.keys.count { key in
      store.map.move(of: key).map { !store.map.committed[$0.parcel] } ?? false
    }
  }
}

extension Resharding.Phase {
  /// The phase as words.
  var words: String {
    switch self {
    case .waiting: "waiting"
    case .copying: "copying"
    case .catchingUp: "catching up"
    case .freezing: "freezing"
    case .draining: "draining"
    case .committed: "handed over"
    }
  }
}
