/// What a client does to one key of a store.
public struct KeyValueAction: Sendable, Hashable {
  /// The key.
  public let key: Datum
  /// What is done to the register under the key.
  public let action: RegisterAction

  /// `action` on the register under `key`.
  public init(key: Datum, _ action: RegisterAction) {
    self.key = key
    self.action = action
  }
}

extension KeyValueAction: CustomStringConvertible {
  /// As in `"k": read → 3`.
  public var description: String { "\(key): \(action)" }
}

/// A store of independent registers, each under its key.
public struct KeyValueModel: SequentialModel, Hashable {
  /// What the keys hold that were acted upon.
  public typealias State = [Datum: RegisterModel.State]

  /// What a key holds at first.
  public let initialValue: Datum
  private var registers: [Datum: RegisterModel] = [:]

  /// A store whose keys hold `initialValue` at first.
  public init(initialValue: Datum = .none) { self.initialValue = initialValue }

  /// No key was acted upon yet.
  public var initial: State { [:] }

  /// The store after `action`.
  public func step(_ state: State, _ action: KeyValueAction) -> State? {
    let register = registers[action.key] ?? RegisterModel(initialValue: initialValue)
    let before = state[action.key] ?? register.initial
    guard let after = register.step(before, action.action) else { return nil }
    guard after != before else { return state }
    var next = state
    // What a key holds at first is not written down, so that equal stores are equal states.
    next[action.key] = after == register.initial ? nil : after
    return next
  }

  /// Reads and refused comparisons only observe.
  public static func isPure(_ action: KeyValueAction) -> Bool {
    RegisterModel.isPure(action.action)
  }

  /// As of a register.
  public static func withoutResult(_ action: KeyValueAction) -> KeyValueAction? {
    RegisterModel.withoutResult(action.action).map { KeyValueAction(key: action.key, $0) }
  }

  /// One part a key, in the order of their first operations.
  public func parts(of operations: [RecordedOperation<KeyValueAction>]) -> [[Int]] {
    Parts.grouped(operations) { $0.action.key }
  }

  /// Every register is narrowed to what is done to it.
  public func narrowed(to actions: [KeyValueAction]) -> KeyValueModel {
    var narrow = self
    for indices in Parts.grouped(actions, by: \.key) {
      let key = actions[indices[0]].key
      narrow.registers[key] = RegisterModel(initialValue: initialValue)
        .narrowed(to: indices.map { actions[$0].action })
    }
    return narrow
  }

  /// As in `"k" holds 3, others what they held at first`.
  public static func describe(_ state: State) -> String {
    guard !state.isEmpty else { return "every key holds what it held at first" }
    return state.sorted { $0.key < $1.key }
      .map { "\($0.key) \(RegisterModel.describe($0.value))" }.joined(separator: ", ")
  }
}

/// Divides operations into groups that can be checked apart.
enum Parts {
  /// The indices of the items of each key, key by key in the order of their first items.
  static func grouped<Item, Key: Hashable>(
    _ items: [Item], by key: (Item) -> Key
  ) -> [[Int]] {
    var places: [Key: Int] = [:]
    var parts: [[Int]] = []
    for (index, item) in items.enumerated() {
      let key = key(item)
      if let place = places[key] {
        parts[place].append(index)
      } else {
        places[key] = parts.count
        parts.append([index])
      }
    }
    return parts
  }
}
