import Kernel
import Patterns
import Testing

@Suite("ZooKeeper's server by itself")
struct ZooKeeperServerTests {
  private let one = ZooKeeperSessionID(1)
  private let two = ZooKeeperSessionID(2)

  /// A server with two sessions and the node `/a`.
  private func server() -> ZooKeeperServer {
    var server = ZooKeeperServer()
    for _ in 0..<2 { _ = server.step(.connect(timeout: .seconds(10)), at: .zero) }
    _ = server.step(.request(one, .create("/a")), at: .zero)
    return server
  }

  private func events(_ outputs: [ZooKeeperServer.Output]) -> [ZooKeeperEvent] {
    outputs.compactMap { if case .event(_, let event) = $0 { event } else { nil } }
  }

  @Test("a watch fires once, before the answer to the change, and once for data and children")
  func oneShot() {
    var server = server()
    _ = server.step(.request(two, .getData("/a", watch: true)), at: .zero)
    _ = server.step(.request(two, .getChildren("/a", watch: true)), at: .zero)
    let first = server.step(.request(one, .delete("/a")), at: .zero)
    #expect(events(first) == [ZooKeeperEvent(.deleted, "/a")])
    #expect(first.last == .reply(one, .done))
    _ = server.step(.request(one, .create("/a")), at: .zero)
    #expect(events(server.step(.request(one, .setData("/a", "x")), at: .zero)) == [])
  }

  @Test("a version that is not the node's is refused, for writes and for deletions")
  func versions() {
    var server = server()
    _ = server.step(.request(one, .setData("/a", "x")), at: .zero)
    for request in [
      ZooKeeperRequest.setData("/a", "y", version: 0), .delete("/a", version: 0),
    ] {
      #expect(
        server.step(.request(one, request), at: .zero).last
          == .reply(one, .failed(.badVersion)))
    }
    #expect(
      server.step(.request(one, .delete("/a", version: 1)), at: .zero).last == .reply(one, .done))
  }

  @Test("every message puts the end off; a session that was ended is told so", arguments: 1...3)
  func expiry(messages: Int64) {
    var server = server()
    for number in 1...messages {
      _ = server.step(.request(one, .ping), at: .zero + .seconds(number * 9))
    }
    let last = Instant.zero + .seconds(messages * 9)
    let early = server.step(.wake, at: last + .seconds(10))
    #expect(!early.contains(.expired(one, nodes: 0)))
    let late = server.step(.request(one, .ping), at: last + .seconds(12))
    #expect(late.contains(.expired(one, nodes: 0)))
    #expect(late.last == .reply(one, .failed(.sessionExpired)))
  }

  @Test("paths that are none are refused", arguments: ["", "a", "/a/", "//a", "/a/./b", "/.."])
  func paths(path: String) {
    var server = server()
    let outputs = server.step(.request(one, .create(path)), at: .zero)
    #expect(
      outputs.contains(.reply(one, .failed(.badArguments)))
        || outputs.contains(.reply(one, .failed(.noNode))))
    #expect(server.nodes.map(\.path) == ["/", "/a"])
  }
}
