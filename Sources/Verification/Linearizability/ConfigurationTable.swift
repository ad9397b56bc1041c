/// Remembers configurations, and knows which new ones are no better than an old one.
///
/// Of two with the same level, state and changes, one is no better when it used at least the
/// crashed operations of the other and has at most its observations in effect: whatever it can
/// still do, the other can too. Open addressing with linear probing.
struct ConfigurationTable<Slots: SlotSet> {
  private struct Entry {
    /// The level; below the floor the entry is empty.
    var level: Int32 = -1
    var configuration = Configuration<Slots>()
  }

  private var entries = [Entry](repeating: Entry(), count: 32)
  private var count = 0
  private var floor: Int32 = 0

  /// Forgets every configuration below `level`; none may be added there any more.
  ///
  /// Nothing of `level` or above may be in the table.
  mutating func forget(below level: Int) {
    floor = Int32(level)
    count = 0
  }

  /// Adds a configuration, and says whether it is better than every one that is there.
  @inline(__always) mutating func insert(
    _ configuration: Configuration<Slots>, at level: Int
  ) -> Bool {
    if count * 2 >= entries.count { grow() }
    let mask = entries.count - 1
    var place = Self.hash(configuration, level) & mask
    while entries[place].level >= floor {
      let known = entries[place].configuration
      if entries[place].level == level, known.state == configuration.state,
        known.changes == configuration.changes,
        known.crashed.isSubset(of: configuration.crashed),
        configuration.observations.isSubset(of: known.observations)
      {
        return false
      }
      place = (place + 1) & mask
    }
    entries[place] = Entry(level: Int32(level), configuration: configuration)
    count += 1
    return true
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Entry(), count: old.count * 2)
    let mask = entries.count - 1
    for entry in old where entry.level >= floor {
      var place = Self.hash(entry.configuration, Int(entry.level)) & mask
      while entries[place].level >= floor { place = (place + 1) & mask }
      entries[place] = entry
    }
  }

  @inline(__always) private static func hash(
    _ configuration: Configuration<Slots>, _ level: Int
  ) -> Int {
    var hash = configuration.changes.fingerprint &* 0x9e37_79b9_7f4a_7c15
    hash ^= UInt64(truncatingIfNeeded: level) << 32
    hash ^= UInt64(UInt32(bitPattern: configuration.state))
    hash &*= 0xbf58_476d_1ce4_e5b9
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
