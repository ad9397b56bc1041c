import Kernel
import Patterns
import Presentation

extension ShardingBench {
  /// Which shard owns the key called `name`, and how that was worked out.
  func explain(_ name: String) -> Document {
    let key = store.keys.key(name)
    let number = store.keys.number(name)
    let owner = number.map(store.owner(of:)) ?? store.map.owner(of: key)
    var text = Text.strong(store.roster.name(owner)) + Text("   \(reason(key, name))")
    if number == nil { text = text + " (nothing is stored under this name yet)" }
    var reply = Document([.paragraph(text)])
    if let move = store.map.move(of: key) {
      let target = store.roster.name(move.target)
      let phase = store.resharding.phase(of: move.parcel).words
      reply.add(Text("It moves to \(target) in parcel \(move.parcel), which is \(phase)."))
    }
    return reply
  }

  private func reason(_ key: ShardKey, _ name: String) -> String {
    let hash = "\(hashName) \(Self.short(key.hash))"
    switch store.map.placement {
    case .modulo(let rule):
      let count = UInt64(rule.members.count)
      return "\(hash) mod \(count) = \(key.hash % count)"
    case .range(let rule):
      let place = rule.range(of: key.order)
      let end = place + 1 < rule.starts.count ? "to \(rule.starts[place + 1] - 1)" : "and above"
      return "sorts at \(key.order), in range \(place + 1) of \(rule.starts.count): "
        + "\(rule.starts[place]) \(end)"
    case .directory(let rule): return "its row in the directory, one of \(rule.rowCount)"
    case .ring(let rule): return "\(hash), next token clockwise \(token(rule, key))"
    case .bounded(let rule):
      return "\(hash); first shard clockwise with room, \(rule.members.count) shards"
    case .jump(let rule):
      let count = rule.members.count
      return "jump(\(hash), \(count)) = \(JumpHash.bucket(of: key.hash, buckets: count))"
    case .rendezvous: return "the highest of \(members.count) bids for \(hash)"
    case .maglev(let rule):
      return "\(hash) mod \(rule.size) = entry \(key.hash % UInt64(rule.size)) of the table"
    case .slots: return "CRC16 mod 16384 = slot \(key.slot)\(tagRemark(name))"
    }
  }

  private func token(_ ring: ConsistentHashRing, _ key: ShardKey) -> String {
    let place = ring.place(of: key.hash)
    return "\(Self.short(ring.tokens[place])) (\(place + 1) of \(ring.tokens.count))"
  }

  private func tagRemark(_ name: String) -> String {
    guard let open = name.firstIndex(of: "{") else { return "" }
    let rest = name[name.index(after: open)...]
    guard let close = rest.firstIndex(of: "}"), close > rest.startIndex else {
      return ", of the whole key"
    }
    return ", of the tag '\(rest[..<close])'"
  }

  private var hashName: String {
    preset == nil ? settings.word("hash") : preset?.placement(settings).hash.rawValue ?? ""
  }

  /// A hash with its first four digits.
  private static func short(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return "0x" + (String(repeating: "0", count: 16 - digits.count) + digits).prefix(4) + "…"
  }
}
