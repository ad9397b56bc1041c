import Kernel
import Patterns

/// The invariants of a run of the mesh; the first violation of each is kept.
struct MeshChecks: Sendable {
  static let all = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("attempts", "No sidecar makes more tries than its policy allows."),
    Invariant("valid certificates", "No connection begins with a certificate that has run out."),
    Invariant("strict", "No plaintext request is let through in strict mode."),
    Invariant("authorised", "No request is let through that the policy in force denies."),
    Invariant("ejected share", "No more endpoints are out than the share allows."),
    Invariant("budget", "Retries in progress never exceed what the budget allows."),
    Invariant("last configuration", "A sidecar that has had a route never lacks one again."),
    Invariant("slots", "An instance never works on more calls than it has slots."),
  ]

  private var found: [(name: String, at: Instant, witness: String)] = []

  var verdicts: [InvariantVerdict] {
    Self.all.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }

  mutating func connected(_ side: MutualTLS.Side, _ name: String, at now: Instant) {
    guard let certificate = side.certificate, side.wall >= certificate.notAfter else { return }
    violated(
      "valid certificates", at: now, "\(name) connects \(side.wall - certificate.notAfter) too late"
    )
  }

  /// Looks at what an inbound side let through, against the configuration that it holds.
  mutating func accepted(_ identity: Int?, _ inbound: InboundProxy, _ name: String, at now: Instant)
  {
    if identity == nil, inbound.mode == .strict {
      violated("strict", at: now, "\(name) takes a plaintext request")
    }
    if !inbound.policy.allows(identity) {
      violated("authorised", at: now, "\(name) takes a request that its policy denies")
    }
  }

  mutating func outbound(_ proxy: OutboundProxy, _ name: String, at now: Instant) {
    if let violation = proxy.checkInvariants() {
      violated("ejected share", at: now, "\(name): \(violation.witness)")
    }
  }

  mutating func granted(_ budget: RetryBudget, _ name: String, at now: Instant) {
    if let excess = budget.excess { violated("budget", at: now, "\(name): \(excess)") }
  }
}

extension RetryBudget {
  /// By how much retries in progress exceed what the budget allows, in words, or nil.
  var excess: String? {
    guard case .concurrency(let share, let minimum) = rule else { return nil }
    let most = max(minimum, Int(share * Double(callsInProgress)))
    return retriesInProgress > most ? "\(retriesInProgress) retries, \(most) allowed" : nil
  }
}
