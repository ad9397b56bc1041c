import Patterns

extension DiscoveryScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  var mutants: [Mutant] {
    Self.eurekaMutants + Self.consulMutants + Self.etcdMutants + Self.kubernetesMutants
  }

  private static let eurekaMutants = [
    Mutant(
      DiscoveryShortcut.invertsSelfPreservation.rawValue,
      title: "has the sign of self-preservation the wrong way round",
      summary: "Leases are evicted while renewals are too few, which is when the network is in "
        + "trouble and the instances are not, and kept while all is well.",
      settings: [
        "registry": "eureka", "duration": "5m", "eureka.leaseExpirationDurationInSeconds": "30s",
      ],
      faults: ["at 60s partition app-1,app-2,app-3,app-4,app-5 | registry-1,registry-2,registry-3"],
      caughtBy: .invariant("self-preservation")),
    Mutant(
      DiscoveryShortcut.renewsOnRead.rawValue, title: "renews every lease when somebody reads it",
      summary: "Fetching the registry counts as a sign of life of everybody in it. As long as "
        + "callers ask who is there, nobody ever leaves, dead or not.",
      settings: [
        "registry": "eureka", "duration": "5m", "eureka.leaseExpirationDurationInSeconds": "30s",
        "eureka.evictionIntervalTimerInMs": "10s", "eureka.responseCacheUpdateIntervalMs": "10s",
        "eureka.registryFetchIntervalSeconds": "10s",
      ],
      faults: ["at 70s crash app-1"], caughtBy: .objective("detection_time < 150 s")),
  ]

  private static let consulMutants = [
    Mutant(
      DiscoveryShortcut.refutesUnraised.rawValue,
      title: "denies its death without a new incarnation",
      summary: "A suspected member says that it lives, in the incarnation it is suspected in. "
        + "Nobody takes that for news, the suspicion runs out, and a healthy machine is declared "
        + "dead.",
      settings: ["registry": "consul", "duration": "90s"],
      faults: ["at 50s pause host-1 for 4s", "at 60s pause host-2 for 4s"],
      caughtBy: .objective("false_deaths < 1")),
    Mutant(
      DiscoveryShortcut.revivesOnOldNews.rawValue, title: "lets old news bring the dead back",
      summary: "A member that is known to be dead is alive again when somebody says so, also in "
        + "the incarnation in which it died. What is true depends on whose rumour came last.",
      settings: ["registry": "consul", "duration": "2m"],
      faults: [
        "at 40s partition host-1 | registry-1,registry-2,registry-3,host-2,host-3,host-4,host-5,host-6,host-7,host-8,host-9,host-10 for 30s"
      ],
      caughtBy: .invariant("dead stays dead")),
    Mutant(
      DiscoveryShortcut.hidesCheckChanges.rawValue,
      title: "does not tell the servers that a check has changed",
      summary: "The agent knows that its instance is critical and keeps it to itself. The catalog "
        + "says passing, and callers go on calling.",
      settings: ["registry": "consul", "duration": "2m"], faults: ["at 70s crash app-1"],
      caughtBy: .objective("detection_time < 12 s")),
  ]

  private static let etcdMutants = [
    Mutant(
      DiscoveryShortcut.neverRevokes.rawValue, title: "never revokes a lease that has ended",
      summary: "The leader counts the time of leases and does nothing when it is over. Keys of "
        + "the dead stay for ever.",
      settings: ["registry": "etcd", "duration": "2m", "etcd.lease.ttl": "10"],
      faults: ["at 65s crash app-1"], caughtBy: .objective("detection_time < 30 s")),
    Mutant(
      DiscoveryShortcut.watchSkipsPast.rawValue, title: "begins a resumed watch at the present",
      summary: "A watch that asks for what it missed is served from now on. Whoever lost the "
        + "connection while an instance died goes on calling it, and nothing will ever correct "
        + "that.",
      settings: ["registry": "etcd", "duration": "3m", "etcd.lease.ttl": "10"],
      faults: [
        "at 80s partition caller-1,caller-2 | registry-1,registry-2,registry-3 for 30s",
        "at 82s crash app-1",
      ],
      caughtBy: .objective("detection_time < 60 s")),
    Mutant(
      DiscoveryShortcut.keepsLogInMemory.rawValue,
      title: "acknowledges what it never writes to disk",
      summary: "The log of the registry lives in memory only. One server at a time may restart "
        + "and learns it again from the others; a power cut takes everything that was promised.",
      settings: ["registry": "etcd", "duration": "60s"],
      faults: (1...3).map { "at 40s crash registry-\($0) for 3s" },
      caughtBy: .invariant("Leader Completeness")),
  ]

  private static let kubernetesMutants = [
    Mutant(
      DiscoveryShortcut.passesTimeouts.rawValue,
      title: "takes a probe that timed out for a success",
      summary: "A pod that hangs gives no answer, and no answer passes. It stays ready and gets "
        + "its share of the calls, all of which time out.",
      settings: [
        "registry": "kubernetes", "duration": "3m",
        "kubernetes.readinessProbe.periodSeconds": "5s",
      ],
      faults: ["at 70s pause app-1 for 100s"], caughtBy: .objective("failed_calls < 100")),
    Mutant(
      DiscoveryShortcut.ignoresReadiness.rawValue, title: "sends calls to pods that are not ready",
      summary: "kube-proxy writes a rule for every endpoint of the slices and does not look at "
        + "the ready condition. Probes may fail as they like; the calls come all the same.",
      settings: [
        "registry": "kubernetes", "duration": "2m",
        "kubernetes.readinessProbe.periodSeconds": "5s",
      ],
      faults: ["at 65s pause app-1 for 40s"], caughtBy: .invariant("rules from slices")),
    Mutant(
      DiscoveryShortcut.neverJudges.rawValue, title: "lets a silent machine stay ready",
      summary: "The node controller sees that a kubelet renews its lease no more and changes "
        + "nothing. The pods of a dead machine stay in every rule.",
      settings: [
        "registry": "kubernetes", "duration": "3m", "kubernetes.node-monitor-grace-period": "20s",
      ],
      faults: ["at 70s crash host-1"], caughtBy: .objective("detection_time < 60 s")),
  ]
}
