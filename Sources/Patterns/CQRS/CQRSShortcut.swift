/// A wrong way to build one of the parts of CQRS that seems to work.
public enum CQRSShortcut: String, Sendable, Hashable, CaseIterable {
  /// The expected version is read just before the append instead of at the decision.
  case expectsWhatIsThere = "expects-what-is-there"
  /// The checkpoint is written in a transaction of its own, whatever the options say.
  case checkpointApart = "checkpoint-apart"
  /// A poison event is put aside, and the later events of its stream are applied all the same.
  case parksOneEvent = "parks-one-event"
  /// Readers are switched to the new table before it has caught up.
  case switchesEarly = "switches-early"
  /// A read that waits for a position looks at the segment that is furthest ahead.
  case waitsForFastest = "waits-for-the-fastest"
  /// The event that the snapshot holds already is replayed on top of it.
  case replaysOneTwice = "replays-one-twice"
}
