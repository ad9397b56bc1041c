import Kernel

/// What the devices saw of their carts: what the checker reads, and the figures.
struct CartRecord: Sendable {
  /// What a device does to a cart.
  enum Action: Sendable, Hashable {
    /// Puts an item in.
    case add(Int)
    /// Takes an item out.
    case remove(Int)
    /// Deletes the cart.
    case checkOut
    /// Looks, when all is quiet.
    case look

    /// Whether it takes `item` out.
    func takesOut(_ item: Int) -> Bool { self == .remove(item) || self == .checkOut }
  }

  /// How it ended.
  enum Outcome: Sendable {
    /// The store confirmed it.
    case ok
    /// Nothing happened.
    case failed
    /// Nobody knows.
    case unknown
  }

  /// An operation that is over.
  struct Done: Sendable {
    let device: Int
    let cart: Int
    let action: Action
    let outcome: Outcome
    /// The cart as it was written or seen, a bit an item.
    let items: Int
    let beganAt: Instant
    let endedAt: Instant
    let isTroubled: Bool

    /// Whether it may take effect after `instant`.
    func mayFollow(_ instant: Instant) -> Bool {
      outcome == .unknown || outcome == .ok && endedAt > instant
    }
  }

  /// A change that the cart does not show in the end although nothing undid it.
  struct Wrong: Sendable {
    let change: Done
    let item: Int
    /// What the cart held in the end.
    let final: Done
    /// A later write of the whole cart that did not know of the change, if one shows it.
    let culprit: Done?
  }

  /// Everything that is over, in order.
  var done: [Done] = []
  /// Reads that found more than one version.
  var siblingReads = 0
  /// The most versions that a read found.
  var siblingsMost = 1

  /// The last look at each cart by its first device, where there was one.
  func final(_ cart: Int) -> Done? {
    done.filter { $0.cart == cart && $0.action == .look && $0.outcome == .ok }
      .min { $0.device < $1.device }
  }

  /// Confirmed additions whose item is not in the cart, although nobody took it out.
  func lostAdditions(carts: Int) -> [Wrong] {
    wrongs(carts) { change, item, entries, final in
      guard change.action == .add(item), final.items >> item & 1 == 0 else { return false }
      return !entries.contains { $0.action.takesOut(item) && $0.mayFollow(change.beganAt) }
    }
  }

  /// Confirmed removals whose item is in the cart, although nobody put it in again.
  func returned(carts: Int) -> [Wrong] {
    wrongs(carts) { change, item, entries, final in
      guard change.action.takesOut(item), final.items >> item & 1 == 1 else { return false }
      return !entries.contains { $0.action == .add(item) && $0.mayFollow(change.beganAt) }
    }
  }

  private func wrongs(
    _ carts: Int, _ isWrong: (Done, Int, [Done], Done) -> Bool
  ) -> [Wrong] {
    (0..<carts).flatMap { cart -> [Wrong] in
      guard let final = final(cart) else { return [] }
      let entries = done.filter { $0.cart == cart }
      return (0..<CartSetup.itemCount).compactMap { item in
        // Of several changes of one item the last tells.
        guard
          let change = entries.last(where: {
            $0.outcome == .ok && isWrong($0, item, entries, final)
          })
        else { return nil }
        return Wrong(
          change: change, item: item, final: final,
          culprit: culprit(of: change, item, entries, holds: final.items >> item & 1 == 1))
      }
    }
  }

  /// The first write by another device that ended after the change and shows the item as the cart
  /// does in the end.
  private func culprit(of change: Done, _ item: Int, _ entries: [Done], holds: Bool) -> Done? {
    entries.first { entry in
      entry.device != change.device && entry.action != .look && entry.outcome != .failed
        && entry.endedAt > change.beganAt && (entry.items >> item & 1 == 1) == holds
    }
  }
}
