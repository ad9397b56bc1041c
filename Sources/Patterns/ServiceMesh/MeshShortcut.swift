/// A wrong way to build a service mesh that seems to work.
public enum MeshShortcut: String, Sendable, Hashable, CaseIterable {
  /// A handshake looks at who signed a certificate and not at its dates.
  case ignoresDates = "handshake-ignores-dates"
  /// A sidecar asks for its next certificate only when the present one has run out.
  case renewsTooLate = "renews-when-it-has-run-out"
  /// A strict sidecar still takes plaintext.
  case acceptsPlaintext = "strict-takes-plaintext"
  /// A request that no rule of an allow policy matches is let through.
  case allowsUnmatched = "allow-policy-lets-others-through"
  /// A sidecar that loses its control plane throws its configuration away.
  case forgetsConfiguration = "forgets-configuration-with-its-control-plane"
  /// The control plane pushes routes before the clusters that they name.
  case pushesRoutesFirst = "routes-before-clusters"
}
