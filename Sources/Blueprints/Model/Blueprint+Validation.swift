import Kernel

/// What a design cannot be, wherever it came from: text, knobs, a short form typed in an interview.
extension Blueprint {
  /// Refuses a design that cannot run; the complaint names the part.
  public func validate() throws(Diagnostic) {
    guard !components.isEmpty else {
      throw Diagnostic("The design has no components.", expected: "at least clients and a service")
    }
    guard components.contains(where: { $0.kind.role == .source }) else {
      throw Diagnostic(
        "Nobody brings load: the design has no source.",
        expected: "a component of kind \(ComponentKind.sources.map(\.name).joined(separator: ", "))"
      )
    }
    guard warmUp < duration else {
      throw Diagnostic(
        "The warm-up (\(warmUp)) is not shorter than the run (\(duration)).",
        expected: "warm_up below duration")
    }
    for component in components { try validate(component) }
    for place in calls.indices { try validate(call: place) }
    try refuseCycles()
  }

  private func validate(_ component: Component) throws(Diagnostic) {
    if component.kind.role == .worker {
      guard let queue = component.consumes, components[queue].kind.role == .queue else {
        throw Diagnostic(
          "\(component.name) has nothing to work on.", found: component.name,
          expected: "'consumes:' with the name of a queue or a log")
      }
    }
    if let store = component.store, store.acks > component.replicas {
      throw Diagnostic(
        "\(component.name) waits for \(store.acks) copies and has \(component.replicas).",
        found: "acks \(store.acks)", expected: "acks of at most \(component.replicas)")
    }
    if let load = component.load {
      let sum = load.operations.reduce(0) { $0 + $1.share }
      guard abs(sum - 1) < 1e-6 else {
        throw Diagnostic(
          "The operations of \(component.name) come to \(Unit.fraction.text(sum)).",
          found: Unit.fraction.text(sum), expected: "shares that add up to 100 %")
      }
    }
  }

  private func validate(call place: Int) throws(Diagnostic) {
    let call = calls[place]
    let name = name(of: call)
    let target = components[call.target]
    guard target.kind.role != .source, target.kind.role != .worker else {
      throw Diagnostic(
        "\(name): \(target.name) is a \(target.kind.name) and answers nobody.", found: target.name,
        expected: "a component that takes calls")
    }
    if let need = call.need, need > call.fanOut {
      throw Diagnostic(
        "\(name) needs \(need) of \(call.fanOut) copies.", found: "need \(need)",
        expected: "need of at most \(call.fanOut)")
    }
    if call.isAsync, call.attempts > 1 || call.hedgeAfter != nil {
      throw Diagnostic(
        "\(name) is async: nobody waits for the answer, so nobody can send it again.",
        found: call.attempts > 1 ? "attempts \(call.attempts)" : "hedge",
        expected: "one attempt; or a queue, whose workers try again")
    }
    let together = calls(from: call.source).filter { $0.call.step == call.step }
    if let need = call.need, need < call.fanOut, together.count > 1 {
      throw Diagnostic(
        "\(name) can do with fewer answers than copies, so it must be alone in its step.",
        found: "step \(call.step)", expected: "a step of its own")
    }
    let known = Set(components.flatMap { $0.load?.operations ?? [] }.map(\.name))
    if let stranger = call.operations.first(where: { !known.contains($0) }) {
      throw .unknown("operation", stranger, known: known.sorted())
    }
    if call.isAfterMiss {
      let before = calls(from: call.source).filter { $0.call.step < call.step }
      guard before.contains(where: { components[$0.call.target].kind.role == .cache }) else {
        throw Diagnostic(
          "\(name) waits for a miss, but no cache is asked in an earlier step.",
          found: "after: miss",
          expected: "a call to a cache in an earlier step")
      }
    }
  }

  /// Calls in a circle would breed without end.
  private func refuseCycles() throws(Diagnostic) {
    var state = Array(repeating: 0, count: components.count)
    var path: [Int] = []
    func visit(_ place: Int) throws(Diagnostic) {
      state[place] = 1
      path.append(place)
      var next = calls.filter { $0.source == place }.map(\.target)
      next += components.indices.filter { components[$0].consumes == place }
      for target in next {
        if state[target] == 1 {
          let circle = path[(path.firstIndex(of: target) ?? 0)...].map { components[$0].name }
          throw Diagnostic(
            "The calls go in a circle: \((circle + [components[target].name]).joined(separator: " -> ")).",
            found: components[target].name, expected: "calls without a circle")
        }
        if state[target] == 0 { try visit(target) }
      }
      path.removeLast()
      state[place] = 2
    }
    for place in components.indices where state[place] == 0 { try visit(place) }
  }
}
