import Kernel
import Patterns

/// Everything that can be turned in a system whose commands and queries have models of their own.
enum CQRSKnobs {
  /// How commands are handled.
  private static let commands: [Knob] = [
    Knob(
      "append", .choice(CommandHandler.Concurrency.allCases.map(\.rawValue)),
      standard: .word("exact"), source: "hexdocs.pm/eventstore, append_to_stream",
      "What an append demands of its stream: the version that was decided on (exact), that for "
        + "withdrawals only (commute), or nothing (any)."),
    Knob(
      "conflict.retries", .integer(0...20), standard: .integer(3),
      "How often a command that met a conflict is loaded and decided again."),
    Knob(
      "dedup", .flag, standard: .flag(true),
      "Whether the store keeps the ids of commands in the transaction of their events."),
    Knob(
      "split", .integer(1...64), standard: .integer(1),
      "Over how many streams the shared account is spread."),
    Knob(
      "snapshot.every", .integer(0...10_000), standard: .integer(0),
      source: "AxonFramework docs tuning/snapshotting.adoc: none unless configured",
      "A snapshot is written every so many events of a stream; 0 is never."),
    Knob(
      "snapshot.revision", .flag, standard: .flag(true),
      source: "AxonFramework docs tuning/snapshotting.adoc",
      "Whether a snapshot that other code wrote is passed over."),
  ]

  /// How read models are kept.
  private static let projections: [Knob] = [
    Knob(
      "segments", .integer(1...32), standard: .integer(1),
      "Segments of a projection that work side by side."),
    Knob(
      "segments.by", .choice(Projection.Routing.allCases.map(\.rawValue)),
      standard: .word("stream"), "How events are divided among segments."),
    Knob("batch", .integer(1...1_000), standard: .integer(10), "Events in one transaction."),
    Knob(
      "poll", .span(.milliseconds(1) ... .minutes(1)), standard: .span(.milliseconds(100)),
      "How long a projection rests when there is nothing new."),
    Knob(
      "checkpoint", .choice(Projection.Checkpointing.allCases.map(\.rawValue)),
      standard: .word("together"),
      "Whether the checkpoint is written together with the rows, after them or before them."),
    Knob(
      "row.guard", .choice(ReadModel.RowGuard.allCases.map(\.rawValue)), standard: .word("none"),
      "What a row does about versions: nothing, passes over what is not newer, or takes the next "
        + "event only."),
    Knob(
      "poison", .choice(Projection.ErrorPolicy.allCases.map(\.rawValue)), standard: .word("stop"),
      "What follows an event that cannot be read: stop, skip it, or park it with all later ones of "
        + "its stream."),
    Knob(
      "rebuild", .choice(ReadModelSwitch.Method.allCases.map(\.rawValue)),
      standard: .word("side-by-side"), "How a table is built anew."),
    Knob(
      "rebuild.rate", .number(0...100_000, .perSecond), standard: .number(0),
      "The most events a second of a rebuild, for each segment; 0 is no limit."),
    Knob(
      "mails", .choice(["in-projection", "live-only"]), standard: .word("live-only"),
      "Whether the handler that mails customers runs in a replay too."),
  ]

  /// Where and how customers read.
  private static let reads: [Knob] = [
    Knob(
      "reads", .choice(ReadMode.allCases.map(\.rawValue)), standard: .word("eventual"),
      "How a customer reads after a command: whatever there is, waiting for the command's "
        + "position, from the write side, or with the own change painted over the answer."),
    Knob(
      "wait.timeout", .span(.zero ... .minutes(1)), standard: .span(.milliseconds(500)),
      "How long a read waits for its position before it takes what there is."),
    Knob(
      "sticky", .flag, standard: .flag(false), "Whether a customer always reads the same view."),
    Knob(
      "read.side", .choice(["projection", "replica"]), standard: .word("projection"),
      "What a view is: a table made for its query, or a copy of the store on which the query "
        + "folds events."),
  ]

  /// What can be designed.
  static let design = commands + projections + reads

  /// The load and the surroundings.
  static let load: [Knob] = [
    Knob(
      "rate", .number(0.1...500, .perSecond), standard: .number(20), role: .load,
      "Commands of customers a second."),
    Knob(
      "read.rate", .number(0...2_000, .perSecond), standard: .number(50), role: .load,
      "Reads a second besides those that follow a command."),
    Knob("customers", .integer(1...500), standard: .integer(50), role: .load, "Customers."),
    Knob(
      "accounts", .integer(1...20), standard: .integer(2), role: .load,
      "Accounts of each customer; a list shows them all."),
    Knob(
      "history", .integer(0...5_000), standard: .integer(20), role: .load,
      "Events in each account before the run begins."),
    Knob(
      "withdrawals", .number(0...1, .fraction), standard: .number(0.3), role: .load,
      "The share of commands that take money out."),
    Knob(
      "greed", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of withdrawals that are sent twice at the same moment, each for the whole "
        + "balance."),
    Knob(
      "hot.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of commands that pay into one account that all share."),
    Knob(
      "resubmit", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The chance that a customer who does not see the own change sends the command again."),
    Knob(
      "other.device", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of reads after a command that come from another device of the customer."),
    Knob(
      "think", .span(.zero ... .minutes(1)), standard: .span(.milliseconds(100)), role: .load,
      "How long a customer waits after the answer before reading."),
    Knob(
      "client.timeout", .span(.milliseconds(10) ... .minutes(1)), standard: .span(.seconds(3)),
      role: .load, "How long a customer waits for an answer before sending the command again, once."
    ),
    Knob(
      "views", .integer(1...4), standard: .integer(1), role: .load,
      "Read databases, each with a projection of its own."),
  ]

  /// What the parts cost.
  static let costs: [Knob] = [
    Knob(
      "slots", .integer(1...64), standard: .integer(4), role: .load,
      "Things that the store, and each view, work on at once."),
    Knob(
      "store.time", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(1)), role: .load,
      "What a call costs the store."),
    Knob(
      "event.time", .span(.zero ... .milliseconds(10)), standard: .span(.microseconds(20)),
      role: .load, "What each event that is read costs besides."),
    Knob(
      "decide.time", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(5)),
      role: .load, "How long a handler takes between load and append."),
    Knob(
      "apply.time", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(2)), role: .load,
      "What an event costs a view when it is applied; a replica copies it in a tenth of that."),
    Knob(
      "checkpoint.time", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(5)),
      role: .load, "How long a checkpoint takes that is written after the rows."),
    Knob(
      "query.time", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(2)), role: .load,
      "What a query costs a view."),
    Knob(
      "rebuild.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When the tables are built anew; 0 is never."),
    Knob(
      "deploy.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When code is deployed that counts in cents instead of euros; 0 is never."),
    Knob(
      "poison.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When an event is stored that no projection can read; 0 is never."),
    Knob(
      "duration", .span(.seconds(5) ... .minutes(30)), standard: .span(.seconds(60)),
      role: .load, "How long customers are there."),
    Knob(
      "settle", .span(.seconds(1) ... .minutes(30)), standard: .span(.seconds(10)), role: .load,
      "How long the run goes on after that."),
  ]

  /// All of them.
  static let all = design + load + costs
}

/// How a customer reads after a command.
enum ReadMode: String, Sendable, CaseIterable {
  /// Whatever the view has.
  case eventual
  /// The view answers once it has passed the command's position.
  case wait
  /// The list is folded from the store's events.
  case writeSide = "write-side"
  /// The client paints its own change over what the view has.
  case optimistic
}
