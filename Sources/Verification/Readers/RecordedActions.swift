import Kernel

extension RegisterAction: RecordedAction {
  /// `:read`, `:write`, `:append` or `:cas` with `[from to]`; `:get` and `:put` mean the same as
  /// `:read` and `:write`.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    switch event.functionName {
    case "read", "get": self = .read(Datum(event.value))
    case "write", "put": self = .write(Datum(event.value))
    case "append":
      switch Datum(event.value) {
      case .text(let text): self = .append(text)
      case .number(let number): self = .append(String(number))
      case .none: throw event.wrongValue("a text to append")
      }
    case "cas":
      guard let pair = event.value?.sequence, pair.count == 2 else {
        throw event.wrongValue("the old and the new value, as in [1 3]")
      }
      self = .compareAndSet(from: Datum(pair[0]), to: Datum(pair[1]), swapped: true)
    default: throw event.unknownFunction(known: ["read", "write", "cas", "append", "get", "put"])
    }
  }
}

extension KeyValueAction: RecordedAction {
  /// What a register does, with `:key`, or with `[key value]` as the value.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    if let key = event.key {
      self.init(key: Datum(key), try RegisterAction(event))
      return
    }
    guard let pair = event.value?.sequence, pair.count == 2 else {
      throw event.wrongValue("a key and a value, as in [7 3], or a ':key' beside the value")
    }
    let inner = RecordedEvent(
      process: event.process, phase: event.phase, function: event.function, value: pair[1],
      key: nil)
    self.init(key: Datum(pair[0]), try RegisterAction(inner))
  }
}

extension SetAction: RecordedAction {
  /// `:add`, `:remove`, `:contains` with `[element true]`, or `:read` with all elements.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    switch event.functionName {
    case "add": self = .add(Datum(event.value))
    case "remove": self = .remove(Datum(event.value))
    case "contains":
      guard let pair = event.value?.sequence, pair.count == 2 else {
        guard event.phase == .invoke else {
          throw event.wrongValue("an element and whether it is in, as in [3 true]")
        }
        self = .contains(Datum(event.value), false)
        return
      }
      guard event.phase == .invoke || [.boolean(true), .boolean(false)].contains(pair[1].value)
      else { throw event.wrongValue("true or false after the element, as in [3 true]") }
      self = .contains(Datum(pair[0]), pair[1].value == .boolean(true))
    case "read":
      switch event.value?.value {
      case .vector(let elements), .list(let elements), .set(let elements):
        self = .read(Set(elements.map { Datum($0) }))
      default:
        guard event.phase == .invoke else {
          throw event.wrongValue("all elements, as in #{1 2} or [1 2]")
        }
        self = .read([])
      }
    default: throw event.unknownFunction(known: ["add", "remove", "contains", "read"])
    }
  }
}

extension QueueAction: RecordedAction {
  /// `:enqueue` with an element, `:dequeue` with what came out, nil if the queue was empty.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    switch event.functionName {
    case "enqueue": self = .enqueue(Datum(event.value))
    case "dequeue":
      guard event.phase == .ok else {
        self = .dequeue(.unseen)
        return
      }
      let value = Datum(event.value)
      self = .dequeue(value == .none ? .empty : .element(value))
    default: throw event.unknownFunction(known: ["enqueue", "dequeue"])
    }
  }
}

extension CounterAction: RecordedAction {
  /// `:add` with an amount, `:read` with the number.
  public init(_ event: RecordedEvent) throws(Diagnostic) {
    switch (event.functionName, event.value?.value) {
    case ("add", .integer(let amount)): self = .add(amount)
    case ("read", .integer(let number)): self = .read(number)
    case ("read", _) where event.phase == .invoke: self = .read(0)
    case ("add", _), ("read", _): throw event.wrongValue("a whole number")
    default: throw event.unknownFunction(known: ["add", "read"])
    }
  }
}
