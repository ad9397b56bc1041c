/// A wrong way to build failover that seems to work.
public enum FailoverShortcut: String, Sendable, Hashable, CaseIterable {
  /// A leader that cannot renew its lease goes on leading until somebody tells it.
  case leadsWithoutRenewing = "leads-without-renewing"
  /// A candidate claims the lease as soon as it does not see it renewed for one retry period.
  case claimsUnexpired = "claims-unexpired"
  /// The resource compares a token with the last one it was given, not with the highest.
  case acceptsAnyToken = "accepts-any-token"
  /// A success does not set the count of failures back.
  case countsAllFailures = "counts-all-failures"
  /// A node that comes back keeps its own log when it is longer than the leader's.
  case keepsLongerLog = "keeps-longer-log"
  /// A Sentinel acts as soon as as many voted for it as must agree that the primary is down.
  case electsByQuorum = "elects-by-quorum"
  /// A Sentinel does not look at how much of the log a replica has.
  case ignoresOffset = "ignores-offset"
  /// A cluster recovers what a lost node ran before that node's fencing was confirmed.
  case recoversUnfenced = "recovers-unfenced"
  /// Liveness and readiness are asked of a container whose startup probe has not succeeded.
  case probesBeforeStarted = "probes-before-started"
  /// One good check of a service forgets all its failures.
  case forgetsOnSuccess = "forgets-on-success"
  /// After a switch the checks go on asking those that had the work first.
  case watchesTheFirst = "watches-the-first"
  /// Each failed check orders the repair anew, and the work begins from its start.
  case repairsAnew = "repairs-anew"
  /// All replicas are put into the first zone.
  case placesTogether = "places-together"
}
