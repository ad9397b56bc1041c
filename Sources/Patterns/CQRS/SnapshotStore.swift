/// Cached folds of streams: each says what the account was at some version.
///
/// A snapshot is a cache and never the truth: **loading from a snapshot and the events after it
/// gives what all the events give**, and deleting every snapshot changes nothing but the time.
/// A snapshot belongs to the revision of the code that wrote it; code of another revision must not
/// use it.
///
/// Source: github.com/AxonFramework/AxonFramework @8d5c40e09c
/// docs/reference-guide/modules/tuning/pages/snapshotting.adoc
public struct SnapshotStore: Sendable, Hashable {
  /// When snapshots are written and which are used.
  public struct Options: Sendable, Hashable {
    /// A snapshot is written every so many events of a stream; 0 is never.
    public var every: Int
    /// Whether a snapshot of another revision is passed over.
    public var isRevisionChecked: Bool
    /// A deliberate bug, for drills.
    public var shortcut: CQRSShortcut?

    /// Options.
    public init(every: Int = 0, isRevisionChecked: Bool = true, shortcut: CQRSShortcut? = nil) {
      self.every = every
      self.isRevisionChecked = isRevisionChecked
      self.shortcut = shortcut
    }
  }

  /// One snapshot.
  public struct Snapshot: Sendable, Hashable {
    /// The number of the last event in it.
    public let version: Int
    /// The revision of the code that folded it.
    public let revision: Int
    /// The account, in the unit of that revision.
    public let state: SourcedAccount
  }

  /// An account as a command handler sees it.
  public struct Loaded: Sendable, Hashable {
    /// The account, in the unit of the revision that loads.
    public let state: SourcedAccount
    /// The number of its last event; nil when it has none.
    public let version: Int?
    /// How many events were read for it.
    public let eventsRead: Int
    /// The revision of the snapshot it began from; nil without one.
    public let snapshotRevision: Int?
  }

  /// When snapshots are written and which are used.
  public let options: Options
  private var newest: [String: Snapshot] = [:]
  /// How many were written.
  public private(set) var written = 0
  /// Loads that found a snapshot of another revision and passed it over.
  public private(set) var misses = 0

  /// No snapshots.
  public init(_ options: Options = Options()) { self.options = options }

  /// The newest snapshot of `stream`.
  public subscript(stream: String) -> Snapshot? { newest[stream] }

  /// Folds `stream` for code of `revision`, from the newest usable snapshot on.
  public mutating func load(
    _ stream: String, from store: EventStore<LedgerEvent>, revision: Int
  ) -> Loaded {
    var state = SourcedAccount()
    var next = 0
    var used: Int?
    if let snapshot = newest[stream] {
      if isUsable(snapshot, by: revision) {
        state = snapshot.state
        next = snapshot.version + (options.shortcut == .replaysOneTwice ? 0 : 1)
        used = snapshot.revision
      } else {
        misses += 1
      }
    }
    let tail = store.events(of: stream, from: next)
    for recorded in tail { state.apply(recorded.event.upcast(to: revision)) }
    return Loaded(
      state: state, version: store.version(of: stream), eventsRead: tail.count,
      snapshotRevision: used)
  }

  /// Writes a snapshot of `stream` as it stands if one is due, for code of `revision`.
  public mutating func appended(
    to stream: String, of store: EventStore<LedgerEvent>, revision: Int
  ) {
    guard options.every > 0, let version = store.version(of: stream) else { return }
    let last = newest[stream].flatMap { isUsable($0, by: revision) ? $0.version : nil } ?? -1
    guard version - last >= options.every else { return }
    let loaded = load(stream, from: store, revision: revision)
    newest[stream] = Snapshot(version: version, revision: revision, state: loaded.state)
    written += 1
  }

  private func isUsable(_ snapshot: Snapshot, by revision: Int) -> Bool {
    snapshot.revision == revision || !options.isRevisionChecked
  }
}
