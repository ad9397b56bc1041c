import Kernel
import Patterns
import Simulation

/// Three consumers in front of some gateways, with an issuer of tokens, and three services behind.
public struct APIGatewayScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "api-gateway" }
  /// What the scenario is.
  public var title: String { "Three consumers in front of a gateway" }
  /// The version of the model.
  public var version: Int { 2 }
  /// Design, load and surroundings.
  public var knobs: [Knob] { GatewayKnobs.all }
  /// What must never be broken.
  public var invariants: [Invariant] { GatewayChecks.all }

  /// Gateways, instances, the store of limits, the issuer, and the clients as one node.
  public func roster(_ settings: Settings) -> Roster { Roster(GatewaySettings(settings).names) }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let gateway = GatewaySettings(settings)
    let rate =
      gateway.rate * (2 + gateway.flood) + gateway.forgedRate + gateway.thiefRate
      + gateway.spoofRate + gateway.insideRate
    guard rate * gateway.duration.seconds <= 600_000 else {
      throw Diagnostic(
        "This run has \(Unit.count.text(rate * gateway.duration.seconds)) requests; 600,000 are "
          + "allowed.", expected: "a lower rate or a shorter duration")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = GatewaySettings(request.settings, mutant: request.mutant)
    let world = GatewayWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 4_096)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + settings.duration)
    return universe.world.outcome(at: .zero + settings.duration)
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    func token(_ shortcut: GatewayShortcut, _ title: String, _ summary: String) -> Mutant {
      Mutant(
        shortcut.rawValue, title: title, summary: summary, settings: ["duration": "20s"],
        caughtBy: .invariant("authenticated"))
    }
    return [
      token(
        .acceptsNone, "takes tokens that say they are not signed",
        "alg is none, the signature is empty, and the gateway believes whatever the claims say."),
      token(
        .trustsHeader, "verifies a token the way its header says",
        "The header says HS256, the gateway takes its public key for the secret, and everybody knows "
          + "the public key."),
      token(
        .ignoresIssuer, "takes tokens of any issuer that has the same keys",
        "A provider signs for all its tenants with the same keys. Another tenant's users get in."),
      token(
        .ignoresAudience, "takes tokens that were made for others",
        "Every service of the same issuer can use its users' tokens here."),
      token(
        .ignoresExpiry, "takes tokens that have run out",
        "A stolen token counts for ever, and nobody can be let go."),
      Mutant(
        GatewayShortcut.remembersVerdict.rawValue, title: "keeps the verdict on a token",
        summary:
          "A token that was taken is not looked at again. It counts after it has run out, as "
          + "long as it is in use.",
        settings: ["duration": "40s", "token.life": "10s", "forged.rate": "0/s"],
        faults: ["at 2s crash issuer for 30s"], caughtBy: .invariant("authenticated")),
      Mutant(
        GatewayShortcut.forgetsNoKey.rawValue, title: "looks each API key up once",
        summary: "What a node knows of a key has no end and hears of no change. A key that leaked "
          + "counts until the node is started anew.",
        settings: [
          "duration": "30s", "keyed.share": "50%", "thief.rate": "10/s", "revoke.at": "10s",
          "apikeys.life": "2s",
        ], caughtBy: .invariant("revoked keys")),
      Mutant(
        GatewayShortcut.stripsExactName.rawValue, title: "strips a header by its exact spelling",
        summary: "Names of headers have no case. x-consumer-username is taken off, "
          + "X-Consumer-Username gets through, and the service reads either.",
        settings: ["duration": "20s", "spoof.rate": "5/s"], caughtBy: .invariant("identity")),
      Mutant(
        GatewayShortcut.fetchesAlways.rawValue, title: "fetches keys for every unknown id",
        summary: "The least time between two fetches is not kept. Whoever sends made-up ids turns "
          + "the gateway against the issuer.",
        settings: ["duration": "20s", "jwks.refetch": "on", "forged.rate": "50/s"],
        caughtBy: .invariant("key fetches")),
      Mutant(
        GatewayShortcut.logsOnlyProxied.rawValue, title: "keeps no record of refusals",
        summary: "The log is written on the way back from the upstream, so that an attack, which "
          + "never gets there, leaves no trace.",
        settings: ["duration": "20s"], caughtBy: .invariant("one record")),
    ]
  }
}
