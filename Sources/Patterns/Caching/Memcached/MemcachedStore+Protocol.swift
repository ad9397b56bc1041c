import Kernel

extension MemcachedStore {
  private static let badLine = "CLIENT_ERROR bad command line format"

  /// Carries out one line of the text protocol, with its data block if it has one, and returns the
  /// reply's lines.
  public mutating func perform(
    _ line: String, data: String? = nil, at now: Instant
  ) -> [String] {
    let words = line.split(separator: " ").map(String.init)
    guard let name = words.first else { return ["ERROR"] }
    let arguments = Array(words.dropFirst())
    switch name {
    case "get", "gets": return read(arguments, withUnique: name == "gets", at: now)
    case "gat", "gats":
      guard let exptime = arguments.first.flatMap({ Int($0) }) else {
        return ["CLIENT_ERROR invalid exptime argument"]
      }
      let keys = Array(arguments.dropFirst())
      for key in keys where item(key, at: now) != nil {
        touch(key, expiry: expiry(exptime, at: now))
      }
      return read(keys, withUnique: name == "gats", at: now)
    case "set", "add", "replace", "append", "prepend", "cas":
      return store(name, arguments, data ?? "", at: now)
    case "incr", "decr": return count(arguments, isUp: name == "incr", at: now)
    case "delete":
      guard let key = arguments.first, key.utf8.count <= Self.longestKey else {
        return [arguments.isEmpty ? "ERROR" : Self.badLine]
      }
      guard item(key, at: now) != nil else { return ["NOT_FOUND"] }
      delete(key)
      return ["DELETED"]
    case "touch":
      guard arguments.count >= 2 else { return ["ERROR"] }
      guard let exptime = Int(arguments[1]) else {
        return ["CLIENT_ERROR invalid exptime argument"]
      }
      guard item(arguments[0], at: now) != nil else { return ["NOT_FOUND"] }
      touch(arguments[0], expiry: expiry(exptime, at: now))
      read(arguments[0], at: now)
      return ["TOUCHED"]
    case "stats": return stats(arguments.first)
    case "flush_all":
      flush(after: arguments.first.flatMap { Int($0) } ?? 0, at: now)
      return ["OK"]
    default: return ["ERROR"]
    }
  }

  private mutating func read(_ keys: [String], withUnique: Bool, at now: Instant) -> [String] {
    guard !keys.isEmpty else { return ["ERROR"] }
    guard keys.allSatisfy({ $0.utf8.count <= Self.longestKey }) else { return [Self.badLine] }
    var lines: [String] = []
    for key in keys {
      guard let item = item(key, at: now) else {
        counts.getMisses += 1
        continue
      }
      counts.getHits += 1
      read(key, at: now)
      let unique = withUnique ? " \(item.unique)" : ""
      lines.append("VALUE \(key) \(item.flags) \(item.data.count)\(unique)")
      lines.append(String(decoding: item.data, as: UTF8.self))
    }
    return lines + ["END"]
  }

  private mutating func store(
    _ name: String, _ arguments: [String], _ text: String, at now: Instant
  ) -> [String] {
    guard arguments.count >= (name == "cas" ? 5 : 4) else { return ["ERROR"] }
    let key = arguments[0]
    guard key.utf8.count <= Self.longestKey, let flags = UInt32(arguments[1]),
      let exptime = Int(arguments[2]), let length = Int(arguments[3]), length >= 0
    else { return [Self.badLine] }
    let data = Array(text.utf8)
    guard data.count == length else { return ["CLIENT_ERROR bad data chunk"] }
    let old = item(key, at: now)
    switch name {
    case "add": if old != nil { return ["NOT_STORED"] }
    case "replace": if old == nil { return ["NOT_STORED"] }
    case "append", "prepend":
      guard let old else { return ["NOT_STORED"] }
      let joined = name == "append" ? old.data + data : data + old.data
      let refusal = store(key, flags: old.flags, data: joined, expiry: old.expiry, at: now)
      return [refusal ?? "STORED"]
    case "cas":
      guard let unique = UInt64(arguments[4]) else { return [Self.badLine] }
      guard let old else { return ["NOT_FOUND"] }
      if old.unique != unique { return ["EXISTS"] }
    default: break
    }
    let refusal = store(
      key, flags: flags, data: data, expiry: expiry(exptime, at: now), at: now)
    // A set that finds no room takes the old value away, which would be wrong from now on.
    if refusal != nil, name == "set" { delete(key) }
    return [refusal ?? "STORED"]
  }

  private mutating func count(_ arguments: [String], isUp: Bool, at now: Instant) -> [String] {
    guard arguments.count >= 2 else { return ["ERROR"] }
    guard arguments[0].utf8.count <= Self.longestKey else { return [Self.badLine] }
    guard let delta = UInt64(arguments[1]) else {
      return ["CLIENT_ERROR invalid numeric delta argument"]
    }
    guard let item = item(arguments[0], at: now) else { return ["NOT_FOUND"] }
    // Padding of an earlier count is no part of the number.
    let digits = String(decoding: item.data, as: UTF8.self).split(separator: " ").first ?? ""
    guard digits.utf8.count <= 20, let value = UInt64(digits) else {
      return ["CLIENT_ERROR cannot increment or decrement non-numeric value"]
    }
    let result = isUp ? value &+ delta : (value > delta ? value - delta : 0)
    var data = Array(String(result).utf8)
    // A shorter number keeps the item's length: spaces fill it up.
    while data.count < item.data.count { data.append(UInt8(ascii: " ")) }
    guard data.count > item.data.count else {
      overwrite(arguments[0], data: data)
      return [String(result)]
    }
    let refusal = store(
      arguments[0], flags: item.flags, data: data, expiry: item.expiry, at: now)
    return [refusal ?? String(result)]
  }

  /// `stats`, `stats slabs` and `stats items`, as far as there is something behind them.
  private func stats(_ what: String?) -> [String] {
    let report = memory.report
    var pairs: [(String, Int)] = []
    switch what {
    case "slabs":
      for one in report {
        pairs += [
          ("\(one.id):chunk_size", one.chunkSize), ("\(one.id):chunks_per_page", one.perPage),
          ("\(one.id):total_pages", one.pages),
          ("\(one.id):total_chunks", one.pages * one.perPage),
          ("\(one.id):used_chunks", one.usedChunks),
          ("\(one.id):free_chunks", one.pages * one.perPage - one.usedChunks),
        ]
      }
      pairs += [
        ("active_slabs", report.count),
        ("total_malloced", memory.pageCount * MemcachedSlabs.pageSize),
      ]
    case "items":
      for one in report where one.counts.reduce(0, +) > 0 {
        let place = "items:\(one.id)"
        pairs += [
          ("\(place):number", one.counts.reduce(0, +)), ("\(place):number_hot", one.counts[0]),
          ("\(place):number_warm", one.counts[1]), ("\(place):number_cold", one.counts[2]),
          ("\(place):mem_requested", one.bytes), ("\(place):evicted", one.evicted),
          ("\(place):evicted_unfetched", one.evictedUnfetched),
          ("\(place):outofmemory", one.outOfMemory),
        ]
      }
    default:
      pairs = [
        ("curr_items", count), ("total_items", counts.totalItems),
        ("bytes", report.reduce(0) { $0 + $1.bytes }),
        ("limit_maxbytes", memory.options.memoryLimit), ("get_hits", counts.getHits),
        ("get_misses", counts.getMisses), ("evictions", report.reduce(0) { $0 + $1.evicted }),
        ("evicted_unfetched", report.reduce(0) { $0 + $1.evictedUnfetched }),
      ]
    }
    return pairs.map { "STAT \($0.0) \($0.1)" } + ["END"]
  }
}
