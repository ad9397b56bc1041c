import Kernel

extension TransactionParticipant {
  /// Carries out a command about a step of a saga.
  mutating func carryOut(
    _ command: StepCommand, from sender: NodeID, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) -> StepAnswer {
    switch command.verb {
    case .perform: perform(command, from: sender, at: now, &outputs)
    case .compensate: compensate(command, at: now, &outputs)
    case .settle: settle(command, &outputs)
    }
  }

  private mutating func perform(
    _ command: StepCommand, from sender: NodeID, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) -> StepAnswer {
    let known = entry(command.key)
    if options.isIdempotent, let known {
      switch known {
      case .done: return .done
      case .refused: return .refused
      case .undone, .fenced:
        outputs.append(
          .fact(
            DistributedFact(
              "came-late",
              "\(command.name) of transaction \(command.key.transaction) comes after its "
                + "compensation and is refused", weight: .recovery)))
        return .fenced
      }
    }
    let isFree = isFree(command.work.record, for: command.key.transaction)
    guard isFree || command.isLast else { return .busy }
    if !isFree || command.work.isRefused {
      keep(.refused(command.key), &outputs)
      return .refused
    }
    let found = balance(command.work.record)
    if command.mustMatch, command.base != found { return .stale }
    let after = (command.base ?? found) + command.work.change
    if after < 0, command.work.change < 0 {
      keep(.refused(command.key), &outputs)
      return .refused
    }
    if known != nil {
      outputs.append(
        .fact(
          DistributedFact(
            "applied-again",
            "carries \(command.name) of transaction \(command.key.transaction) out again",
            weight: .harm, about: sender)))
    }
    let marks = options.hasSemanticLock && command.kind == .compensatable
    keep(
      .effect(
        StepEffect(
          key: command.key, isUndo: false, record: command.work.record,
          change: command.work.change, balance: after, marks: marks, at: now)), &outputs)
    return .done
  }

  private mutating func compensate(
    _ command: StepCommand, at now: Instant, _ outputs: inout [DistributedOutput]
  ) -> StepAnswer {
    if options.isIdempotent {
      switch entry(command.key) {
      case .undone, .fenced, .refused: return .done
      case nil:
        if options.hasFence { keep(.fenced(command.key), &outputs) }
        return .done
      case .done: break
      }
    }
    let found = balance(command.work.record)
    guard isFree(command.work.record, for: command.key.transaction) else { return .busy }
    if command.mustMatch, command.base != found { return .stale }
    // Reckoned from what the step had read, the old value is put back whatever came since.
    let after =
      command.mustMatch ? found - command.work.change : command.base ?? found - command.work.change
    if after < 0, found >= 0 {
      outputs.append(
        .fact(
          DistributedFact(
            "overdrawn",
            "undoes \(command.name) of transaction \(command.key.transaction) and stands at "
              + "\(after): what it takes back was spent meanwhile", weight: .harm)))
    }
    keep(
      .effect(
        StepEffect(
          key: command.key, isUndo: true, record: command.work.record,
          change: command.work.change, balance: after, marks: false, at: now)), &outputs)
    return .done
  }

  private mutating func settle(
    _ command: StepCommand, _ outputs: inout [DistributedOutput]
  ) -> StepAnswer {
    if marks[command.work.record] == command.key.transaction {
      keep(.settled(command.key, record: command.work.record), &outputs)
    }
    return .done
  }

  /// Whether neither a promise nor another saga's mark keeps `transaction` from a record.
  func isFree(_ record: Int, for transaction: Int) -> Bool {
    guard locks[record] == nil else { return false }
    return !options.hasSemanticLock || marks[record] == nil || marks[record] == transaction
  }

  // MARK: Events

  /// Reacts to what happened to a step: carries out the next one here, or undoes the one before.
  mutating func react(
    to event: SagaEvent, from sender: NodeID, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    let transaction = event.transaction
    switch event.kind {
    case .done:
      let next = event.step + 1
      guard next < transaction.steps.count, transaction.steps[next].work.service == node
      else { return }
      let key = StepKey(transaction.id, next)
      if options.isIdempotent, entry(key) != nil { return }
      let step = transaction.steps[next]
      let command = StepCommand(.perform, key, kind: step.kind, step.work, name: step.name)
      let answer = perform(command, from: sender, at: now, &outputs)
      emit(SagaEvent(transaction, step: next, answer == .done ? .done : .refused), &outputs)
    case .refused, .undone:
      let last = event.step - 1
      guard last >= 0, transaction.steps[last].work.service == node else { return }
      let key = StepKey(transaction.id, last)
      if options.isIdempotent, entry(key) == .undone || entry(key) == .fenced { return }
      let step = transaction.steps[last]
      let command = StepCommand(.compensate, key, kind: step.kind, step.work, name: step.name)
      _ = compensate(command, at: now, &outputs)
      emit(SagaEvent(transaction, step: last, .undone), &outputs)
    }
  }

  private mutating func emit(_ event: SagaEvent, _ outputs: inout [DistributedOutput]) {
    guard options.hasOutbox else {
      for hearer in options.hearers {
        outputs.append(.send(.event(event, number: nil), to: hearer))
      }
      return
    }
    let number = outbox.nextNumber
    keep(.queued(event, number: number, targets: options.hearers), &outputs)
  }
}
