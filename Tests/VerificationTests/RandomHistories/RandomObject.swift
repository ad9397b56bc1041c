import Kernel
import Verification

/// A model whose operations can be drawn at random and carried out.
protocol RandomObject: SequentialModel {
  init()
  /// An operation that somebody might ask for; its result does not matter yet.
  static func ask(_ stream: inout RandomStream) -> Action
  /// The same operation with the result that it has in `state`.
  static func answer(_ action: Action, in state: State) -> Action
  /// The same operation with some other result, or the same where there is none.
  static func garble(_ action: Action, _ stream: inout RandomStream) -> Action
}

extension RegisterModel: RandomObject {
  init() { self.init(initialValue: .none) }

  static func ask(_ stream: inout RandomStream) -> RegisterAction {
    switch stream.below(6) {
    case 0, 1: .read(.none)
    case 2: .write(.number(stream.below(3)))
    case 3: .write(.text("b"))
    case 4: .append(["a", "b"][stream.below(2)])
    default:
      .compareAndSet(
        from: .number(stream.below(3)), to: .number(stream.below(3)), swapped: nil)
    }
  }

  static func answer(_ action: RegisterAction, in state: State) -> RegisterAction {
    guard case .value(let value) = state else { return action }
    return switch action {
    case .read: .read(value)
    case .write, .append: action
    case .compareAndSet(let from, let to, _):
      .compareAndSet(from: from, to: to, swapped: value == from)
    }
  }

  static func garble(_ action: RegisterAction, _ stream: inout RandomStream) -> RegisterAction {
    let values: [Datum] = [.none, 0, 1, 2, "b", "bb", "ba", "1a", "0b", "a"]
    return switch action {
    case .read: .read(values[stream.below(values.count)])
    case .write, .append: action
    case .compareAndSet(let from, let to, let swapped):
      .compareAndSet(from: from, to: to, swapped: swapped.map { !$0 })
    }
  }
}

extension KeyValueModel: RandomObject {
  init() { self.init(initialValue: .none) }

  static func ask(_ stream: inout RandomStream) -> KeyValueAction {
    KeyValueAction(key: .number(stream.below(2)), RegisterModel.ask(&stream))
  }

  static func answer(_ action: KeyValueAction, in state: State) -> KeyValueAction {
    KeyValueAction(
      key: action.key,
      RegisterModel.answer(action.action, in: state[action.key] ?? .value(.none)))
  }

  static func garble(_ action: KeyValueAction, _ stream: inout RandomStream) -> KeyValueAction {
    KeyValueAction(key: action.key, RegisterModel.garble(action.action, &stream))
  }
}

extension SetModel: RandomObject {
  static func ask(_ stream: inout RandomStream) -> SetAction {
    let element = Datum.number(stream.below(3))
    return switch stream.below(9) {
    case 0, 1, 2: .add(element)
    case 3, 4: .remove(element)
    case 5, 6, 7: .contains(element, false)
    default: .read([])
    }
  }

  static func answer(_ action: SetAction, in state: Set<Datum>) -> SetAction {
    switch action {
    case .add, .remove: action
    case .contains(let element, _): .contains(element, state.contains(element))
    case .read: .read(state)
    }
  }

  static func garble(_ action: SetAction, _ stream: inout RandomStream) -> SetAction {
    switch action {
    case .add, .remove: action
    case .contains(let element, let isIn): .contains(element, !isIn)
    case .read(let elements): .read(elements.symmetricDifference([.number(stream.below(3))]))
    }
  }
}

extension QueueModel: RandomObject {
  static func ask(_ stream: inout RandomStream) -> QueueAction {
    stream.chance(0.5) ? .enqueue(.number(stream.below(3))) : .dequeue(.unseen)
  }

  static func answer(_ action: QueueAction, in state: [Datum]) -> QueueAction {
    switch action {
    case .enqueue: action
    case .dequeue: .dequeue(state.first.map { .element($0) } ?? .empty)
    }
  }

  static func garble(_ action: QueueAction, _ stream: inout RandomStream) -> QueueAction {
    switch action {
    case .enqueue: action
    case .dequeue:
      .dequeue(stream.chance(0.3) ? .empty : .element(.number(stream.below(3))))
    }
  }
}

extension CounterModel: RandomObject {
  static func ask(_ stream: inout RandomStream) -> CounterAction {
    stream.chance(0.5) ? .add(1 + stream.below(3)) : .read(0)
  }

  static func answer(_ action: CounterAction, in state: Int) -> CounterAction {
    switch action {
    case .add: action
    case .read: .read(state)
    }
  }

  static func garble(_ action: CounterAction, _ stream: inout RandomStream) -> CounterAction {
    switch action {
    case .add: action
    case .read(let number): .read(max(0, number + stream.below(5) - 2))
    }
  }
}
