import Foundation
import Kernel
import Testing

@testable import Drills
@testable import Patterns

/// Replays a recorded transcript of commands at the nodes of a Redis cluster.
private struct TranscriptReplay {
  private let file: String
  private let names: [String]
  private var nodes: RedisNodes
  private var hasMet = false
  /// `host:port` words of MIGRATE stand for the node that the slot goes to.
  private let options: RedisClusterOptions

  init(_ file: String, configuration: [String: Any]) throws {
    self.file = file
    guard let text = configuration["nodes"] as? String else {
      throw ShardingRecordings.Unreadable("\(file): the configuration names no nodes")
    }
    var names: [String] = []
    var slots: [[ClosedRange<Int>]] = []
    var options = RedisClusterOptions()
    for part in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      let words = part.split(separator: " ").map(String.init)
      if words.count >= 3, words[1] == "owns" {
        names.append(words[0])
        slots.append(try words.dropFirst(2).filter { $0 != "slots" }.map { try Self.run($0, file) })
      } else {
        try Self.set(words, &options, file)
      }
    }
    self.names = names
    self.options = options
    let made = names.indices.map { index in
      RedisClusterNode(
        NodeID(index), slots: slots[index], options,
        random: RandomStream(seed: 1, name: "node/\(names[index])"))
    }
    nodes = RedisNodes(
      made, latency: .microseconds(20) ... .microseconds(80), seed: 1)
    for index in names.indices {
      guard slots[index].isEmpty else { continue }
      throw ShardingRecordings.Unreadable("\(file): \(names[index]) owns nothing")
    }
    nodes.run(until: .zero + .seconds(1))
  }

  private static func run(_ text: String, _ file: String) throws -> ClosedRange<Int> {
    let ends = text.split(separator: "-").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else {
      throw ShardingRecordings.Unreadable("\(file): '\(text)' is no run of slots")
    }
    return first...last
  }

  private static func set(
    _ words: [String], _ options: inout RedisClusterOptions, _ file: String
  ) throws {
    switch (words.first ?? "", words.count > 1 ? words[1] : "") {
    case ("cluster-node-timeout", let value):
      guard let milliseconds = Int64(value) else { fallthrough }
      options.nodeTimeout = .milliseconds(milliseconds)
    case ("cluster-require-full-coverage", "yes"): options.requiresFullCoverage = true
    case ("cluster-require-full-coverage", "no"): options.requiresFullCoverage = false
    case ("cluster-allow-reads-when-down", "yes"): options.allowsReadsWhenDown = true
    case ("cluster-allow-reads-when-down", "no"): options.allowsReadsWhenDown = false
    default:
      throw ShardingRecordings.Unreadable("\(file): '\(words.joined(separator: " "))' is unknown")
    }
  }

  /// Sends one recorded command and compares the answer.
  ///
  /// The recording begins with nodes that know only their own slots: a command that finds its slot
  /// unserved shows that they have not met. With the first other answer about a key they have.
  mutating func replay(_ node: String, _ command: String, expecting expected: Any) throws {
    if node == "-" { return try act(on: command) }
    guard let index = names.firstIndex(of: node) else {
      throw ShardingRecordings.Unreadable("\(file): there is no node \(node)")
    }
    let words = self.words(command)
    let isUnbound = (expected as? String) == "-CLUSTERDOWN Hash slot not served"
    let touchesKeys = RedisCommand(words).map { !$0.keys.isEmpty } ?? false
    if !hasMet, !isUnbound, touchesKeys { meet() }
    var sent = words
    var field: String?
    if words.count == 3, words[0].uppercased() == "CLUSTER", words[1].uppercased() == "INFO" {
      sent = Array(words.prefix(2))
      field = words[2]
    }
    guard let reply = nodes.command(sent, to: NodeID(index)) else {
      Issue.record("\(file): \(node) \(command) got no answer")
      return
    }
    var text = Self.text(reply, names)
    if let field, case .bulk(let lines) = reply {
      text = lines.split(separator: "\n").map(String.init).first { $0.hasPrefix(field + ":") } ?? ""
    }
    #expect(text == Self.text(recorded: expected), "\(file): \(node) \(command)")
    // Give what a command set off (epochs, gossip) the time a person at the prompt takes.
    nodes.run(until: nodes.now + .milliseconds(50))
  }

  private mutating func meet() {
    hasMet = true
    for left in names.indices {
      for right in names.indices where left < right {
        nodes.meet(NodeID(left), NodeID(right))
      }
    }
    nodes.run(until: nodes.now + options.nodeTimeout + .seconds(6))
  }

  /// Acts on a note between commands, such as `-- stop B, wait 4 s --`.
  private mutating func act(on note: String) throws {
    let inner = note.replacing("--", with: "").trimmingCharacters(in: .whitespaces)
    for part in inner.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      let words = part.split(separator: " ").map(String.init)
      switch words.first {
      case "begin", "end", "finish": continue
      case "stop", "kill", "pause", "start", "restart", "resume":
        guard words.count == 2, let index = names.firstIndex(of: words[1]) else { fallthrough }
        if ["stop", "kill", "pause"].contains(words[0]) {
          nodes.stop(NodeID(index))
        } else {
          nodes.start(NodeID(index))
        }
      case "wait":
        guard words.count == 3, let span = TimeSpan(text: words[1] + words[2]) else { fallthrough }
        nodes.run(until: nodes.now + span)
      default: throw ShardingRecordings.Unreadable("\(file): cannot act on '\(note)'")
      }
    }
  }

  private func words(_ command: String) -> [String] {
    command.split(separator: " ", omittingEmptySubsequences: false).map { word in
      if word.hasPrefix("<id-"), word.hasSuffix(">"),
        let index = names.firstIndex(of: String(word.dropFirst(4).dropLast()))
      {
        return RedisClusterNode.name(of: NodeID(index))
      }
      return String(word)
    }
  }

  private static func text(_ reply: RedisReply, _ names: [String]) -> String {
    switch reply {
    case .simple(let text), .bulk(let text): text
    case .error(let text): "-" + text
    case .integer(let number): "\(number)"
    case .null: "null"
    case .array(let replies):
      "[" + replies.map { Self.text($0, names) }.joined(separator: ",") + "]"
    case .moved(let slot, let node): "-MOVED \(slot) <\(names[node.index])>"
    case .ask(let slot, let node): "-ASK \(slot) <\(names[node.index])>"
    }
  }

  private static func text(recorded: Any) -> String {
    switch recorded {
    case let texts as [Any]: "[" + texts.map(text(recorded:)).joined(separator: ",") + "]"
    case is NSNull: "null"
    case let number as NSNumber: number.stringValue
    default: "\(recorded)"
    }
  }
}

@Suite("Redis Cluster redirections as recorded")
struct RedisTranscriptConformanceTests {
  static let files = ShardingRecordings.files("redis-moved-ask-transcript")

  @Test(
    "every answer is the recorded one",
    .enabled(if: !files.isEmpty, "no recordings beside the repository"), arguments: files)
  func transcript(file: String) throws {
    let recording = try ShardingRecordings.read(file)
    guard let configuration = recording["configuration"] as? [String: Any],
      let rows = recording["observed"] as? [[Any]], !rows.isEmpty
    else { throw ShardingRecordings.Unreadable("\(file) has no configuration or observes nothing") }
    var replay = try TranscriptReplay(file, configuration: configuration)
    for row in rows {
      guard row.count == 3, let node = row[0] as? String, let command = row[1] as? String else {
        throw ShardingRecordings.Unreadable("\(file): \(row) is no command with its answer")
      }
      try replay.replay(node, command, expecting: row[2])
    }
  }
}
