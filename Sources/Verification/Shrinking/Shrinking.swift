/// Makes a failure small: finds few, simple items (faults, operations) that still make it happen.
///
/// Two stages: `minimize` leaves items out, `simplify` replaces what is left by something simpler.
/// Both ask the same question again and again, "does it still fail with these?", and stop when
/// they have asked `budget` times. What they return has always been seen to fail, or is what they
/// were given.
///
/// Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002), for
/// the minimizing delta debugging algorithm (ddmin).
public enum Shrinking {
  /// The smallest list found of `items`, in their order, that still fails.
  ///
  /// `items` must fail. Within the budget the result is 1-minimal: without any one of its items it
  /// does not fail any more.
  public static func minimize<Item>(
    _ items: [Item], budget: Int, stillFails: ([Item]) -> Bool
  ) -> [Item] {
    shrink(items, budget: budget, stillFails: stillFails).items
  }

  /// Leaves items out, replaces each by the simplest of its `simpler` forms that will do, and so
  /// on until neither helps any more.
  ///
  /// `simpler` gives the forms to try in place of an item, the most daring first; each must be
  /// simpler than the item, or the budget alone ends the search. Says how far the search got.
  public static func shrink<Item>(
    _ items: [Item], budget: Int, simpler: (Item) -> [Item] = { _ in [] },
    stillFails: ([Item]) -> Bool
  ) -> Shrunk<Item> {
    var trials = TrialCounter(budget: budget)
    var kept = items
    repeat {
      var removal = ItemRemoval(kept)
      removal.run(&trials, stillFails: stillFails)
      kept = removal.kept
    } while simplify(&kept, &trials, simpler, stillFails)
    return Shrunk(items: kept, trials: trials.count, isMinimal: !trials.isSpent)
  }

  /// Says whether anything was replaced.
  private static func simplify<Item>(
    _ items: inout [Item], _ trials: inout TrialCounter, _ simpler: (Item) -> [Item],
    _ stillFails: ([Item]) -> Bool
  ) -> Bool {
    var isChanged = false
    var place = 0
    while place < items.count {
      var isReplaced = false
      for form in simpler(items[place]) where !isReplaced {
        guard trials.take() else { return false }
        var candidate = items
        candidate[place] = form
        if stillFails(candidate) {
          items = candidate
          isReplaced = true
        }
      }
      isChanged = isChanged || isReplaced
      if !isReplaced { place += 1 }
    }
    return isChanged
  }
}

/// What a search for a smaller failure came to.
public struct Shrunk<Item> {
  /// The items that still fail.
  public let items: [Item]
  /// How often it was asked whether some items fail.
  public let trials: Int
  /// Whether the search came to its end, so that no item can be left out; false when the budget
  /// was spent before that was known.
  public let isMinimal: Bool
}

/// Counts trials against a budget.
struct TrialCounter {
  let budget: Int
  private(set) var count = 0
  /// Whether a trial was wanted that the budget did not allow.
  private(set) var isSpent = false

  init(budget: Int) { self.budget = budget }

  /// Takes one trial; false when none is left.
  mutating func take() -> Bool {
    guard count < budget else {
      isSpent = true
      return false
    }
    count += 1
    return true
  }
}
