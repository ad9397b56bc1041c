import Foundation
import Kernel
import Patterns
import Simulation
import Recordings
import Testing

/// The recorded lives of leases.
@Suite("etcd as recorded: leases")
struct EtcdLeaseTests {
  @Test(
    "the shortest time to live, and what errors say",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-lease-minimum-ttl"))
  func minimumTTL(recording: Recording) throws {
    var host = EtcdHost(size: recording.nodes, options: recording.options)
    host.settle()
    let rows = try #require(recording.observed.items)
    #expect(!rows.isEmpty)
    for row in rows {
      if let requested = row["requested"]?.integer {
        let reply = host.call(.leaseGrant(0, ttl: Int64(requested)))
        #expect(try granted(reply, requested).agrees(with: row), "grant of \(requested)")
      } else {
        let member = try #require(row.members.first)
        let seen = try special(member.name, &host, member.value)
        #expect(seen.agrees(with: member.value), "\(member.name): \(seen)")
      }
    }
    #expect(host.violation == nil)
  }

  private func granted(_ reply: EtcdHost.Reply, _ requested: Int) throws -> JSONText {
    let result = try #require(reply.result)
    var members: [(String, JSONText?)] = [("requested", .number(requested))]
    switch result {
    case .success(let response):
      guard case .leaseGranted(_, let ttl) = response.body else { return .null }
      members += [("status", .number(200)), ("granted", .number(Int(ttl))), ("error", .null)]
    case .failure(let error):
      members += [("status", .number(error.httpStatus)), ("granted", .null)]
      members.append(("error", .text(error.text)))
    }
    return .object(members)
  }

  /// The rows that name a situation instead of a time to live.
  private func special(
    _ name: String, _ host: inout EtcdHost, _ recorded: JSONText
  ) throws -> JSONText {
    let unknown: EtcdLeaseID = 424_242
    switch name {
    case "grant the same ID twice":
      let first = host.call(.leaseGrant(777, ttl: 10))
      let second = host.call(.leaseGrant(777, ttl: 10))
      return .list([.number(first.status)] + second.statusAndError)
    case "put with unknown lease":
      return .list(host.call(.operation(.put("k", "1", lease: unknown))).statusAndError)
    case "timetolive unknown":
      let reply = host.call(.leaseTimeToLive(unknown))
      return .list([.number(reply.status), reply.json["TTL"] ?? .null, reply.error])
    case "keepalive unknown":
      let reply = host.call(.leaseKeepAlive(unknown))
      return .list([.number(reply.status), reply.json, reply.error])
    case "revoke unknown":
      return .list(host.call(.leaseRevoke(unknown)).statusAndError)
    default:
      throw EtcdStepReader.Unreadable(step: name, reason: "unknown situation")
    }
  }

  @Test(
    "how long after its time a lease lingers",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-lease-expiry-latency"))
  func expiryLatency(recording: Recording) throws {
    let steps = try #require(recording.steps.string)
    let ttl = try #require(recording.configuration["TTL"]?.integer)
    let count = try #require(recording.configuration["leases"]?.integer)
    let gap = try #require(number(in: steps, "([0-9]+)\\+? ms apart"))
    let poll = TimeSpan.milliseconds(Int64(try #require(number(in: steps, "every ([0-9]+) ms"))))
    var host = EtcdHost(size: recording.nodes, options: recording.options)
    host.settle()
    var grants: [(key: String, at: Instant)] = []
    for number in 0..<count {
      let lease = EtcdLeaseID(number + 1)
      let at = host.now
      #expect(host.call(.leaseGrant(lease, ttl: Int64(ttl))).status == 200)
      #expect(host.call(.operation(.put("k/\(number)", "1", lease: lease))).status == 200)
      grants.append(("k/\(number)", at))
      host.pass(.milliseconds(Int64(gap)) - (host.now - at))
    }
    var lives: [Double] = []
    while !grants.isEmpty, lives.count < count {
      let present = host.keys(.prefix("k/"))
      for grant in grants where !present.contains(grant.key) {
        lives.append((host.now - grant.at).seconds)
      }
      grants.removeAll { !present.contains($0.key) }
      host.pass(poll)
    }
    // The bounds are of what a client saw that asks only every so often.
    let slack = poll.seconds
    let least = try #require(recording.bounds["min_s"]?.double)
    let most = try #require(recording.bounds["max_s"]?.double)
    #expect(lives.count == count)
    #expect(try #require(lives.min()) >= Double(ttl), "a lease ended early")
    #expect(try #require(lives.min()) >= least - slack, "\(lives.min() ?? 0)")
    #expect(try #require(lives.max()) <= most + slack, "\(lives.max() ?? 0)")
    let median = lives.sorted()[lives.count / 2]
    let medians = (recording.observed.items ?? []).compactMap {
      $0["seconds_from_grant_to_key_gone"]?["p50"]?.double
    }
    #expect(medians.contains { abs($0 - median) < 0.1 }, "median \(median)")
    #expect(host.violation == nil)
  }

  @Test(
    "a new leader starts every lease anew",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-leader-change-extends-leases"))
  func leaderChange(recording: Recording) throws {
    var story = try LeaderChangeStory(recording)
    try story.run(seeds: 1...32)
    let rows = try #require(recording.observed.items)
    for row in rows {
      for member in row.members {
        let found = story.seen[member.name]
        let isKnown = found != nil || story.isTiming(member.name)
        #expect(isKnown, "unknown figure \(member.name)")
        if let found { #expect(found == [member.value.string ?? ""], "\(member.name)") }
      }
    }
    try story.compareTimes(with: rows, recording.bounds)
  }
}

extension Recording {
  var nodes: Int { configuration["nodes"]?.integer ?? 1 }

  /// The server's options as far as the recording names them.
  var options: EtcdServerOptions {
    var options = EtcdServerOptions()
    if let span = configuration["election-timeout_ms"]?.integer {
      options.electionTimeout = .milliseconds(Int64(span))
    }
    if let span = configuration["heartbeat-interval_ms"]?.integer {
      options.heartbeatInterval = .milliseconds(Int64(span))
    }
    return options
  }
}

extension EtcdHost.Reply {
  /// The HTTP status, 0 when no answer came.
  var status: Int {
    switch result {
    case .none: 0
    case .success: 200
    case .failure(let error): error.httpStatus
    }
  }

  var error: JSONText {
    if case .failure(let error) = result { .text(error.text) } else { .null }
  }

  var json: JSONText {
    if case .success(let response) = result { EtcdReply.json(response) } else { .null }
  }

  var statusAndError: [JSONText] { [.number(status), error] }
}

extension EtcdHost {
  /// The keys that a linearizable read of `range` finds.
  mutating func keys(_ range: EtcdKeyRange, patience: TimeSpan = .seconds(60)) -> [String] {
    guard case .success(let response) = call(.operation(.range(range)), patience: patience).result,
      case .operation(.range(let found)) = response.body
    else { return [] }
    return found.keyValues.map(\.key)
  }
}

/// The first number that `pattern` captures in `text`.
func number(in text: String, _ pattern: String) -> Double? {
  guard let expression = try? NSRegularExpression(pattern: pattern),
    let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)),
    let range = Range(match.range(at: 1), in: text)
  else { return nil }
  return Double(text[range])
}
