import Kernel
import Patterns

/// The knobs of shopping carts.
enum CartKnobs {
  private static let dynamo = "DeCandia et al., Dynamo, SOSP 2007"

  static let all: [Knob] = design + load

  static let design: [Knob] = [
    Knob(
      "store", .choice(CartKind.allCases.map(\.rawValue)), standard: .word("last-write-wins"),
      "What becomes of two versions of a cart: the later timestamp wins, both stay as siblings until "
        + "a reader merges them, or the cart is an add-wins set that merges by itself."),
    Knob(
      "sibling.merge", .choice(["union", "newest"]), standard: .word("union"), source: dynamo,
      "What a device makes of siblings: all items of all of them, or the version of the latest write."
    ),
    Knob(
      "quorum.r", .integer(1...3), standard: .integer(2), source: dynamo,
      "R: replicas of three that a read waits for."),
    Knob(
      "quorum.w", .integer(1...3), standard: .integer(2), source: dynamo,
      "W: replicas of three that a write waits for."),
    Knob(
      "hint.window", .span(.milliseconds(100)...(.hours(48))), standard: .span(.hours(3)),
      source: "cassandra.yaml max_hint_window",
      "How long a node may be down before no more writes are kept for it."),
    Knob(
      "anti-entropy", .span(.zero...(.hours(1))), standard: .span(.seconds(2)),
      "How often a node compares its data with another; 0 is never."),
    Knob(
      "tombstone.life", .span(.seconds(1)...(.hours(480))), standard: .span(.hours(240)),
      source: "Cassandra, gc_grace_seconds",
      "How long a deletion is remembered."),
    Knob(
      "timeout", .span(.milliseconds(50)...(.minutes(1))), standard: .span(.seconds(1)),
      "How long a device waits for an answer before it asks another node or gives up."),
    Knob("retries", .integer(0...5), standard: .integer(2), "How often a device asks again."),
  ]

  static let load: [Knob] = [
    Knob("carts", .integer(1...30), standard: .integer(8), role: .load, "Households with a cart."),
    Knob(
      "devices", .integer(1...3), standard: .integer(2), role: .load,
      "Devices that share a cart, each in another zone."),
    Knob(
      "think", .span(.milliseconds(50)...(.minutes(1))), standard: .span(.seconds(1)), role: .load,
      "The mean time between two changes that a device makes."),
    Knob(
      "remove.share", .number(0...1, .fraction), standard: .number(0.3), role: .load,
      "Share of the changes that take an item out."),
    Knob(
      "checkout.at", .span(.zero...(.minutes(10))), standard: .span(.zero), role: .load,
      "When every household has paid and deletes its cart; 0 is never."),
    Knob(
      "zone.latency", .span(.zero...(.seconds(2))), standard: .span(.milliseconds(15)),
      role: .load, "The median time of a message between two zones; within a zone it is 0.3 ms."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(10))), standard: .span(.seconds(40)), role: .load,
      "How long devices change carts; then 15 s of quiet, in which every device looks at its cart."),
  ]
}

/// What becomes of two versions of a cart.
enum CartKind: String, Sendable, CaseIterable {
  /// The whole cart with the highest timestamp.
  case lastWriteWins = "last-write-wins"
  /// Both, until a reader merges them.
  case siblings
  /// A set of items of which every addition is known by itself.
  case addWins = "add-wins"
}
