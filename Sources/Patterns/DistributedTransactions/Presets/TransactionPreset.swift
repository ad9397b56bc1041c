import Kernel

/// The tools whose way with transactions of several services can be had under their own names.
public enum TransactionPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option of the mechanism under plain names.
  case plain
  /// Temporal: a workflow whose activities are steps and compensations.
  case temporal
  /// AWS Step Functions: a state machine whose tasks have Retry and Catch.
  case stepFunctions = "step-functions"
  /// Apache Seata in AT mode.
  case seata
  /// PostgreSQL's prepared transactions under a transaction manager.
  case postgresql

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain:
      ToolPreset(
        id: rawValue, title: "sagas and two-phase commit", knobs: PlainTransactions.knobs,
        leavesOut: [])
    case .temporal: ToolTransactions.temporal
    case .stepFunctions: ToolTransactions.stepFunctions
    case .seata: ToolTransactions.seata
    case .postgresql: ToolTransactions.postgresql
    }
  }

  /// What `settings` of the tool's knobs ask for.
  public func options(_ settings: Settings) -> DistributedOptions {
    switch self {
    case .plain: PlainTransactions.options(settings)
    case .temporal: ToolTransactions.temporalOptions(settings)
    case .stepFunctions: ToolTransactions.stepFunctionsOptions(settings)
    case .seata: ToolTransactions.seataOptions(settings)
    case .postgresql: ToolTransactions.postgresqlOptions(settings)
    }
  }
}
