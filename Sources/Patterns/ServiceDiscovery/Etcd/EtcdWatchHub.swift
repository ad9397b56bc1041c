import Kernel

/// The watches of one server: each gets every event of its keys once, in order, by revisions.
///
/// A watch that is up to date is served as changes are applied; one that begins in the past, or
/// fell behind, is brought up to date in a round every 100 ms, or cancelled if the past it needs
/// is compacted. Source: etcd-io/etcd, server/storage/mvcc/watchable_store.go.
struct EtcdWatchHub: Sendable, Hashable {
  /// Whom a watch serves: a client's node and the number of its call.
  struct Key: Sendable, Hashable {
    let client: NodeID
    let call: Int
  }

  private struct Watcher: Sendable, Hashable {
    let key: Key
    let request: EtcdWatchRequest
    /// The first revision that it has not been served.
    var next: Int
    var isBehind: Bool
    var sequence = 0
    var servedAt: Instant

    mutating func say(_ body: EtcdWatchResponse.Body, at revision: Int) -> Word {
      defer { sequence += 1 }
      let response = EtcdWatchResponse(sequence: sequence, revision: revision, body: body)
      return Word(key: key, response: response)
    }
  }

  /// A word to a client.
  struct Word: Sendable, Hashable {
    let key: Key
    let response: EtcdWatchResponse
  }

  private var watchers: [Watcher] = []
  private let skipsPast: Bool

  /// No watches; a hub that `skipsPast` is a wrong one, for drills.
  init(skipsPast: Bool = false) { self.skipsPast = skipsPast }

  var isBehind: Bool { watchers.contains { $0.isBehind } }

  /// How many watches there are.
  var count: Int { watchers.count }

  /// Opens a watch.
  mutating func open(
    _ request: EtcdWatchRequest, for key: Key, on store: EtcdStore, at now: Instant
  ) -> Word {
    close(key)
    let start = request.startRevision
    let isBehind = start > 0 && start <= store.revision && !skipsPast
    var watcher = Watcher(
      key: key, request: request, next: isBehind ? start : max(start, store.revision + 1),
      isBehind: isBehind, servedAt: now)
    let word = watcher.say(.created, at: store.revision)
    watchers.append(watcher)
    return word
  }

  /// Ends the watch of `key`, if there is one.
  mutating func close(_ key: Key) { watchers.removeAll { $0.key == key } }

  /// Ends the watch of `key` at its client's wish.
  mutating func cancel(_ key: Key) -> Word? {
    guard let place = watchers.firstIndex(where: { $0.key == key }) else { return nil }
    var watcher = watchers.remove(at: place)
    return watcher.say(.canceled(compactRevision: 0), at: 0)
  }

  /// Ends all watches of `client`.
  mutating func close(_ client: NodeID) { watchers.removeAll { $0.key.client == client } }

  /// Ends the watches that need a leader when there has been none for too long.
  mutating func endThoseWithoutLeader() -> [Word] {
    var words: [Word] = []
    for place in watchers.indices where watchers[place].request.requiresLeader {
      words.append(watchers[place].say(.failed(.noLeader), at: 0))
    }
    watchers.removeAll { $0.request.requiresLeader }
    return words
  }

  var wantsLeader: Bool { watchers.contains { $0.request.requiresLeader } }

  /// Answers a question for progress; a watch that is behind keeps quiet.
  mutating func progress(of key: Key, on store: EtcdStore, at now: Instant) -> Word? {
    guard let place = watchers.firstIndex(where: { $0.key == key && !$0.isBehind }) else {
      return nil
    }
    watchers[place].servedAt = now
    return watchers[place].say(.events([]), at: store.revision)
  }

  /// Tells idle watches that asked for it how far the store is.
  mutating func notifyIdle(
    after interval: TimeSpan, on store: EtcdStore, at now: Instant
  ) -> [Word] {
    var words: [Word] = []
    for place in watchers.indices {
      let watcher = watchers[place]
      guard watcher.request.notifiesProgress, !watcher.isBehind,
        now - watcher.servedAt >= interval
      else { continue }
      watchers[place].servedAt = now
      words.append(watchers[place].say(.events([]), at: store.revision))
    }
    return words
  }

  var wantsProgress: Bool { watchers.contains { $0.request.notifiesProgress } }

  /// Serves what was just applied to the watches that are up to date.
  mutating func serve(_ batch: EtcdBatch, on store: EtcdStore, at now: Instant) -> [Word] {
    var words: [Word] = []
    for place in watchers.indices {
      guard !watchers[place].isBehind, watchers[place].next <= batch.revision else { continue }
      watchers[place].next = batch.revision + 1
      let events = watchers[place].request.select(batch.events, on: store)
      guard !events.isEmpty else { continue }
      watchers[place].servedAt = now
      words.append(watchers[place].say(.events(events), at: batch.revision))
    }
    return words
  }

  /// Brings the watches that are behind up to date.
  mutating func catchUp(on store: EtcdStore, at now: Instant) -> [Word] {
    var words: [Word] = []
    for place in watchers.indices where watchers[place].isBehind {
      if watchers[place].next < store.compactRevision {
        let body = EtcdWatchResponse.Body.canceled(compactRevision: store.compactRevision)
        words.append(watchers[place].say(body, at: 0))
        continue
      }
      let batches = store.events(
        in: watchers[place].request.keys, from: watchers[place].next)
      let events = batches.flatMap { watchers[place].request.select($0.events, on: store) }
      watchers[place].isBehind = false
      watchers[place].next = store.revision + 1
      guard !events.isEmpty else { continue }
      watchers[place].servedAt = now
      words.append(watchers[place].say(.events(events), at: store.revision))
    }
    watchers.removeAll { $0.isBehind }
    return words
  }

  /// The store was replaced by a snapshot: every watch has to look back for what it missed.
  mutating func fallBehind(at revision: Int) {
    for place in watchers.indices where watchers[place].next <= revision {
      watchers[place].isBehind = true
    }
  }
}

extension EtcdWatchRequest {
  /// The events that the watch wants, with what was before where it wants that too.
  func select(_ events: [EtcdEvent], on store: EtcdStore) -> [EtcdEvent] {
    events.compactMap { event in
      guard keys.contains(event.keyValue.key) else { return nil }
      switch event.kind {
      case .put: if omitsPuts { return nil }
      case .delete: if omitsDeletes { return nil }
      }
      guard previous else { return event }
      var extended = event
      extended.previous = store.read(event.keyValue.key, at: event.keyValue.modRevision - 1)
      return extended
    }
  }
}
