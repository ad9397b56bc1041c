import Kernel
import Patterns
import Recordings
import Testing

/// Leases are granted, the leader is killed some seconds later, another takes over: what the
/// leases then still have, and when the key of the shorter one goes.
struct LeaderChangeStory {
  let size: Int
  let options: EtcdServerOptions
  let ttls: [Int]
  let age: Double
  /// The texts seen under the recorder's names, over all runs.
  private(set) var seen: [String: Set<String>] = [:]
  private(set) var acceptedAfter: [Double] = []
  private(set) var goneAfter: [Double] = []

  init(_ recording: Recording) throws {
    size = recording.nodes
    options = recording.options
    let leases = try #require(recording.configuration["lease"]?.string)
    let steps = try #require(recording.steps.string)
    let short = try #require(number(in: leases, "TTL ([0-9]+) s"))
    let long = number(in: leases, "one of ([0-9]+) s")
    ttls = ([short] + (long.map { [$0] } ?? [])).map(Int.init)
    age = try #require(number(in: steps, "wait ([0-9.]+) s"))
  }

  mutating func run(seeds: ClosedRange<UInt64>) throws {
    for seed in seeds { try run(seed: seed) }
  }

  private mutating func run(seed: UInt64) throws {
    var host = EtcdHost(size: size, options: options, seed: seed)
    host.settle()
    host.pass(.milliseconds(Int64(seed % 10) * 37))
    let granted = host.now
    for (place, ttl) in ttls.enumerated() {
      let lease = EtcdLeaseID(place + 1)
      #expect(host.call(.leaseGrant(lease, ttl: Int64(ttl))).status == 200)
      let put = EtcdOperation.put("leased/\(ttl)", "1", lease: lease)
      #expect(host.call(.operation(put)).status == 200)
    }
    let current = host.leader
    let old = try #require(current)
    let survivor = NodeID((old.index + 1) % size)
    host.pass(TimeSpan(seconds: age))
    note(&host, "before", at: old)
    host.kill(old)
    let killed = host.now
    while host.call(.operation(.put("probe", "1")), at: survivor, patience: .seconds(1)).status
      != 200
    { if host.now - killed > .seconds(30) { break } }
    acceptedAfter.append((host.now - killed).seconds)
    note(&host, "after", at: survivor)
    seen["leader_killed_at_s_after_grant", default: []].insert(text(age))
    let key = "leased/\(ttls[0])"
    while host.keys(.prefix("leased/"), patience: .seconds(5)).contains(key) {
      host.pass(.milliseconds(20))
      if host.now - granted > .seconds(120) { break }
    }
    goneAfter.append((host.now - granted).seconds)
    #expect(host.violation == nil, "\(host.violation?.description ?? "")")
  }

  private mutating func note(_ host: inout EtcdHost, _ when: String, at server: NodeID) {
    for (place, ttl) in ttls.enumerated() {
      let reply = host.call(.leaseTimeToLive(EtcdLeaseID(place + 1)), at: server)
      let figure = reply.json["TTL"]?.string ?? "none"
      seen["ttl\(ttl)_lease_remaining_\(when)", default: []].insert(figure)
      seen["ttl\(ttl)_remaining_\(when)", default: []].insert(figure)
    }
  }

  private func text(_ figure: Double) -> String {
    figure == figure.rounded() ? "\(Int(figure))" : "\(figure)"
  }

  private var goneName: String { "ttl\(ttls[0])_key_gone_s" }

  /// Whether a figure is a time, which varies from run to run.
  func isTiming(_ name: String) -> Bool {
    name == "write_accepted_after_s" || name.hasPrefix(goneName)
  }

  /// Times vary with the moment of the election, so ours and theirs are held against each other:
  /// all lie in the window that the mechanism allows (the time to live, the age at the kill, an
  /// election, the extension by one more, half a second of looking), our range holds the middle of
  /// theirs, and at least half of ours are within the recorded bounds.
  func compareTimes(with rows: [JSONText], _ bounds: JSONText) throws {
    let election = options.electionTimeout.seconds
    let least = Double(ttls[0]) + age + election * 1.9
    let most = Double(ttls[0]) + age + election * 3.1 + 0.6
    var theirs: [Double] = []
    for row in rows {
      theirs += row.members.filter { $0.name.hasPrefix(goneName) }.compactMap(\.value.double)
      if let recorded = row["write_accepted_after_s"]?.double {
        #expect(try #require(acceptedAfter.min()) <= recorded + 0.1)
        #expect(try #require(acceptedAfter.max()) <= recorded + election)
      }
    }
    #expect(!theirs.isEmpty)
    for figure in theirs + goneAfter {
      #expect(figure >= least && figure <= most, "\(figure) s is not in \(least)...\(most)")
    }
    let middle = theirs.sorted()[theirs.count / 2]
    let (first, last) = (try #require(goneAfter.min()), try #require(goneAfter.max()))
    #expect(middle >= first && middle <= last, "\(middle) s is not in \(first)...\(last)")
    let ends = bounds[goneName]?.items?.compactMap(\.double)
    let range = try #require(ends)
    #expect(range.count == 2)
    let within = goneAfter.count { $0 >= range[0] - 0.02 && $0 <= range[1] + 0.02 }
    #expect(within * 2 >= goneAfter.count, "\(within) of \(goneAfter.count): \(goneAfter)")
  }
}
