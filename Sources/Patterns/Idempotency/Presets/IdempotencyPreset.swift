import Kernel

/// Idempotency keys as some interfaces keep them, under their own names.
public enum IdempotencyPreset: String, Hashable, PresetTable {
  /// Stripe, API v1.
  case stripe
  /// Stripe, API v2.
  case stripeV2 = "stripe-v2"
  /// Amazon EC2's client tokens.
  case ec2 = "aws-ec2"
  /// The IETF draft, as it leaves it to the server.
  case ietf

  /// How keys are kept, and with what a request is refused.
  public struct Design: Sendable, Hashable {
    /// How keys are kept.
    public var options: IdempotencyStore.Options
    /// The status and error of a known key with another body.
    public var mismatch: String
    /// The status and error of a key whose work is under way.
    public var inProgress: String
  }

  /// The row of the interface.
  public var row: PresetRow<Design> {
    switch self {
    case .stripe: Self.stripeRow
    case .stripeV2: Self.stripeV2Row
    case .ec2: Self.ec2Row
    case .ietf: Self.ietfRow
    }
  }

  private static func lifetime(
    _ name: String, _ standard: TimeSpan, _ source: String, _ summary: String
  ) -> Knob {
    Knob(
      name, .span(.seconds(1)...(.hours(24 * 365))), standard: .span(standard), source: source,
      summary)
  }

  private static let lock =
    "One request at a time works on a key; how long a lock outlives a crash "
    + "is not said, here 30 s."

  private static let stripeSource = "docs.stripe.com/api/idempotent_requests"

  private static let stripeRow = PresetRow(
    "Stripe Idempotency-Key, API v1",
    knobs: [
      lifetime(
        "prune_after", .hours(24), stripeSource + ": at least 24 hours",
        "How long a key and its saved response are kept.")
    ],
    leavesOut: [lock, "A request that fails validation saves nothing; here there are none."]
  ) { settings in
    Design(
      options: IdempotencyStore.Options(lifetime: settings.span("prune_after"), isErrorKept: true),
      mismatch: "400, the parameters are not those of the first request",
      inProgress: "409 idempotency_key_in_use")
  }

  private static let stripeV2Row = PresetRow(
    "Stripe Idempotency-Key, API v2",
    knobs: [
      lifetime(
        "prune_after", .hours(24 * 30),
        "cljdoc.org/d/io.github.yonureker/stripe-clojure 2.2.0: v2 has a 30d window",
        "How long a key is kept.")
    ],
    leavesOut: [
      lock, "Work that failed half-way is taken up where it stopped; here it begins anew.",
      "Refusals are those of API v1.",
    ]
  ) { settings in
    Design(
      options: IdempotencyStore.Options(lifetime: settings.span("prune_after")),
      mismatch: "400, the parameters are not those of the first request",
      inProgress: "409 idempotency_key_in_use")
  }

  private static let ec2Source =
    "docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html"

  private static let ec2Row = PresetRow(
    "Amazon EC2 ClientToken",
    knobs: [
      lifetime(
        "ClientToken.valid", .hours(24),
        ec2Source + ": at least 24 hours after the instance is terminated",
        "How long a token is known.")
    ],
    leavesOut: [
      lock, "The time counts from the answer here, and not from the end of the instance.",
      "A token holds in its region; here there is one.",
      "What is answered while the first call is under way is not said; here it is 409.",
    ]
  ) { settings in
    Design(
      options: IdempotencyStore.Options(lifetime: settings.span("ClientToken.valid")),
      mismatch: "400 IdempotentParameterMismatch", inProgress: "409, its work is under way")
  }

  private static let ietfSource =
    "datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07"

  private static let ietfRow = PresetRow(
    "Idempotency-Key header, IETF draft",
    knobs: [
      lifetime(
        "Idempotency-Key.expiry", .hours(24),
        ietfSource + ": the server's own policy, to be published; 24 h as others have it",
        "How long a key is known."),
      Knob(
        "fingerprint", .flag, standard: .flag(true), source: ietfSource + ": optional",
        "Whether a fingerprint of the request is compared."),
    ], leavesOut: [lock, "A request without a key is let through; the draft answers 400."]
  ) { settings in
    Design(
      options: IdempotencyStore.Options(
        lifetime: settings.span("Idempotency-Key.expiry"),
        isBodyCompared: settings.flag("fingerprint")),
      mismatch: "422, the key belongs to another request",
      inProgress: "409, its work is under way")
  }
}
