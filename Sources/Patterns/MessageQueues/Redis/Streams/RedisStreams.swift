import Kernel

/// The streams of a Redis server, driven by commands as clients send them.
///
/// XREAD and XREADGROUP answer at once: BLOCK is the host's business. The time of ids and idle
/// times is the `now` of each step, in milliseconds.
public struct RedisStreams: Machine {
  /// A command: its words, as typed.
  public typealias Input = [String]
  /// Its reply.
  public typealias Output = RedisAnswer

  /// The streams, by key.
  public internal(set) var streams: [String: RedisStream] = [:]
  let shortcuts: Set<RedisStreamShortcut>

  /// A server without streams.
  public init(shortcuts: Set<RedisStreamShortcut> = []) { self.shortcuts = shortcuts }

  /// Carries out a command; the reply is the only output.
  public mutating func step(_ words: [String], at now: Instant) -> [RedisAnswer] {
    var line = RedisWords(words)
    let name = line.next()?.uppercased() ?? ""
    do {
      switch name {
      case "XADD": return [try add(&line, at: now)]
      case "XLEN": return [.integer(streams[try line.need()]?.entries.count ?? 0)]
      case "XDEL": return [try delete(&line)]
      case "XTRIM": return [try trim(&line)]
      case "XRANGE": return [try range(&line, isReversed: false)]
      case "XREVRANGE": return [try range(&line, isReversed: true)]
      case "XREAD": return [try read(&line)]
      case "XGROUP": return [try group(&line)]
      case "XREADGROUP": return [try readGroup(&line, at: now)]
      case "XACK": return [try acknowledge(&line)]
      case "XPENDING": return [try pending(&line, at: now)]
      case "XCLAIM": return [try claim(&line, at: now)]
      case "XAUTOCLAIM": return [try autoClaim(&line, at: now)]
      default:
        return [.error("ERR unknown command '\(words.first ?? "")', with args beginning with: ")]
      }
    } catch {
      return [.error(error.text ?? RedisComplaint.arguments(name.lowercased()))]
    }
  }

  /// Finds pending entries that are out of order, of a consumer that a group does not know, or of
  /// an id that the group has not handed out.
  public func checkInvariants() -> InvariantViolation? {
    for key in streams.keys.sorted() {
      guard let stream = streams[key] else { continue }
      for group in stream.groups {
        for (left, right) in zip(group.pending, group.pending.dropFirst())
        where left.id >= right.id {
          return InvariantViolation(
            "pending entries are in order",
            witness: "\(left.id) stands before \(right.id) in group \(group.name) of \(key).")
        }
        if let stray = group.pending.first(where: { !group.consumers.contains($0.consumer) }) {
          return InvariantViolation(
            "pending entries have a consumer",
            witness: "\(stray.id) is pending for \(stray.consumer), whom group \(group.name) of "
              + "\(key) does not know.")
        }
      }
    }
    return nil
  }

  // MARK: Entries

  private mutating func add(
    _ line: inout RedisWords, at now: Instant
  ) throws(RedisComplaint) -> RedisAnswer {
    let key = try line.need()
    let makes = !line.take("NOMKSTREAM")
    let limit = try line.limit()
    let text = try line.need()
    let fields = line.rest()
    guard fields.count >= 2, fields.count.isMultiple(of: 2) else { throw RedisComplaint() }
    guard makes || streams[key] != nil else { return .null }
    var stream = streams[key] ?? RedisStream(shortcuts: shortcuts)
    let id = try Self.newID(text, after: stream.lastID, at: now)
    stream.append(id, fields)
    if let limit { _ = Self.apply(limit, to: &stream) }
    streams[key] = stream
    return .bulk("\(id)")
  }

  private static func newID(
    _ text: String, after last: RedisStreamID, at now: Instant
  ) throws(RedisComplaint) -> RedisStreamID {
    guard last < .greatest else { throw RedisComplaint(RedisComplaint.exhausted) }
    if text == "*" {
      let id = RedisStreamID(UInt64(max(0, now.nanoseconds / 1_000_000)), 0)
      return id > last ? id : last.next ?? last
    }
    if text.hasSuffix("-*"), let milliseconds = UInt64(text.dropLast(2)) {
      if milliseconds < last.milliseconds { throw RedisComplaint(RedisComplaint.tooSmall) }
      if milliseconds > last.milliseconds { return RedisStreamID(milliseconds, 0) }
      guard last.sequence < .max else { throw RedisComplaint(RedisComplaint.tooSmall) }
      return RedisStreamID(milliseconds, last.sequence + 1)
    }
    guard let id = RedisStreamID(text) else { throw RedisComplaint(RedisComplaint.noID) }
    if id == .zero { throw RedisComplaint(RedisComplaint.zeroID) }
    if id <= last { throw RedisComplaint(RedisComplaint.tooSmall) }
    return id
  }

  private static func apply(_ limit: RedisWords.Limit, to stream: inout RedisStream) -> Int {
    switch limit {
    case .length(let most): stream.trim(toLength: most)
    case .from(let id): stream.trim(before: id)
    }
  }

  private mutating func delete(_ line: inout RedisWords) throws(RedisComplaint) -> RedisAnswer {
    let key = try line.need()
    let ids = try line.ids()
    guard !ids.isEmpty else { throw RedisComplaint() }
    return .integer(streams[key]?.delete(ids) ?? 0)
  }

  private mutating func trim(_ line: inout RedisWords) throws(RedisComplaint) -> RedisAnswer {
    let key = try line.need()
    guard let limit = try line.limit() else { throw RedisComplaint("ERR syntax error") }
    guard var stream = streams[key] else { return .integer(0) }
    let count = Self.apply(limit, to: &stream)
    streams[key] = stream
    return .integer(count)
  }

  private func range(
    _ line: inout RedisWords, isReversed: Bool
  ) throws(RedisComplaint) -> RedisAnswer {
    let key = try line.need()
    let one = try line.need()
    let two = try line.need()
    let first = try RedisWords.bound(isReversed ? two : one, isFirst: true)
    let last = try RedisWords.bound(isReversed ? one : two, isFirst: false)
    let count = line.take("COUNT") ? try line.integer() : .max
    let found = streams[key]?.range(first, last) ?? []
    let ordered = isReversed ? Array(found.reversed()) : found
    return .array(ordered.prefix(max(0, count)).map(Self.reply))
  }

  private func read(_ line: inout RedisWords) throws(RedisComplaint) -> RedisAnswer {
    let count = try line.readOptions().count
    var replies: [RedisAnswer] = []
    for (key, text) in try line.keysAndIDs() {
      guard let stream = streams[key] else { continue }
      let id = text == "$" ? stream.lastID : try RedisWords.id(text)
      guard let first = id.next else { continue }
      let found = stream.range(first, .greatest, limit: count)
      if !found.isEmpty { replies.append(.array([.bulk(key), .array(found.map(Self.reply))])) }
    }
    return replies.isEmpty ? .null : .array(replies)
  }

  static func reply(_ entry: RedisStream.Entry) -> RedisAnswer {
    .array([.bulk("\(entry.id)"), .array(entry.fields.map(RedisAnswer.bulk))])
  }
}
