import Kernel

extension Resharding {
  /// Moves every parcel on as far as it goes, and starts the copies that may start now.
  mutating func advance(at now: Instant, _ outputs: inout [Output]) {
    guard isMoving else { return }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      admit()
      for parcel in parcels.indices where progress(parcel, &outputs) { hasChanged = true }
    }
    retry(at: now, &outputs)
    copy(at: now, &outputs)
    if parcels.allSatisfy({ $0.phase == .committed }) {
      isFinished = true
      outputs.append(.finished)
    }
  }

  /// Lets waiting parcels begin while fewer than `parallel` are on their way.
  private mutating func admit() {
    var active = parcels.count { $0.phase != .waiting && $0.phase != .committed }
    for parcel in parcels.indices where parcels[parcel].phase == .waiting {
      guard active < options.parallel else { return }
      parcels[parcel].phase = .copying
      active += 1
    }
  }

  /// Takes one parcel to its next phase if it is due; says whether it went on.
  private mutating func progress(_ index: Int, _ outputs: inout [Output]) -> Bool {
    let parcel = parcels[index]
    let isIdle = parcel.inFlight == 0
    let next: Phase
    switch parcel.phase {
    case .waiting, .committed, .freezing: next = parcel.phase
    case .copying:
      guard isIdle, parcel.flow == parcel.flows.count else { return false }
      let isDone = options.style == .key || options.cutOver == .copyOnly
      next = isDone ? .committed : .catchingUp
    case .catchingUp:
      guard isIdle, parcel.round.isEmpty else { return false }
      guard parcel.dirty.isEmpty || parcel.rounds >= Self.catchUpRounds else {
        beginRound(of: index)
        return true
      }
      switch options.cutOver {
      case .freeze: next = .freezing
      case .catchUp, .copyOnly: next = .committed
      }
    case .draining:
      guard isIdle, parcel.round.isEmpty else { return false }
      guard parcel.dirty.isEmpty else {
        beginRound(of: index)
        return true
      }
      next = .committed
    }
    guard next != parcel.phase else { return false }
    parcels[index].phase = next
    if next == .freezing { outputs.append(.freeze(parcel: index)) }
    if next == .committed {
      outputs.append(.commit(parcel: index))
      if !parcel.flows.isEmpty { outputs.append(.cleanUp(parcel: index)) }
    }
    return true
  }

  /// Takes the keys that are dirty now for the next round of repeated copies.
  private mutating func beginRound(of index: Int) {
    parcels[index].round = parcels[index].dirty
    parcels[index].dirty = []
    parcels[index].isDirty = []
    parcels[index].rounds += 1
  }

  /// Rounds of catching up before the cut-over comes anyway: a hot key may never be clean.
  static let catchUpRounds = 3

  private mutating func retry(at now: Instant, _ outputs: inout [Output]) {
    while let first = retries.first, first.at <= now {
      retries.removeFirst()
      outputs.append(.copy(first.batch))
    }
    if let first = retries.first { outputs.append(.wakeMe(at: first.at)) }
  }

  /// Starts batches as far as the window and the rate allow.
  private mutating func copy(at now: Instant, _ outputs: inout [Output]) {
    for parcel in parcels.indices {
      while inFlight < options.window {
        guard hasKeysToCopy(parcel) else { break }
        guard nextCopy <= now else {
          outputs.append(.wakeMe(at: nextCopy))
          return
        }
        guard let batch = nextBatch(of: parcel) else { break }
        if options.keysPerSecond > 0, options.shortcut != .ignoresRate {
          let span = TimeSpan(seconds: Double(batch.keys.count) / options.keysPerSecond)
          nextCopy = max(nextCopy, now) + span
        }
        parcels[parcel].inFlight += 1
        inFlight += 1
        outputs.append(.copy(batch))
      }
    }
  }

  private func hasKeysToCopy(_ index: Int) -> Bool {
    let parcel = parcels[index]
    switch parcel.phase {
    case .copying: return parcel.flow < parcel.flows.count
    case .catchingUp, .draining: return !parcel.round.isEmpty
    case .waiting, .freezing, .committed: return false
    }
  }

  private mutating func nextBatch(of index: Int) -> CopyBatch? {
    parcels[index].phase == .copying ? nextFirstCopy(of: index) : nextRepeat(of: index)
  }

  private mutating func nextFirstCopy(of index: Int) -> CopyBatch {
    let flow = parcels[index].flows[parcels[index].flow]
    let start = parcels[index].place
    let end = min(start + options.batchSize, flow.keys.count)
    let keys = Array(flow.keys[start..<end])
    parcels[index].place = end
    if end == flow.keys.count {
      parcels[index].flow += 1
      parcels[index].place = 0
    }
    parcels[index].issued.formUnion(keys)
    return batch(parcel: index, flow, keys)
  }

  /// The keys of the round that share a flow with its first one, as many as a batch takes.
  private mutating func nextRepeat(of index: Int) -> CopyBatch? {
    guard let first = parcels[index].round.first,
      let flow = parcels[index].flows.first(where: { $0.keys.contains(first) })
    else { return nil }
    let members = Set(flow.keys)
    let keys = Array(parcels[index].round.filter(members.contains).prefix(options.batchSize))
    let taken = Set(keys)
    parcels[index].round.removeAll(where: taken.contains)
    return batch(parcel: index, flow, keys)
  }

  private mutating func batch(
    parcel: Int, _ flow: ReshardingPlan.Flow, _ keys: [Int]
  ) -> CopyBatch {
    nextNumber += 1
    return CopyBatch(
      number: nextNumber - 1, parcel: parcel, source: flow.source, target: flow.target, keys: keys)
  }
}
