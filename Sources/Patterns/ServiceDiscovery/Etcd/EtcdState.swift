/// The state machine behind etcd's log: the store and the leases with their keys.
///
/// It holds nothing that depends on a clock, so it is the same on all servers after the same
/// entry. When a lease ends is known to the leader's `EtcdLessor` only.
public struct EtcdState: Sendable, Hashable {
  /// The shortest time to live granted, in seconds; longer than an election, so that keys survive
  /// one.
  public let minimumTTL: Int64
  /// The key space.
  public private(set) var store = EtcdStore()
  /// The leases in the order of their names.
  public private(set) var leases: [EtcdLease] = []

  /// The largest time to live, in seconds (lessor.go, MaxLeaseTTL).
  public static let maximumTTL: Int64 = 9_000_000_000

  /// Nothing yet.
  public init(minimumTTL: Int64) { self.minimumTTL = minimumTTL }

  /// The lease called `id`, or nil.
  public func lease(_ id: EtcdLeaseID) -> EtcdLease? {
    let place = leasePlace(id)
    return place < leases.count && leases[place].id == id ? leases[place] : nil
  }

  /// Applies an entry of the log and returns what its proposer is to be told.
  mutating func apply(_ command: EtcdCommand) -> Result<EtcdResponse, EtcdError> {
    defer { store.commit() }
    switch command.body {
    case .operation(let operation):
      return run(operation).map {
        EtcdResponse(revision: $0.revision, .operation($0))
      }
    case .compact(let revision):
      if let error = store.compact(to: revision) { return .failure(error) }
      return .success(EtcdResponse(revision: store.revision, .compacted))
    case .leaseGrant(let id, let ttl):
      return grant(id, ttl)
    case .leaseRevoke(let id):
      return revoke(id)
    case .leaseCheckpoint(let checkpoints):
      for checkpoint in checkpoints where lease(checkpoint.lease) != nil {
        leases[leasePlace(checkpoint.lease)].remaining = checkpoint.remaining
      }
      return .success(EtcdResponse(revision: store.revision, .accepted))
    }
  }

  private mutating func grant(
    _ id: EtcdLeaseID, _ ttl: Int64
  ) -> Result<EtcdResponse, EtcdError> {
    if ttl > Self.maximumTTL { return .failure(.leaseTTLTooLarge) }
    if lease(id) != nil { return .failure(.leaseExists) }
    let granted = max(ttl, minimumTTL)
    leases.insert(EtcdLease(id: id, ttl: granted), at: leasePlace(id))
    return .success(EtcdResponse(revision: store.revision, .leaseGranted(id, ttl: granted)))
  }

  private mutating func revoke(_ id: EtcdLeaseID) -> Result<EtcdResponse, EtcdError> {
    guard let lease = lease(id) else { return .failure(.leaseNotFound) }
    leases.remove(at: leasePlace(id))
    for key in lease.keys { _ = store.delete(EtcdKeyRange(key)) }
    return .success(EtcdResponse(revision: store.headerRevision, .leaseRevoked))
  }

  /// Writes in the transaction under way; the request was checked.
  mutating func put(_ request: EtcdPutRequest) -> EtcdOperationResponse {
    let current = store.read(request.key)
    let value = request.ignoreValue ? current?.value ?? "" : request.value
    let lease = request.ignoreLease ? current?.lease ?? 0 : request.lease
    store.put(request.key, value, lease: lease)
    detach(request.key, from: current?.lease ?? 0)
    attach(request.key, to: lease)
    return .put(
      revision: store.headerRevision, previous: request.previous ? current : nil)
  }

  /// Deletes in the transaction under way.
  mutating func delete(_ range: EtcdKeyRange, previous: Bool) -> EtcdOperationResponse {
    let found = store.delete(range)
    for keyValue in found { detach(keyValue.key, from: keyValue.lease) }
    return .delete(
      revision: store.headerRevision, deleted: found.count, previous: previous ? found : [])
  }

  private mutating func attach(_ key: String, to id: EtcdLeaseID) {
    guard lease(id) != nil else { return }
    leases[leasePlace(id)].insert(key)
  }

  private mutating func detach(_ key: String, from id: EtcdLeaseID) {
    guard lease(id) != nil else { return }
    leases[leasePlace(id)].remove(key)
  }

  private func leasePlace(_ id: EtcdLeaseID) -> Int {
    var low = 0
    var high = leases.count
    while low < high {
      let middle = (low + high) / 2
      if leases[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A lease as all servers know it.
public struct EtcdLease: Sendable, Hashable {
  /// Its name.
  public let id: EtcdLeaseID
  /// The seconds it was granted.
  public let ttl: Int64
  /// The seconds left at the last checkpoint, or 0 when there was none since its last renewal.
  public var remaining: Int64 = 0
  /// The keys that go with it, in order.
  public private(set) var keys: [String] = []

  init(id: EtcdLeaseID, ttl: Int64) {
    self.id = id
    self.ttl = ttl
  }

  mutating func insert(_ key: String) {
    let place = keys.firstIndex { !EtcdKeyRange.precedes($0, key) } ?? keys.count
    if place < keys.count, keys[place] == key { return }
    keys.insert(key, at: place)
  }

  mutating func remove(_ key: String) { keys.removeAll { $0 == key } }
}
