import Kernel

extension EtcdClient {
  /// Reads the whole registry.
  mutating func list(at now: Instant, _ outputs: inout [Output]) {
    guard !isShutDown else { return }
    var request = EtcdRangeRequest(EtcdInstanceKey.all)
    request.isSerializable = options.readsSerializable
    call(.list, .operation(.range(request)), at: now, &outputs)
  }

  /// Takes over a list, unless the copy is newer, and watches from there.
  mutating func listed(
    _ found: EtcdRangeResponse, at now: Instant, _ outputs: inout [Output]
  ) {
    if let revision, found.revision < revision {
      timers.set(.list, at: now + options.retryWait)
      return
    }
    replace(by: found.keyValues, at: found.revision, &outputs)
    openWatch(at: now, &outputs)
  }

  /// Watches from the revision after the last one known.
  mutating func openWatch(at now: Instant, _ outputs: inout [Output]) {
    guard let revision, !isShutDown else { return }
    if let watch { outputs.append(.send(.request(0, .cancelWatch(watch.call)), to: watch.server)) }
    nextCall += 1
    watch = Watch(call: nextCall, server: server)
    var request = EtcdWatchRequest(EtcdInstanceKey.all, from: revision + 1)
    request.requiresLeader = options.requiresLeader
    outputs.append(.send(.request(nextCall, .watch(request)), to: server))
    timers.set(.ping, at: now + options.dialKeepAliveTime)
    timers.set(.pingTimeout, at: now + options.dialKeepAliveTimeout)
  }

  /// Takes a word on the watch; a gap means that words were lost, so the stream counts as broken.
  mutating func told(
    _ word: EtcdWatchResponse, at now: Instant, _ outputs: inout [Output]
  ) {
    guard word.sequence == watch?.sequence else {
      outputs.append(.entered(.streamBroken))
      return openWatch(at: now, &outputs)
    }
    watch?.sequence += 1
    timers.cancel(.pingTimeout)
    timers.set(.ping, at: now + options.dialKeepAliveTime)
    switch word.body {
    case .created: break
    case .events(let events): apply(events, at: word.revision, &outputs)
    case .canceled(let compactRevision):
      watch = nil
      timers.cancel(.ping)
      outputs.append(.entered(.compacted(revision: compactRevision)))
      list(at: now, &outputs)
    case .failed:
      outputs.append(.entered(.streamBroken))
      moveOn(from: server)
      openWatch(at: now, &outputs)
    }
  }

  /// Makes sure that the stream still stands, and that nothing was lost at its end.
  mutating func ping(at now: Instant, _ outputs: inout [Output]) {
    guard let watch else { return }
    outputs.append(.send(.request(0, .watchProgress(watch.call)), to: watch.server))
    timers.set(.pingTimeout, at: now + options.dialKeepAliveTimeout)
  }

  private mutating func apply(
    _ events: [EtcdEvent], at revision: Int, _ outputs: inout [Output]
  ) {
    guard !events.isEmpty else {
      self.revision = max(self.revision ?? 0, revision)
      return
    }
    var next = registry
    for event in events {
      next.removeAll { $0.key == event.keyValue.key }
      if event.kind == .put {
        let place = next.firstIndex { EtcdKeyRange.precedes(event.keyValue.key, $0.key) }
        next.insert(event.keyValue, at: place ?? next.count)
      }
    }
    replace(by: next, at: revision, &outputs)
  }

  private mutating func replace(
    by next: [EtcdKeyValue], at revision: Int, _ outputs: inout [Output]
  ) {
    let before = registry.compactMap { EtcdInstanceKey.instance($0.key)?.node }
    let after = next.compactMap { EtcdInstanceKey.instance($0.key)?.node }
    registry = next
    self.revision = revision
    let added = after.filter { !before.contains($0) }
    let removed = before.filter { !after.contains($0) }
    guard !added.isEmpty || !removed.isEmpty else { return }
    outputs.append(
      .entered(.viewChanged(added: added, removed: removed, revision: revision)))
  }
}
