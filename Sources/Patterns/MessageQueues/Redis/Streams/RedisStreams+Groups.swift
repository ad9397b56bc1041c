import Kernel

extension RedisStreams {
  mutating func group(_ line: inout RedisWords) throws(RedisComplaint) -> RedisAnswer {
    let verb = try line.need().uppercased()
    let key = try line.need()
    let name = try line.need()
    if verb == "CREATE" { return try create(name, key, &line) }
    guard var stream = streams[key] else {
      throw RedisComplaint(RedisComplaint.keyNeeded)
    }
    guard let index = stream.group(name) else {
      if verb == "DESTROY" { return .integer(0) }
      throw RedisComplaint("NOGROUP No such consumer group '\(name)' for key name '\(key)'")
    }
    defer { streams[key] = stream }
    switch verb {
    case "SETID":
      let text = try line.need()
      stream.groups[index].lastDelivered =
        text == "$" ? stream.lastID : try RedisWords.id(text)
      return .status("OK")
    case "DESTROY":
      stream.groups.remove(at: index)
      return .integer(1)
    case "CREATECONSUMER":
      let consumer = try line.need()
      let isNew = !stream.groups[index].consumers.contains(consumer)
      stream.groups[index].meet(consumer)
      return .integer(isNew ? 1 : 0)
    case "DELCONSUMER":
      let consumer = try line.need()
      let count = stream.groups[index].pending.count { $0.consumer == consumer }
      stream.groups[index].pending.removeAll { $0.consumer == consumer }
      stream.groups[index].consumers.removeAll { $0 == consumer }
      return .integer(count)
    default:
      throw RedisComplaint("ERR unknown subcommand '\(verb)'. Try XGROUP HELP.")
    }
  }

  private mutating func create(
    _ name: String, _ key: String, _ line: inout RedisWords
  ) throws(RedisComplaint) -> RedisAnswer {
    let text = try line.need()
    let makes = line.take("MKSTREAM")
    guard makes || streams[key] != nil else { throw RedisComplaint(RedisComplaint.keyNeeded) }
    var stream = streams[key] ?? RedisStream(shortcuts: shortcuts)
    let start = text == "$" ? stream.lastID : try RedisWords.id(text)
    guard stream.group(name) == nil else {
      throw RedisComplaint("BUSYGROUP Consumer Group name already exists")
    }
    stream.groups.append(RedisStream.Group(name: name, lastDelivered: start))
    streams[key] = stream
    return .status("OK")
  }

  mutating func readGroup(
    _ line: inout RedisWords, at now: Instant
  ) throws(RedisComplaint) -> RedisAnswer {
    guard line.take("GROUP") else { throw RedisComplaint("ERR syntax error") }
    let name = try line.need()
    let consumer = try line.need()
    let options = try line.readOptions()
    var replies: [RedisAnswer] = []
    for (key, text) in try line.keysAndIDs() {
      guard var stream = streams[key], let index = stream.group(name) else {
        throw RedisComplaint(
          "NOGROUP No such key '\(key)' or consumer group '\(name)' in XREADGROUP with GROUP "
            + "option")
      }
      if text == ">" {
        let found = stream.readNew(
          index, consumer, limit: options.count,
          keepsPending: !options.noAck && !shortcuts.contains(.forgetsPending), at: now)
        if !found.isEmpty { replies.append(.array([.bulk(key), .array(found.map(Self.reply))])) }
      } else {
        let own = stream.readOwn(
          index, consumer, after: try RedisWords.id(text), limit: options.count, at: now)
        let items = own.map { item in
          item.entry.map(Self.reply) ?? .array([.bulk("\(item.id)"), .null])
        }
        replies.append(.array([.bulk(key), .array(items)]))
      }
      streams[key] = stream
    }
    return replies.isEmpty ? .null : .array(replies)
  }

  mutating func acknowledge(_ line: inout RedisWords) throws(RedisComplaint) -> RedisAnswer {
    let key = try line.need()
    let name = try line.need()
    let ids = try line.ids()
    guard !ids.isEmpty else { throw RedisComplaint() }
    guard let index = streams[key]?.group(name) else { return .integer(0) }
    return .integer(streams[key]?.acknowledge(index, ids) ?? 0)
  }

  /// The stream and the group that a command names.
  private func found(
    _ line: inout RedisWords
  ) throws(RedisComplaint) -> (key: String, stream: RedisStream, group: Int) {
    let key = try line.need()
    let name = try line.need()
    guard let stream = streams[key], let index = stream.group(name) else {
      throw RedisComplaint("NOGROUP No such key '\(key)' or consumer group '\(name)'")
    }
    return (key, stream, index)
  }

  func pending(_ line: inout RedisWords, at now: Instant) throws(RedisComplaint) -> RedisAnswer {
    let (_, stream, index) = try found(&line)
    let group = stream.groups[index]
    guard !line.isEmpty else { return Self.summary(group) }
    let idle = line.take("IDLE") ? try line.span() : .zero
    let first = try RedisWords.bound(try line.need(), isFirst: true)
    let last = try RedisWords.bound(try line.need(), isFirst: false)
    let count = try line.integer()
    let consumer = line.next()
    let matching = group.pending.filter { pending in
      pending.id >= first && pending.id <= last && now - pending.deliveredAt >= idle
        && (consumer.map { $0 == pending.consumer } ?? true)
    }
    return .array(
      matching.prefix(max(0, count)).map { pending in
        let idle = (now - pending.deliveredAt).nanoseconds / 1_000_000
        return .array([
          .bulk("\(pending.id)"), .bulk(pending.consumer), .integer(Int(idle)),
          .integer(pending.count),
        ])
      })
  }

  private static func summary(_ group: RedisStream.Group) -> RedisAnswer {
    guard let first = group.pending.first, let last = group.pending.last else {
      return .array([.integer(0), .null, .null, .null])
    }
    let counts: [RedisAnswer] = group.consumers.compactMap { consumer in
      let count = group.pending.count { $0.consumer == consumer }
      return count == 0 ? nil : .array([.bulk(consumer), .bulk("\(count)")])
    }
    return .array([
      .integer(group.pending.count), .bulk("\(first.id)"), .bulk("\(last.id)"), .array(counts),
    ])
  }

  mutating func claim(
    _ line: inout RedisWords, at now: Instant
  ) throws(RedisComplaint) -> RedisAnswer {
    var (key, stream, index) = try found(&line)
    let consumer = try line.need()
    var claim = RedisClaim()
    claim.minIdle = max(.zero, try line.span())
    let ids = line.leadingIDs()
    guard !ids.isEmpty else { throw RedisComplaint(RedisComplaint.noID) }
    while let word = line.next()?.uppercased() {
      switch word {
      case "IDLE": claim.idle = try line.span()
      case "TIME": claim.idle = (now - .zero) - (try line.span())
      case "RETRYCOUNT": claim.retryCount = try line.integer()
      case "FORCE": claim.force = true
      case "JUSTID": claim.justID = true
      case "LASTID":
        let id = try RedisWords.id(try line.need())
        stream.groups[index].lastDelivered = max(stream.groups[index].lastDelivered, id)
      default: throw RedisComplaint("ERR Unrecognized XCLAIM option '\(word)'")
      }
    }
    let claimed = stream.claim(index, for: consumer, ids, claim, at: now)
    streams[key] = stream
    return .array(claimed.map { Self.reply($0, in: stream, justID: claim.justID) })
  }

  mutating func autoClaim(
    _ line: inout RedisWords, at now: Instant
  ) throws(RedisComplaint) -> RedisAnswer {
    var (key, stream, index) = try found(&line)
    let consumer = try line.need()
    var claim = RedisClaim()
    claim.minIdle = max(.zero, try line.span())
    let start = try RedisWords.bound(try line.need(), isFirst: true)
    let count = line.take("COUNT") ? try line.integer() : 100
    claim.justID = line.take("JUSTID")
    guard count > 0 else { throw RedisComplaint("ERR COUNT must be > 0") }
    let result = stream.autoClaim(
      index, for: consumer, from: start, count: count, claim, at: now)
    streams[key] = stream
    return .array([
      .bulk("\(result.cursor)"),
      .array(result.claimed.map { Self.reply($0, in: stream, justID: claim.justID) }),
      .array(result.deleted.map { .bulk("\($0)") }),
    ])
  }

  private static func reply(
    _ id: RedisStreamID, in stream: RedisStream, justID: Bool
  ) -> RedisAnswer {
    guard !justID, let entry = stream.entry(id) else { return .bulk("\(id)") }
    return reply(entry)
  }
}
