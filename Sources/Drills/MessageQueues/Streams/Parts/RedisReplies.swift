import Patterns

/// Reads entries out of the replies of XREADGROUP and XAUTOCLAIM.
enum RedisReplies {
  /// Whether a reply hands out nothing and dropped nothing.
  static func isEmpty(_ answer: RedisAnswer) -> Bool {
    switch answer {
    case .null: true
    case .array(let parts): parts.dropFirst().allSatisfy { $0 == .array([]) } && parts.count == 3
    case .status, .error, .integer, .bulk: false
    }
  }

  /// How many entries a reply of any reading or claiming command holds.
  static func entries(_ answer: RedisAnswer) -> Int {
    guard case .array(let parts) = answer else { return 0 }
    func isEntry(_ answer: RedisAnswer) -> Bool {
      if case .array(let pair) = answer, pair.count == 2, case .bulk = pair[0],
        case .array(let fields) = pair[1], case .bulk? = fields.first
      {
        return true
      }
      return false
    }
    return parts.reduce(0) { $0 + (isEntry($1) ? 1 : entries($1)) }
  }

  /// The entries of a reply that still have their fields: id and the number in the last field.
  static func items(_ answer: RedisAnswer) -> [(id: String, number: Int)] {
    guard case .array(let parts) = answer else { return [] }
    // XREADGROUP: [[key, entries]]; XAUTOCLAIM: [cursor, entries, deleted].
    let entries: RedisAnswer? =
      if case .array(let first)? = parts.first { first.dropFirst().first } else {
        parts.dropFirst().first
      }
    guard case .array(let list)? = entries else { return [] }
    return list.compactMap { entry in
      guard case .array(let pair) = entry, pair.count == 2, case .bulk(let id) = pair[0],
        case .array(let fields) = pair[1], case .bulk(let text)? = fields.last,
        let number = Int(text)
      else { return nil }
      return (id, number)
    }
  }
}
