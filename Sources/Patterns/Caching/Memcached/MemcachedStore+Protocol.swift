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
      return ["TOUCHED"]
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
      guard let item = item(key, at: now) else { continue }
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
      store(key, flags: old.flags, data: joined, expiry: old.expiry)
      return ["STORED"]
    case "cas":
      guard let unique = UInt64(arguments[4]) else { return [Self.badLine] }
      guard let old else { return ["NOT_FOUND"] }
      if old.unique != unique { return ["EXISTS"] }
    default: break
    }
    store(key, flags: flags, data: data, expiry: expiry(exptime, at: now))
    return ["STORED"]
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
    store(arguments[0], flags: item.flags, data: data, expiry: item.expiry)
    return [String(result)]
  }
}
