/// The side of a sidecar that is called: which connections it takes and who may call.
///
/// **In strict mode no plaintext request is let through.**
public struct InboundProxy: Sendable, Hashable {
  /// What becomes of a request that has arrived.
  public enum Verdict: Sendable, Hashable {
    /// It goes on to the application.
    case accepted
    /// It came over plaintext, and that is not taken.
    case plaintextRefused
    /// Its caller may not call: a 403.
    case denied
  }

  /// Which connections it takes.
  public var mode: PeerMode
  /// Who may call.
  public var policy: AuthorizationPolicy
  /// The roots that it trusts.
  public var trusted: [Int]
  /// A wrong way to build it, for drills; nil for the right one.
  public let shortcut: MeshShortcut?

  /// A side.
  public init(
    mode: PeerMode = .permissive, policy: AuthorizationPolicy = AuthorizationPolicy(),
    trusted: [Int] = [1], shortcut: MeshShortcut? = nil
  ) {
    self.mode = mode
    self.policy = policy
    self.trusted = trusted
    self.shortcut = shortcut
  }

  /// Takes a part of the configuration over.
  public mutating func adopt(_ part: MeshPart) {
    switch part {
    case .peers(let wanted): mode = wanted
    case .authorization(let wanted): policy = wanted
    case .trust(let roots): trusted = roots
    case .clusters, .routes: break
    }
  }

  /// What becomes of a request from `identity`, nil over plaintext.
  public func verdict(on identity: Int?) -> Verdict {
    if identity == nil, mode == .strict, shortcut != .acceptsPlaintext { return .plaintextRefused }
    return policy.allows(identity, shortcut) ? .accepted : .denied
  }
}
