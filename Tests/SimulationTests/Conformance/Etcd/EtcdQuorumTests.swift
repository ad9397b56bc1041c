import Kernel
import Patterns
import Simulation
import Recordings
import Testing

/// What a server answers that has lost the majority, call by call.
@Suite("etcd as recorded: no quorum")
struct EtcdQuorumTests {
  @Test(
    "calls at a server without a quorum, and after one returns",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("etcd-no-quorum"))
  func noQuorum(recording: Recording) throws {
    let steps = try #require(recording.steps.string)
    let runs = try #require(recording.observed.items)
    #expect(!runs.isEmpty)
    for (place, recorded) in runs.enumerated() {
      var host = EtcdHost(
        size: recording.nodes, options: recording.options, seed: UInt64(place + 1))
      host.settle()
      for key in ["_w", "k"] {
        #expect(host.call(.operation(.put(key, "1"))).status == 200)
      }
      host.pass(.milliseconds(300))
      let survivor = try cutOff(&host, steps)
      for member in recorded.members {
        let seen = try carryOut(member.name, at: survivor, &host, echo: recorded)
        let (isSame, ours) = compare(seen, with: member.value, recording.options)
        #expect(isSame, "\(member.name)\n  recorded \(member.value)\n  ours     \(ours)")
      }
      #expect(host.violation == nil)
    }
  }

  /// What a call came to.
  private enum Seen {
    case call(EtcdHost.Reply)
    case value(JSONText)
    case seconds(Double)
  }

  /// Kills all but one server; the recording says whether the leader is the one left.
  private func cutOff(_ host: inout EtcdHost, _ steps: String) throws -> NodeID {
    let current = host.leader
    let leader = try #require(current)
    let survivor: NodeID
    if steps.contains("surviving follower") {
      survivor = NodeID((leader.index + 1) % host.size)
    } else if steps.contains("surviving leader") {
      survivor = leader
    } else {
      throw EtcdStepReader.Unreadable(step: steps, reason: "who survives")
    }
    for node in (0..<host.size).map(NodeID.init) where node != survivor { host.kill(node) }
    return survivor
  }

  private func carryOut(
    _ name: String, at survivor: NodeID, _ host: inout EtcdHost, echo: JSONText
  ) throws -> Seen {
    // Only what came of the writes was recorded: one that was applied after all gave its value.
    let last = echo["k_after_recovery"]?["kvs"]?.items?.first?["value"]?.string
    let range = EtcdRangeRequest(EtcdKeyRange("k"))
    var local = range
    local.isSerializable = true
    switch name {
    case _ where name.hasPrefix("serializable_read"):
      return .call(host.call(.operation(.range(local)), at: survivor))
    case _ where name.hasPrefix("linearizable_read"):
      return .call(host.call(.operation(.range(range)), at: survivor))
    case _ where name.hasPrefix("put"):
      return .call(
        host.call(.operation(.put("k", last == "1" ? name : last ?? name)), at: survivor))
    case _ where name.hasPrefix("lease_grant"):
      return .call(host.call(.leaseGrant(0, ttl: 10), at: survivor))
    case "status_leader_field":
      let leader = host.call(.status, at: survivor).json["leader"]
      return .value(leader ?? .text("0 (absent)"))
    case "status_errors":
      return .value(host.call(.status, at: survivor).json["errors"] ?? .list([]))
    case "writable_again_after_one_returns_s":
      return .seconds(try returnOne(survivor, &host))
    case "k_after_recovery":
      return .value(host.call(.operation(.range(range)), at: survivor).json)
    default: throw EtcdStepReader.Unreadable(step: name, reason: "unknown call")
    }
  }

  /// Restarts one of the dead and waits until a put is taken.
  private func returnOne(_ survivor: NodeID, _ host: inout EtcdHost) throws -> Double {
    let start = host.now
    host.restart(NodeID((survivor.index + 1) % host.size))
    let put = host.call(.operation(.put("after", "1")), at: survivor)
    #expect(put.status == 200)
    return (host.now - start).seconds
  }

  private func compare(
    _ seen: Seen, with recorded: JSONText, _ options: EtcdServerOptions
  ) -> (Bool, JSONText) {
    switch seen {
    case .value(let value): return (value.agrees(with: recorded), value)
    case .seconds(let seconds):
      // Theirs holds the start of a process, ours an election that may have just begun.
      let most = (recorded.double ?? 0) + 2.2 * options.electionTimeout.seconds
      return (seconds > 0 && seconds <= most, .text("\(seconds) s"))
    case .call(let reply):
      let seconds = reply.elapsed.seconds
      let ours = JSONText.list(
        reply.statusAndError + [.text("\(seconds)"), reply.json])
      guard let cells = recorded.items, cells.count == 4 else { return (false, ours) }
      let isSame =
        cells[0].integer == reply.status && cells[1] == reply.error
        && abs((cells[2].double ?? -1) - seconds) <= 0.1 && reply.json.agrees(with: cells[3])
      return (isSame, ours)
    }
  }
}
