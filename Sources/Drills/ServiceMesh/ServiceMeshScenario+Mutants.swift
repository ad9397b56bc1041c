import Patterns

extension ServiceMeshScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] { trustMutants + trafficMutants }

  private var trustMutants: [Mutant] {
    [
      Mutant(
        MeshShortcut.ignoresDates.rawValue, title: "looks at the signature and not at the dates",
        summary: "A certificate that has run out is as good as any. A stolen one counts for ever.",
        settings: ["duration": "60s", "rate": "50/s", "cert.life": "20s"],
        faults: ["at 5s crash control-plane for 40s"],
        caughtBy: .invariant("valid certificates")),
      Mutant(
        MeshShortcut.renewsTooLate.rawValue, title: "renews a certificate when it has run out",
        summary: "The next certificate is asked for when the present one ends. Until it comes "
          + "every new connection fails, and an authority that is down for a second is noticed.",
        settings: [
          "duration": "60s", "rate": "200/s", "cert.life": "10s", "connection.age": "100ms",
        ], caughtBy: .objective("expired < 1")),
      Mutant(
        MeshShortcut.acceptsPlaintext.rawValue, title: "takes plaintext in strict mode",
        summary: "Strict is configured, shown and not enforced: whoever speaks plaintext gets in.",
        settings: ["duration": "30s", "rate": "50/s", "mtls": "strict"],
        caughtBy: .invariant("strict")),
      Mutant(
        MeshShortcut.allowsUnmatched.rawValue, title: "lets through what no allow rule names",
        summary: "Deny rules are looked at, and what is left is let in. An allow policy is then "
          + "no policy.",
        settings: [
          "duration": "30s", "rate": "50/s", "change": "authz", "change.at": "5s",
          "intruder.rate": "10/s",
        ], caughtBy: .invariant("authorised")),
    ]
  }

  private var trafficMutants: [Mutant] {
    [
      Mutant(
        MeshShortcut.forgetsConfiguration.rawValue,
        title: "forgets its routes when the control plane is gone",
        summary: "A sidecar whose stream breaks begins anew with nothing. The control plane, which "
          + "should be able to be down for hours, takes all traffic with it.",
        settings: ["duration": "30s", "rate": "50/s"],
        faults: ["at 10s crash control-plane for 10s"],
        caughtBy: .invariant("last configuration")),
      Mutant(
        MeshShortcut.pushesRoutesFirst.rawValue, title: "pushes routes before their clusters",
        summary:
          "Routes and clusters come together, and the routes go out first. Until the cluster "
          + "has followed, every request for the new version is answered 503.",
        settings: [
          "duration": "30s", "change": "canary", "change.gap": "0s", "canary.weight": "50%",
          "retry.mesh": "0",
        ], caughtBy: .objective("no_route < 1")),
      Mutant(
        OutlierShortcut.ignoresShare.rawValue, title: "ejects more endpoints than it may",
        summary:
          "The share of endpoints that may be out is not looked at. A fault that hits all of "
          + "them a little takes all of them out.",
        settings: ["duration": "30s", "eject": "outlier", "eject.percent": "34"],
        faults: (1...2).flatMap { copy in
          ["a", "b", "c"].map { "at 5s errors stock-\($0)\(copy) 80% for 5s" }
        }, caughtBy: .invariant("ejected share")),
      Mutant(
        RetryShortcut.neverCharges.rawValue, title: "never charges the retry budget",
        summary: "The budget is asked before each retry and nothing is taken from it.",
        settings: [
          "duration": "30s", "retry.on": "5xx", "retry.budget": "share",
          "retry.budget.minimum": "1",
        ],
        faults: (1...2).flatMap { copy in
          ["a", "b", "c"].map { "at 5s errors stock-\($0)\(copy) 80% for 10s" }
        }, caughtBy: .objective("retries_refused > 0")),
    ]
  }
}
