import Kernel
import Patterns
import Testing

@Suite struct MeshTrustTests {
  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  private func side(
    _ certificate: WorkloadCertificate?, trusts: [Int] = [1], wall: Int64 = 10
  ) -> MutualTLS.Side {
    MutualTLS.Side(
      hasSidecar: true, certificate: certificate, trusted: trusts, wall: at(wall))
  }

  /// Dates, roots and missing certificates, each side looking at the other.
  @Test func handshakeRefusals() {
    var authority = CertificateAuthority(lifetime: .seconds(60), backdate: .seconds(5))
    let old = authority.sign(2, at: at(10))
    authority.activate(root: 2)
    let new = authority.sign(3, at: at(10))
    #expect(old.lifetime == .seconds(65))
    func shake(_ client: MutualTLS.Side, _ server: MutualTLS.Side) -> MutualTLS.Handshake {
      MutualTLS.handshake(client, server, mode: .strict)
    }
    #expect(shake(side(old), side(old)) == .mutual(identity: 2))
    #expect(shake(side(old, wall: 69), side(old, wall: 69)) == .mutual(identity: 2))
    #expect(shake(side(old, wall: 70), side(old)) == .refused(.expired))
    #expect(shake(side(old), side(old, wall: 70)) == .refused(.expired))
    #expect(shake(side(old, wall: 4), side(old)) == .refused(.notYetValid))
    #expect(shake(side(old, wall: 5), side(old)) == .mutual(identity: 2))
    #expect(shake(side(old), side(new)) == .refused(.unknownRoot))
    #expect(shake(side(new), side(old)) == .refused(.unknownRoot))
    #expect(shake(side(old, trusts: [1, 2]), side(new, trusts: [2, 1])) == .mutual(identity: 2))
    #expect(shake(side(nil), side(old)) == .refused(.noCertificate))
  }

  /// A caller without a sidecar: taken in permissive mode, refused in strict mode.
  @Test func plaintextByMode() {
    var authority = CertificateAuthority(lifetime: .seconds(60), backdate: .zero)
    let server = side(authority.sign(3, at: at(10)))
    var client = side(nil)
    client.hasSidecar = false
    #expect(MutualTLS.handshake(client, server, mode: .permissive) == .plaintext)
    #expect(MutualTLS.handshake(client, server, mode: .strict) == .refused(.noCertificate))
    var inbound = InboundProxy(mode: .permissive)
    #expect(inbound.verdict(on: nil) == .accepted)
    inbound.adopt(.peers(.strict))
    #expect(inbound.verdict(on: nil) == .plaintextRefused)
  }

  /// Istio's order of evaluation, over every combination of rules and callers.
  @Test func authorizationOrder() {
    let lists: [[Int]] = [[], [1], [2], [1, 2]]
    for denied in lists {
      for allowed in lists.map(Optional.some) + [nil] {
        let policy = AuthorizationPolicy(denied: denied, allowed: allowed)
        for caller in [nil, 1, 2, 3] as [Int?] {
          let isDenied = caller.map { denied.contains($0) } ?? false
          let isAllowed = allowed.map { list in caller.map { list.contains($0) } ?? false } ?? true
          #expect(policy.allows(caller) == (!isDenied && isAllowed))
        }
      }
    }
  }

  /// With an authority that answers, a certificate never gets below its grace; the agent survives
  /// any outage shorter than that, and no longer one.
  @Test(arguments: 0..<20 as Range<UInt64>) func agentKeepsItsCertificateFresh(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "agent")
    let grace = 0.1 + random.unit() * 0.8
    let life = TimeSpan.hours(24)
    var authority = CertificateAuthority(lifetime: life, backdate: .zero)
    var options = CertificateAgent.Options(grace: grace)
    options.jitter = 0
    var agent = CertificateAgent(options, random: RandomStream(seed: seed, name: "backoff"))
    var outputs = agent.step(.issued(authority.sign(1, at: .zero)), at: .zero)
    let outage = Instant.zero + .hours(30)..<Instant.zero + .hours(30) + life * (grace * 0.95)
    var now = Instant.zero
    var least = life
    while now < .zero + .hours(120) {
      var due: (Instant, Int)?
      for output in outputs {
        guard case .wakeMe(let span, let number) = output else { continue }
        due = (now + span, number)
      }
      if outputs.contains(.request), !outage.contains(now) {
        outputs = agent.step(.issued(authority.sign(1, at: now)), at: now)
        continue
      }
      guard let (at, number) = due else { break }
      now = at
      if let certificate = agent.certificate { least = min(least, certificate.notAfter - now) }
      outputs = agent.step(.wake(number), at: now)
      #expect(agent.checkInvariants() == nil)
    }
    #expect(now >= .zero + .hours(120))
    #expect(least > .zero, "ran out with a grace of \(grace)")
  }

  @Test func lateAnswerDoesNotReplaceAFresherCertificate() {
    var authority = CertificateAuthority(lifetime: .seconds(60), backdate: .zero)
    let early = authority.sign(1, at: at(0))
    let late = authority.sign(1, at: at(30))
    var agent = CertificateAgent(random: RandomStream(seed: 1, name: "a"))
    _ = agent.step(.issued(late), at: at(30))
    #expect(agent.step(.issued(early), at: at(31)).isEmpty)
    #expect(agent.certificate == late)
  }
}
