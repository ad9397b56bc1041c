import Kernel
import Testing

@testable import Patterns

@Suite("Sessions get their guarantees from any replica")
struct SessionTests {
  private func passed(_ outputs: [SessionServer.Output]) -> [SessionServer.Write] {
    outputs.compactMap { if case .pass(let write) = $0 { write } else { nil } }
  }

  @Test("a read after one's own write waits at a replica that does not have it, and is then served")
  func readYourWrites() {
    var home = SessionServer(NodeID(0), patience: .seconds(1))
    var away = SessionServer(NodeID(1), patience: .seconds(1))
    var session = SessionToken([.readYourWrites])
    let client = NodeID(9)
    let written = home.step(
      .asked(.init(1, key: 7, value: 42, session: session), from: client), at: .zero)
    session.wrote(Dot(NodeID(0), 1))
    let read = SessionServer.Request(2, key: 7, value: nil, session: session)
    let waits = away.step(.asked(read, from: client), at: .zero)
    #expect(waits == [.wakeMe(at: .zero + .seconds(1))])
    let served = away.step(
      .received(passed(written), applied: home.applied, from: NodeID(0)), at: .zero)
    let isAnswered = served.contains {
      if case .reply(2, .holds(let write, _), client) = $0 { write?.value == 42 } else { false }
    }
    #expect(isAnswered)
    // Without the guarantee the answer comes at once, and is stale.
    var stale = SessionServer(NodeID(2), patience: .seconds(1))
    var careless = SessionToken([])
    careless.wrote(Dot(NodeID(0), 1))
    let request = SessionServer.Request(3, key: 7, value: nil, session: careless)
    #expect(
      stale.step(.asked(request, from: client), at: .zero)
        == [.reply(3, .holds(nil, applied: VersionVector()), to: client)])
  }

  @Test("who does not wait is sent to a replica that has what is required")
  func redirects() {
    var server = SessionServer(NodeID(1), patience: .zero)
    _ = server.step(
      .received([], applied: VersionVector([NodeID(2): 3]), from: NodeID(2)), at: .zero)
    var session = SessionToken([.monotonicReads])
    session.read(VersionVector([NodeID(2): 3]))
    let request = SessionServer.Request(1, key: 1, value: nil, session: session)
    #expect(
      server.step(.asked(request, from: NodeID(9)), at: .zero)
        == [.reply(1, .askInstead(NodeID(2)), to: NodeID(9))])
    session.read(VersionVector([NodeID(3): 1]))
    let more = SessionServer.Request(2, key: 1, value: nil, session: session)
    #expect(
      server.step(.asked(more, from: NodeID(9)), at: .zero)
        == [.reply(2, .askInstead(nil), to: NodeID(9))])
  }

  @Test("each guarantee asks for its own vector")
  func requirements() {
    let own = VersionVector([NodeID(0): 2])
    let seen = VersionVector([NodeID(1): 5])
    func requirement(_ guarantee: SessionGuarantee, isWrite: Bool) -> VersionVector {
      var session = SessionToken([guarantee])
      session.wrote(Dot(NodeID(0), 2))
      session.read(seen)
      return session.requirement(isWrite: isWrite)
    }
    #expect(requirement(.readYourWrites, isWrite: false) == own)
    #expect(requirement(.monotonicReads, isWrite: false) == seen)
    #expect(requirement(.monotonicWrites, isWrite: true) == own)
    #expect(requirement(.writesFollowReads, isWrite: true) == seen)
    #expect(requirement(.readYourWrites, isWrite: true).isEmpty)
    #expect(requirement(.writesFollowReads, isWrite: false).isEmpty)
  }

  @Test("replicas apply every write after its past and end with the same", arguments: UInt64(1)...6)
  func replicas(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "sessions")
    var servers = (0..<3).map { SessionServer(NodeID($0), patience: .zero) }
    var sessions = [SessionToken](
      repeating: SessionToken(Set(SessionGuarantee.allCases)), count: 4)
    var network: [(SessionServer.Write, VersionVector, from: Int, to: Int)] = []
    var values: [Int: Int] = [:]
    for number in 0..<300 {
      let (client, place) = (random.below(4), random.below(3))
      let isWrite = random.chance(0.5)
      let request = SessionServer.Request(
        number, key: random.below(3), value: isWrite ? number : nil, session: sessions[client])
      for output in servers[place].step(.asked(request, from: NodeID(9)), at: .zero) {
        switch output {
        case .pass(let write):
          for other in 0..<3 where other != place {
            network.append((write, servers[place].applied, place, other))
          }
        case .reply(_, .written(let dot), _): sessions[client].wrote(dot)
        case .reply(_, .holds(_, let applied), _): sessions[client].read(applied)
        case .reply, .wakeMe: break
        }
      }
      while random.chance(0.6) || (number == 299 && !network.isEmpty) {
        guard !network.isEmpty else { break }
        let letter = network.remove(at: random.below(network.count))
        _ = servers[letter.to].step(
          .received([letter.0], applied: letter.1, from: NodeID(letter.from)), at: .zero)
        #expect(servers[letter.to].checkInvariants() == nil)
      }
    }
    for key in 0..<3 {
      let reads = servers.indices.map { place in
        servers[place].step(
          .asked(.init(0, key: key, value: nil, session: SessionToken([])), from: NodeID(9)),
          at: .zero)
      }
      #expect(reads[0] == reads[1] && reads[1] == reads[2])
      values[key] = key
    }
    #expect(servers[0].order.count > 50)
  }
}

@Suite("Causal broadcast")
struct CausalBroadcastTests {
  @Test("an answer that overtakes its question waits for it")
  func overtaking() {
    var asker = CausalBroadcast<String>(NodeID(0))
    var answerer = CausalBroadcast<String>(NodeID(1))
    var third = CausalBroadcast<String>(NodeID(2))
    guard case .send(let question)? = asker.step(.broadcast("?"), at: .zero).first else {
      Issue.record("a broadcast is sent")
      return
    }
    _ = answerer.step(.received(question), at: .zero)
    guard case .send(let answer)? = answerer.step(.broadcast("!"), at: .zero).first else {
      Issue.record("a broadcast is sent")
      return
    }
    #expect(third.step(.received(answer), at: .zero) == [])
    #expect(third.step(.received(question), at: .zero) == [.deliver(question), .deliver(answer)])
    #expect(third.step(.received(answer), at: .zero) == [])
  }

  @Test("every member delivers everything once, causes first", arguments: UInt64(1)...6)
  func randomOrder(seed: UInt64) {
    typealias Member = CausalBroadcast<Int>
    var random = RandomStream(seed: seed, name: "broadcast")
    var members = (0..<4).map { Member(NodeID($0)) }
    var network: [(Member.Message, Int)] = []
    var delivered = [[Member.Message]](repeating: [], count: 4)
    func carry(_ outputs: [Member.Output], of place: Int) {
      for output in outputs {
        switch output {
        case .send(let message):
          for other in 0..<4 where other != place { network.append((message, other)) }
        case .deliver(let message): delivered[place].append(message)
        }
      }
    }
    for number in 0..<200 {
      let place = random.below(4)
      carry(members[place].step(.broadcast(number), at: .zero), of: place)
      while random.chance(0.7) || (number == 199 && !network.isEmpty) {
        guard !network.isEmpty else { break }
        let chosen = random.below(network.count)
        let letter = network[chosen]
        if !random.chance(0.2) { network.remove(at: chosen) }
        carry(members[letter.1].step(.received(letter.0), at: .zero), of: letter.1)
        #expect(members[letter.1].checkInvariants() == nil)
      }
    }
    for messages in delivered {
      #expect(messages.count == 200 && Set(messages.map(\.payload)).count == 200)
      var past = VersionVector()
      for message in messages {
        #expect(past.covers(message.past))
        past.raise(message.dot.node, to: message.dot.counter)
      }
    }
  }
}
