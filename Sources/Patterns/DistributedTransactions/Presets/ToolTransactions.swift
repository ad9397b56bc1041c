import Kernel

/// Temporal, AWS Step Functions, Apache Seata and PostgreSQL.
enum ToolTransactions {
  private static let retryPolicies = "Temporal documentation, Retry Policies"

  static let temporal = ToolPreset(
    id: TransactionPreset.temporal.rawValue, title: "Temporal RetryPolicy of activities",
    knobs: [
      Knob(
        "initialInterval", .span(.milliseconds(1) ... .hours(1)), standard: .span(.seconds(1)),
        source: retryPolicies, "The wait before the first retry."),
      Knob(
        "backoffCoefficient", .number(1...100, .ratio), standard: .number(2),
        source: retryPolicies, "By how much each wait is longer than the one before."),
      Knob(
        "maximumInterval", .span(.milliseconds(1) ... .hours(24)), standard: .span(.seconds(100)),
        source: retryPolicies, "The longest wait; 100 times the initial interval unless set."),
      Knob(
        "maximumAttempts", .integer(0...100_000), standard: .integer(0), source: retryPolicies,
        "The most attempts, the first included; 0 is no limit."),
      Knob(
        "startToCloseTimeout", .span(.milliseconds(10) ... .hours(24)),
        standard: .span(.seconds(1)), source: "ours: Temporal wants one and has no default",
        "How long one attempt may take."),
    ],
    leavesOut: [
      "A workflow is code that is replayed; here the saga is a list of steps and its log is what "
        + "the event history would give back. Changed code (non-determinism) is left out.",
      "Compensations are pushed before their activity runs, so an unknown outcome is undone too.",
      "maximumInterval does not follow initialInterval here; set both.",
      "Heartbeats, task queues, Schedule-To-Start and Schedule-To-Close timeouts are left out.",
    ])

  static func temporalOptions(_ settings: Settings) -> DistributedOptions {
    var options = DistributedOptions()
    options.orchestrator.stepTimeout = settings.span("startToCloseTimeout")
    options.orchestrator.backoff = Backoff(
      growth: .exponential(factor: settings.number("backoffCoefficient")),
      base: settings.span("initialInterval"), cap: settings.span("maximumInterval"))
    let most = settings.integer("maximumAttempts")
    options.orchestrator.maximumAttempts = most == 0 ? nil : most
    return options
  }

  private static let retry =
    "AWS CDK v2 API reference, aws_stepfunctions.RetryProps: 1 s, 3, 2.0, no longest delay"

  static let stepFunctions = ToolPreset(
    id: TransactionPreset.stepFunctions.rawValue, title: "AWS Step Functions Retry and Catch",
    knobs: [
      Knob(
        "IntervalSeconds", .span(.seconds(1) ... .hours(24)), standard: .span(.seconds(1)),
        source: retry, "The wait before the first retry."),
      Knob(
        "MaxAttempts", .integer(0...1_000), standard: .integer(3), source: retry,
        "The most retries, the first call not counted."),
      Knob(
        "BackoffRate", .number(1...100, .ratio), standard: .number(2), source: retry,
        "By how much each wait is longer than the one before."),
      Knob(
        "MaxDelaySeconds", .span(.zero ... .hours(24)), standard: .span(.zero), source: retry,
        "The longest wait; 0s is no limit."),
      Knob(
        "Catch", .flag, standard: .flag(false),
        source: "ours: a state has a Catch only if its author wrote one",
        "Whether a task that is out of retries goes on to the compensating states."),
      Knob(
        "TimeoutSeconds", .span(.seconds(1) ... .hours(24)), standard: .span(.seconds(1)),
        source: "ours: set it in the state; it depends on the task",
        "How long a task may take."),
    ],
    leavesOut: [
      "Compensating states are generated here; in Step Functions they are written by hand, and so "
        + "is their order.",
      "Compensations and steps after the pivot are tried without end here, as their Retry should "
        + "be written.",
      "JitterStrategy, ErrorEquals and the choice between Standard and Express are left out.",
    ])

  static func stepFunctionsOptions(_ settings: Settings) -> DistributedOptions {
    var options = DistributedOptions()
    let longest = settings.span("MaxDelaySeconds")
    options.orchestrator.stepTimeout = settings.span("TimeoutSeconds")
    options.orchestrator.backoff = Backoff(
      growth: .exponential(factor: settings.number("BackoffRate")),
      base: settings.span("IntervalSeconds"), cap: longest == .zero ? nil : longest)
    options.orchestrator.maximumAttempts = settings.integer("MaxAttempts") + 1
    options.orchestrator.turnsBack = settings.flag("Catch")
    return options
  }

  private static let values =
    "github.com/apache/incubator-seata common/.../DefaultValues.java @0b9d7c9a49"

  static let seata = ToolPreset(
    id: TransactionPreset.seata.rawValue, title: "Apache Seata, AT mode",
    knobs: [
      Knob(
        "client.rm.lock.retryInterval", .span(.milliseconds(1) ... .minutes(1)),
        standard: .span(.milliseconds(10)), source: values,
        "The wait before a branch asks for a row's global lock again."),
      Knob(
        "client.rm.lock.retryTimes", .integer(0...10_000), standard: .integer(30), source: values,
        "How often it asks before its local transaction is rolled back."),
      Knob(
        "server.recovery.rollbackingRetryPeriod", .span(.milliseconds(1) ... .minutes(10)),
        standard: .span(.seconds(1)), source: values,
        "The wait before a branch's rollback is tried again; without end by default."),
      Knob(
        "transport.rpcRmRequestTimeout", .span(.milliseconds(10) ... .minutes(10)),
        standard: .span(.seconds(15)), source: values,
        "How long the answer of a branch is waited for."),
    ],
    leavesOut: [
      "The global lock of a row is the pending mark that a step leaves; it is kept by the service, "
        + "not by a coordinator, and the step that decides takes none.",
      "Undo is reckoned from the change, not from a before image, so the check of the after image "
        + "against writers outside Seata is left out.",
      "The global timeout of 60 s, asynchronous commits and the deletion of undo logs are left out.",
    ])

  static func seataOptions(_ settings: Settings) -> DistributedOptions {
    var options = DistributedOptions()
    options.participant.hasSemanticLock = true
    options.orchestrator.settles = true
    options.orchestrator.stepTimeout = settings.span("transport.rpcRmRequestTimeout")
    options.orchestrator.backoff = Backoff(
      growth: .fixed, base: settings.span("client.rm.lock.retryInterval"))
    options.orchestrator.maximumAttempts = settings.integer("client.rm.lock.retryTimes") + 1
    options.orchestrator.compensationBackoff = Backoff(
      growth: .fixed, base: settings.span("server.recovery.rollbackingRetryPeriod"))
    return options
  }

  static let postgresql = ToolPreset(
    id: TransactionPreset.postgresql.rawValue,
    title: "PostgreSQL PREPARE TRANSACTION under a transaction manager",
    knobs: [
      Knob(
        "max_prepared_transactions", .integer(0...1_000), standard: .integer(0),
        source: "PostgreSQL, postgresql.conf.sample",
        "Transactions that may be prepared at a time; 0 means that PREPARE TRANSACTION fails."),
      Knob(
        "lock_timeout", .span(.zero ... .hours(1)), standard: .span(.zero),
        source: "PostgreSQL documentation, 20.11 Client Connection Defaults",
        "How long a statement waits for a lock; 0s is no limit."),
    ],
    leavesOut: [
      "PostgreSQL has no coordinator: the one here stands for the transaction manager that "
        + "issues COMMIT PREPARED, with presumed abort and a question every second.",
      "A deadlock between databases is seen by none of them; with lock_timeout 0 only the votes' "
        + "timeout of 5 s ends it.",
      "Readers see the last committed balance and are never blocked, as under MVCC.",
    ])

  static func postgresqlOptions(_ settings: Settings) -> DistributedOptions {
    var options = DistributedOptions()
    options.method = .twoPhase
    options.participant.maxPrepared = settings.integer("max_prepared_transactions")
    let timeout = settings.span("lock_timeout")
    options.participant.lockTimeout = timeout == .zero ? nil : timeout
    return options
  }
}
