import Kernel

/// What a replica holds: a register a key, and the last result of each client.
///
/// Applying the same requests in the same order gives the same state everywhere; a request that a
/// client repeats is answered from what it came to the first time.
public struct RegisterState: Sendable, Hashable {
  /// One key's value and the version that wrote it.
  public struct Register: Sendable, Hashable {
    /// The value; nil is none.
    public var value: Int?
    /// The version that wrote it.
    public var version: StoreVersion
  }

  private struct Done: Sendable, Hashable {
    let number: Int
    let result: StoreResult
  }

  private var registers: [Int: Register] = [:]
  private var done: [NodeID: Done] = [:]
  /// The version that was applied last.
  public private(set) var applied = StoreVersion.none

  /// Nothing is held.
  public init() {}

  /// What `key` holds.
  public func register(_ key: Int) -> Register {
    registers[key] ?? Register(value: nil, version: .none)
  }

  /// What `key` holds, as the answer to a read.
  public func read(_ key: Int) -> StoreResult {
    let register = register(key)
    return .holds(register.value, version: register.version)
  }

  /// What the request `id` came to, if it has been applied already.
  public func result(of id: StoreRequest.ID) -> StoreResult? {
    guard let last = done[id.client], last.number == id.number else { return nil }
    return last.result
  }

  /// Whether a later request of the same client has been applied.
  public func isPast(_ id: StoreRequest.ID) -> Bool {
    (done[id.client]?.number ?? .min) > id.number
  }

  /// Applies `request` as `version`, unless it has been applied before.
  public mutating func apply(_ request: StoreRequest, as version: StoreVersion) {
    applied = version
    guard result(of: request.id) == nil, !isPast(request.id) else { return }
    let before = register(request.key)
    let result: StoreResult
    switch request.action {
    case .read: result = .holds(before.value, version: before.version)
    case .write(let value):
      registers[request.key] = Register(value: value, version: version)
      result = .written(version: version)
    case .add(let amount):
      registers[request.key] = Register(value: (before.value ?? 0) + amount, version: version)
      result = .written(version: version)
    case .delete:
      registers[request.key] = Register(value: nil, version: version)
      result = .written(version: version)
    case .compareAndSet(let from, let to):
      if before.value == from {
        registers[request.key] = Register(value: to, version: version)
        result = .written(version: version)
      } else {
        result = .mismatch(before.value, version: before.version)
      }
    }
    done[request.id.client] = Done(number: request.id.number, result: result)
  }
}

extension RegisterState: ReplicatedStore {
  /// Applies a command that Raft committed at `index`.
  public mutating func apply(_ command: StoreRequest, at index: Int) {
    apply(command, as: StoreVersion(epoch: 0, place: index))
  }
}
