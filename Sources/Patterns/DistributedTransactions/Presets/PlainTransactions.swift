import Kernel

/// Transactions of several services with every option under a plain name.
public enum PlainTransactions {
  /// The knobs of sagas.
  static let saga: [Knob] = [
    Knob(
      "protocol", .choice(TransactionProtocol.allCases.map(\.rawValue)), standard: .word("saga"),
      "How a transaction is brought to one end: saga (orchestrated), choreography, 2pc, by-value."),
    Knob(
      "by.value", .integer(1...1_000), standard: .integer(80),
      "With by-value: from which amount on two-phase commit is taken."),
    Knob(
      "step.timeout", .span(.milliseconds(10) ... .minutes(5)), standard: .span(.seconds(1)),
      "How long the orchestrator waits for the answer of a step."),
    Knob(
      "retry.interval", .span(.milliseconds(1) ... .minutes(5)),
      standard: .span(.milliseconds(500)), "The wait before the first repeat of a step."),
    Knob(
      "retry.coefficient", .number(1...10, .ratio), standard: .number(2),
      "By how much each wait is longer than the one before."),
    Knob(
      "retry.max.interval", .span(.milliseconds(1) ... .hours(1)), standard: .span(.seconds(10)),
      "The longest wait."),
    Knob(
      "retry.attempts", .integer(0...1_000), standard: .integer(5),
      "The most tries of a step before the pivot, the first included; 0 is no limit."),
    Knob(
      "compensation.attempts", .integer(0...1_000), standard: .integer(0),
      "The most tries of a compensation; 0 is no limit. After them the saga is stuck."),
    Knob(
      "unknown.outcome", .choice(["compensate", "assume-failed"]), standard: .word("compensate"),
      "What is made of a step that has not answered: undo it too, or take it as not done."),
    Knob(
      "update", .choice(SagaOrchestrator.Update.allCases.map(\.rawValue)),
      standard: .word("commutative"),
      "How a balance changes: the service adds; the orchestrator overwrites; or only if unchanged."),
    Knob(
      "saga.log", .choice(["disk", "memory"]), standard: .word("disk"),
      "Where the orchestrator keeps its log."),
    Knob(
      "semantic.lock", .flag, standard: .flag(false),
      "Whether steps that may be undone mark their record as pending."),
    Knob(
      "refund", .choice(["first", "last"]), standard: .word("last"),
      "Whether a return pays the money back before or after the goods have come."),
  ]

  /// The knobs of participants and of two-phase commit.
  static let participants: [Knob] = [
    Knob(
      "idempotent", .flag, standard: .flag(true),
      "Whether services keep the key of a step with its effect."),
    Knob(
      "fence", .flag, standard: .flag(true),
      "Whether undoing a step that never came keeps it from coming."),
    Knob(
      "outbox", .flag, standard: .flag(true),
      "Whether events of a choreography are kept with the change and sent until confirmed."),
    Knob(
      "vote.timeout", .span(.milliseconds(50) ... .minutes(10)), standard: .span(.seconds(5)),
      "How long the coordinator of two-phase commit waits for votes."),
    Knob(
      "inquiry.interval", .span(.milliseconds(50) ... .minutes(10)), standard: .span(.seconds(1)),
      "How long a prepared service waits for the decision before it asks."),
    Knob(
      "termination", .choice(["coordinator", "peers"]), standard: .word("coordinator"),
      "Whom a prepared service asks: the coordinator, or the other services too."),
    Knob(
      "lock.timeout", .span(.zero ... .minutes(10)), standard: .span(.seconds(2)),
      "How long a prepare waits for a record; 0s is no limit."),
    Knob(
      "heuristic.after", .span(.zero ... .hours(1)), standard: .span(.zero),
      "After how long without a decision a prepared service aborts alone; 0s is never."),
  ]

  /// All of them.
  public static let knobs = saga + participants

  /// What `settings` of these knobs ask for.
  public static func options(_ settings: Settings) -> DistributedOptions {
    var options = DistributedOptions()
    options.method = TransactionProtocol(rawValue: settings.word("protocol")) ?? .saga
    options.valueLimit = settings.integer("by.value")
    options.refundsFirst = settings.word("refund") == "first"
    func limit(_ name: String) -> Int? {
      let count = settings.integer(name)
      return count == 0 ? nil : count
    }
    options.orchestrator.stepTimeout = settings.span("step.timeout")
    options.orchestrator.backoff = Backoff(
      growth: .exponential(factor: settings.number("retry.coefficient")),
      base: settings.span("retry.interval"), cap: settings.span("retry.max.interval"))
    options.orchestrator.maximumAttempts = limit("retry.attempts")
    options.orchestrator.compensationAttempts = limit("compensation.attempts")
    options.orchestrator.compensatesUnknown = settings.word("unknown.outcome") == "compensate"
    options.orchestrator.update =
      SagaOrchestrator.Update(rawValue: settings.word("update")) ?? .commutative
    options.orchestrator.hasLog = settings.word("saga.log") == "disk"
    options.orchestrator.settles = settings.flag("semantic.lock")
    options.participant.hasSemanticLock = settings.flag("semantic.lock")
    options.participant.isIdempotent = settings.flag("idempotent")
    options.participant.hasFence = settings.flag("fence")
    options.participant.hasOutbox = settings.flag("outbox")
    options.participant.inquiryInterval = settings.span("inquiry.interval")
    options.participant.asksPeers = settings.word("termination") == "peers"
    let lock = settings.span("lock.timeout")
    options.participant.lockTimeout = lock == .zero ? nil : lock
    options.participant.heuristicAfter = settings.span("heuristic.after")
    options.twoPhase.voteTimeout = settings.span("vote.timeout")
    return options
  }
}
