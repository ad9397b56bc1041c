import Kernel

/// The rumours a member still spreads, each sent a limited number of times, least sent first.
///
/// A newer rumour about a node replaces the older one. Source: hashicorp/memberlist, `queue.go`.
struct RumorQueue: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    var rumor: Rumor
    var transmits: Int
    var number: Int
  }

  /// About as many rumours as fit into a datagram of 1,400 bytes.
  static let datagramLimit = 20

  private var entries: [Entry] = []
  private var count = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ rumor: Rumor) {
    entries.removeAll { $0.rumor.subject == rumor.subject }
    entries.append(Entry(rumor: rumor, transmits: 0, number: count))
    count += 1
  }

  /// The rumours for the next datagram; each counts as sent once more.
  mutating func take(limit: Int) -> [Rumor] {
    guard !entries.isEmpty else { return [] }
    entries.sort { left, right in
      left.transmits == right.transmits
        ? left.number > right.number : left.transmits < right.transmits
    }
    let chosen = entries.prefix(Self.datagramLimit).map(\.rumor)
    for place in entries.indices.prefix(Self.datagramLimit) { entries[place].transmits += 1 }
    entries.removeAll { $0.transmits >= limit }
    return chosen
  }
}
