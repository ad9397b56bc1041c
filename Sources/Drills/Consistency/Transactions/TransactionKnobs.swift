import Kernel
import Patterns

/// What can be turned in a run of transactions.
enum TransactionKnobs {
  /// The application's choices, the server's parameters, then the load.
  static let all = application + TransactionOptions.knobs + load

  private static let application: [Knob] = [
    Knob(
      "isolation", .choice(TransactionLevel.allCases.map(\.word)),
      standard: .word(TransactionLevel.readCommitted.word),
      source: "PostgreSQL documentation, default_transaction_isolation",
      "The isolation level of every transaction."),
    Knob(
      "retry", .choice(TransactionSetup.Retry.allCases.map(\.rawValue)), standard: .word("none"),
      "What follows an error 40001 or 40P01: nothing, the whole transaction anew with fresh reads, "
        + "or only its writes with the values worked out before."),
    Knob(
      "retry.limit", .integer(1...100), standard: .integer(10),
      "How often a transaction is begun anew before it is given up."),
    Knob(
      "select.for-update", .flag, standard: .flag(false),
      "Whether rows are read with SELECT ... FOR UPDATE, so that they are locked until the end."),
    Knob(
      "update.atomic", .flag, standard: .flag(false),
      "Whether sums are changed in the database (SET v = v + 1) instead of being read, worked out "
        + "and written; for counters and transfers."),
    Knob(
      "order.sorted", .flag, standard: .flag(false),
      "Whether every transaction goes through its rows in the order of their keys."),
    Knob(
      "timeout", .span(.milliseconds(100) ... .minutes(10)), standard: .span(.seconds(10)),
      "The longest wait for one answer; after it the connection is given up."),
  ]

  private static let load: [Knob] = [
    Knob(
      "workload", .choice(TransactionSetup.Workload.allCases.map(\.rawValue)),
      standard: .word("counter"), role: .load,
      "What clients do: count (counter), move money (transfer), leave and join shifts (on-call), "
        + "or append to lists (lists)."),
    Knob(
      "clients", .integer(1...64), standard: .integer(8), role: .load,
      "Clients, each with one connection and one transaction at a time."),
    Knob(
      "rows", .integer(2...400), standard: .integer(4), role: .load,
      "Rows of the table: counters, accounts or lists; of doctors there are two a shift."),
    Knob(
      "think", .span(.zero ... .minutes(1)), standard: .span(.milliseconds(100)), role: .load,
      "The mean time between two transactions of a client."),
    Knob(
      "work", .span(.zero ... .seconds(10)), standard: .span(.milliseconds(10)), role: .load,
      "The mean time that the application takes between its reads and its writes."),
    Knob(
      "audits", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of transactions that only read: all rows, one after the other."),
    .network(),
    Knob(
      "statement", .span(.zero ... .seconds(1)), standard: .span(.microseconds(500)), role: .load,
      "The time that the server takes for a statement."),
    Knob(
      "duration", .span(.seconds(5) ... .minutes(10)), standard: .span(.seconds(30)), role: .load,
      "How long clients begin transactions."),
  ]
}
