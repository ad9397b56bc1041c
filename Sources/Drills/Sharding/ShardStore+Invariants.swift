import Kernel
import Patterns

extension ShardStore {
  /// The names of the invariants that `violation(isQuiet:)` checks, with what they say.
  static let invariants = [
    Invariant("no lost key", "Every key has a row on the shard that owns it."),
    Invariant(
      "no lost write", "The owner's row has seen every write that was acknowledged to a client."),
    Invariant(
      "no duplicate", "When nothing moves, no shard holds a row of a key that it does not own."),
    Invariant("one owner", "The map and the move under way keep their own invariants."),
  ]

  /// Writes of key `number` that were acknowledged and that its owner has not seen.
  func lostWrites(of number: Int) -> Int {
    let seen = rows.version(of: number, on: owner(of: number)) ?? 0
    return max(0, Int(rows.acknowledged[number]) - seen)
  }

  /// Whether key `number` has a row on the shard that owns it.
  func isLost(_ number: Int) -> Bool {
    rows.acknowledged[number] > 0 && rows.version(of: number, on: owner(of: number)) == nil
  }

  /// Rows of key `number` on shards that do not own it.
  func duplicates(of number: Int) -> Int {
    let owner = owner(of: number)
    return rows.holders(of: number).count { $0 != owner }
  }

  /// The first invariant of `numbers` (all keys when nil) that does not hold, or nil.
  func violation(
    of numbers: [Int]? = nil, checksDuplicates: Bool = true
  ) -> InvariantViolation? {
    if let violation = resharding.checkInvariants() {
      return InvariantViolation("one owner", witness: violation.description)
    }
    let checked = numbers ?? Array(0..<keys.count)
    for number in checked {
      let name = keys.names[number]
      let owner = roster.name(owner(of: number))
      if isLost(number) {
        return InvariantViolation("no lost key", witness: "\(name) has no row on \(owner)")
      }
      let lost = lostWrites(of: number)
      if lost > 0 {
        return InvariantViolation(
          "no lost write",
          witness: "\(name) on \(owner) misses \(lost) of \(rows.acknowledged[number]) writes")
      }
      if checksDuplicates, !map.isMoving, duplicates(of: number) > 0 {
        let others = rows.holders(of: number).map(roster.name).filter { $0 != owner }
        return InvariantViolation(
          "no duplicate",
          witness: "\(name) belongs to \(owner) and is on \(others.joined(separator: ", ")) too")
      }
    }
    return nil
  }
}
