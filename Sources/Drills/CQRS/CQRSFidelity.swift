import Kernel

/// What the model of commands, events and read models keeps and leaves out.
enum CQRSFidelity {
  static let note = Fidelity(
    models: [
      "Command handlers load an account by folding its events, decide, and append under an expected "
        + "version; the store, the snapshots, the projections with their checkpoints and the switch "
        + "between two tables are the machines of the bench.",
      "Store and views work on a few things at once; the rest waits. A projection's work and the "
        + "customers' queries share the slots of a view.",
      "A replica is a copy of the events on which each query folds them; a projection is a table "
        + "that was folded before the query came.",
      "What is stale, wrong, repeated or lost is read from what customers were shown and from the "
        + "events, never estimated.",
    ],
    leavesOut: [
      "The store is one process whose crash is an outage: nothing stored is forgotten, and positions "
        + "are given in the order of commits. Gaps in the order, and relays that miss them, are in "
        + "the topic event-driven.",
      "A segment belongs to one process; claims, their extension and stealing are left out. A "
        + "projector that dies comes back when its fault ends.",
      "A stopped projection is not retried with back-off: it waits for somebody to mend it.",
      "What is parked stays parked; mending it is by hand.",
      "A query reads its rows at one moment, when work on it begins.",
      "The account is tiny. What events of real systems cost to read and apply depends on their size "
        + "and on indexes.",
    ],
    sources: [
      "AxonFramework documentation, github.com/AxonFramework/AxonFramework "
        + "docs/reference-guide/modules/events/pages/event-processors/streaming.adoc",
      "EventStore for Elixir, https://hexdocs.pm/eventstore/EventStore.html",
      "Marten documentation, github.com/JasperFx/marten docs/events/projections",
      "KurrentDB client, github.com/EventStore/EventStore-Client-Dotnet "
        + "src/EventStore.Client.PersistentSubscriptions/PersistentSubscriptionSettings.cs",
    ])
}
