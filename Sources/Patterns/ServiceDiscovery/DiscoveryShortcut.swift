/// A wrong way to build a registry, its clients or their gossip that seems to work.
public enum DiscoveryShortcut: String, Sendable, Hashable, CaseIterable {
  /// Eureka: evicts while renewals are too few and never else.
  case invertsSelfPreservation = "self-preservation-inverted"
  /// Eureka: whoever reads the registry renews every lease in it.
  case renewsOnRead = "leases-renewed-by-reads"
  /// Gossip: a member that denies its death does so in the incarnation it was accused in.
  case refutesUnraised = "incarnation-not-raised"
  /// Gossip: news of a life no newer than the death that is known brings the dead back.
  case revivesOnOldNews = "dead-revived-by-old-news"
  /// Consul: an agent does not tell the servers when a check changes its status.
  case hidesCheckChanges = "check-changes-not-told"
  /// etcd: a watch that begins in the past begins now.
  case watchSkipsPast = "watch-skips-the-past"
  /// etcd: log entries are acknowledged and never written to disk.
  case keepsLogInMemory = "log-never-written"
  /// etcd: a lease that has ended is not revoked.
  case neverRevokes = "ended-leases-not-revoked"
  /// Kubernetes: kube-proxy's rules hold every endpoint, ready or not.
  case ignoresReadiness = "rules-ignore-readiness"
  /// Kubernetes: a machine whose kubelet is silent stays ready.
  case neverJudges = "silent-machines-stay-ready"
  /// Kubernetes: a readiness probe that timed out counts as a success.
  case passesTimeouts = "probe-timeout-passes"
}
