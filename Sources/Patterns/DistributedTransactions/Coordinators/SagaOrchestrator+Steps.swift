import Kernel
import OrderedCollections

extension SagaOrchestrator {
  /// Does what a saga has to do next, from wherever it stands.
  mutating func go(_ id: Int, at now: Instant, _ outputs: inout [DistributedOutput]) {
    guard let instance = instances[id] else { return }
    switch instance.phase {
    case .forward: send(id, at: now, &outputs)
    case .backward:
      if instance.toUndo.isEmpty {
        end(id, .compensated, at: now, &outputs)
      } else {
        send(id, at: now, &outputs)
      }
    case .settling:
      let next = instance.transaction.steps.indices.first {
        $0 >= instance.position && instance.transaction.steps[$0].kind == .compensatable
      }
      guard options.settles, let next else { return end(id, .committed, at: now, &outputs) }
      instances[id]?.position = next
      send(id, at: now, &outputs)
    }
  }

  /// Sends the present command, after a look at the record where it is reckoned from that.
  private mutating func send(_ id: Int, at now: Instant, _ outputs: inout [DistributedOutput]) {
    guard let instance = instances[id] else { return }
    let step = instance.transaction.steps[instance.position]
    let needsLook =
      switch (options.update, instance.phase) {
      case (.commutative, _), (_, .settling): false
      case (.overwrite, .backward): false
      case (.overwrite, .forward), (.reread, .forward), (.reread, .backward): true
      }
    guard needsLook else { return call(id, base: nil, at: now, &outputs) }
    instances[id]?.wait = .look
    instances[id]?.due = now + options.stepTimeout
    outputs.append(
      .send(.look(record: step.work.record, request: id), to: step.work.service))
  }

  /// Sends the present command.
  mutating func call(
    _ id: Int, base: Int?, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    guard let instance = instances[id] else { return }
    let place = instance.position
    let step = instance.transaction.steps[place]
    let isOwnKey = options.shortcut == .newKeyPerAttempt && instance.phase == .forward
    let key = StepKey(id, place, attempt: isOwnKey ? instance.attempts : 0)
    var base = base
    let verb: StepCommand.Verb
    switch instance.phase {
    case .forward:
      verb = .perform
      if !instance.isBegun || base != nil {
        keep(.stepBegun(id, step: place, base: base), &outputs)
      }
    case .backward:
      verb = .compensate
      if options.update == .overwrite { base = instance.bases[place] }
    case .settling: verb = .settle
    }
    // The last try makes an end of waiting for a record, also for tries that are still on their way;
    // otherwise two sagas could wait for each other's marks for ever.
    let most = options.maximumAttempts ?? .max
    let isLast = verb == .perform && step.kind != .retriable && instance.attempts + 1 >= most
    instances[id]?.attempts += 1
    instances[id]?.wait = .answer
    instances[id]?.due = now + options.stepTimeout
    let command = StepCommand(
      verb, key, kind: step.kind, step.work, base: base,
      mustMatch: options.update == .reread && verb != .settle, isLast: isLast,
      name: step.name)
    outputs.append(.send(.command(command), to: step.work.service))
  }

  /// A participant has answered.
  mutating func hear(
    _ answer: StepAnswer, to verb: StepCommand.Verb, _ key: StepKey, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    let id = key.transaction
    guard let instance = instances[id], instance.position == key.step else { return }
    switch (instance.phase, verb, answer) {
    case (.forward, .perform, .done):
      keep(.stepDone(id, step: key.step), isForced: false, &outputs)
      go(id, at: now, &outputs)
    case (.forward, .perform, .refused), (.forward, .perform, .fenced):
      guard instance.transaction.steps[key.step].kind != .retriable else {
        return pause(id, at: now, &outputs)
      }
      turnBack(id, from: key.step - 1, because: "is refused", at: now, &outputs)
    case (.backward, .compensate, .done):
      keep(.stepUndone(id, step: key.step), isForced: false, &outputs)
      go(id, at: now, &outputs)
    case (.settling, .settle, .done):
      instances[id]?.position += 1
      instances[id]?.attempts = 0
      go(id, at: now, &outputs)
    case (_, _, .busy) where instance.wait == .answer,
      (_, _, .stale) where instance.wait == .answer:
      fail(id, isUnknown: false, at: now, &outputs)
    default: break
    }
  }

  /// What was waited for has not come, or the pause is over.
  mutating func wake(_ id: Int, at now: Instant, _ outputs: inout [DistributedOutput]) {
    guard let instance = instances[id] else { return }
    switch instance.wait {
    case .pause: go(id, at: now, &outputs)
    case .look:
      instances[id]?.attempts += 1
      fail(id, isUnknown: instance.isBegun, at: now, &outputs)
    case .answer: fail(id, isUnknown: true, at: now, &outputs)
    }
  }

  /// A try has failed, or nobody knows how it went: another one, or the way back.
  private mutating func fail(
    _ id: Int, isUnknown: Bool, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    guard let instance = instances[id] else { return }
    let step = instance.transaction.steps[instance.position]
    if isUnknown { instances[id]?.isUnknown = true }
    if isUnknown, instance.attempts == 3 {
      let weight: Trace.Weight = instance.phase == .forward ? .change : .harm
      outputs.append(
        .fact(
          DistributedFact(
            "no-answer",
            "transaction \(id) has tried to \(verb(of: instance.phase)) \(step.name) 3 times "
              + "without an answer", weight: weight, about: step.work.service)))
    }
    switch instance.phase {
    case .forward:
      let limit = step.kind == .compensatable ? options.maximumAttempts : nil
      let mutated = options.shortcut == .turnsBackAfterPivot && step.kind == .retriable ? 3 : nil
      guard let most = limit ?? mutated, instance.attempts >= most else { break }
      let includesStep = (isUnknown || instance.isUnknown) && options.compensatesUnknown
      let last = instance.position - (includesStep && step.kind == .compensatable ? 0 : 1)
      let reason = isUnknown ? "has not answered after \(most) tries" : "is busy for too long"
      return turnBack(id, from: last, because: reason, at: now, &outputs)
    case .backward:
      let mutated = options.shortcut == .givesUpCompensation ? 3 : nil
      guard let most = mutated ?? options.compensationAttempts, instance.attempts >= most else {
        break
      }
      if mutated != nil {
        keep(.stepUndone(id, step: instance.position), &outputs)
        return go(id, at: now, &outputs)
      }
      outputs.append(
        .fact(
          DistributedFact(
            "stuck",
            "gives up undoing \(step.name) of transaction \(id) after \(most) tries: a person "
              + "has to look", weight: .harm, about: step.work.service)))
      return end(id, .stuck, at: now, &outputs)
    case .settling: break
    }
    pause(id, at: now, &outputs)
  }

  private func verb(of phase: Instance.Phase) -> String {
    switch phase {
    case .forward: "carry out"
    case .backward: "undo"
    case .settling: "settle"
    }
  }

  private mutating func pause(_ id: Int, at now: Instant, _ outputs: inout [DistributedOutput]) {
    let attempts = max(1, instances[id]?.attempts ?? 1)
    instances[id]?.wait = .pause
    let isBackward = instances[id]?.phase == .backward
    let backoff = isBackward ? options.compensationBackoff ?? options.backoff : options.backoff
    instances[id]?.due = now + backoff.span(retry: attempts)
  }

  private mutating func turnBack(
    _ id: Int, from last: Int, because reason: String, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    guard let instance = instances[id] else { return }
    let step = instance.transaction.steps[instance.position]
    if reason != "is refused" {
      outputs.append(
        .fact(
          DistributedFact(
            "turned-back", "transaction \(id) turns back: \(step.name) \(reason)",
            weight: .harm, about: step.work.service)))
    }
    guard options.turnsBack else { return end(id, .stuck, at: now, &outputs) }
    keep(.turnedBack(id, from: last), &outputs)
    go(id, at: now, &outputs)
  }

  private mutating func end(
    _ id: Int, _ outcome: TransactionOutcome, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    keep(.ended(id, outcome, at: now), isForced: false, &outputs)
    outputs.append(.ended(id, outcome))
  }
}
