/// Who may call a workload, decided in the order of Istio: deny rules, then allow rules.
///
///     a deny rule matches ─▶ denied
///     there is no allow rule at all ─▶ allowed
///     an allow rule matches ─▶ allowed          nothing matches ─▶ denied
///
/// The step from no allow rule to one allow rule turns everybody else away: a policy that allows
/// nobody is the way to deny by default. A caller without an identity matches no rule that names one.
///
/// **A request that is let through matches no deny rule, and an allow rule where there is one.**
///
/// Source: istio.io/latest/docs/reference/config/security/authorization-policy.
public struct AuthorizationPolicy: Sendable, Hashable {
  /// The identities that deny rules name.
  public var denied: [Int]
  /// The identities that allow rules name; nil without an allow rule.
  public var allowed: [Int]?

  /// A policy; without arguments everybody may call.
  public init(denied: [Int] = [], allowed: [Int]? = nil) {
    self.denied = denied
    self.allowed = allowed
  }

  /// Whether a caller with `identity` may call, nil for one that has none.
  public func allows(_ identity: Int?, _ shortcut: MeshShortcut? = nil) -> Bool {
    if let identity, denied.contains(identity) { return false }
    guard let allowed, shortcut != .allowsUnmatched else { return true }
    return identity.map { allowed.contains($0) } ?? false
  }
}
