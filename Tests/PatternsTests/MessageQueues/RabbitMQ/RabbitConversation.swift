import Kernel
import Patterns
import Recordings

/// A recording told as a conversation with one queue: fetch, settle, hang up.
///
/// A step is a sentence of clauses such as `nack requeue m2; get 4`. What is fetched is reported as
/// body, redelivered flag and how many wait, null where nothing was.
struct RabbitConversation {
  private var lab = RabbitLab()
  /// The tag under which each message is held.
  private var tags: [String: Int] = [:]
  private var isReady = false
  private var connection = 1
  private let recording: Recording

  init(_ recording: Recording) { self.recording = recording }

  private var channel: RabbitChannelID {
    RabbitChannelID(client: RabbitLab.channel.client, connection: connection)
  }

  /// The messages that must have been there: m1 to the highest that was seen.
  private mutating func prepare() {
    guard !isReady else { return }
    isReady = true
    let text = recording.observed.description
    let numbers = text.split { !$0.isLetter && !$0.isNumber }.compactMap { word in
      word.first == "m" ? Int(word.dropFirst()) : nil
    }
    let isClassic = !recording.setting.contains("quorum")
    lab.declare("q", RabbitQueueArguments(isClassic ? .classic : .quorum))
    lab.pass(.seconds(3))
    for number in 1...max(1, numbers.max() ?? 1) { lab.publish("m\(number)", to: "q") }
  }

  mutating func carryOut(_ step: String) throws -> [JSONText] {
    prepare()
    var seen: [JSONText]?
    let bare = Self.withoutNotes(step)
    for clause in bare.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      let words = clause.split(separator: " ").map(String.init)
      if let count = try fetchCount(words, step) {
        seen = (seen ?? []) + fetch(count)
      } else {
        try settle(words, step)
      }
    }
    guard let seen else { throw UnreadStep(step) }
    return [.list(seen)]
  }

  /// `get 4` is 4; `get` and `new connection gets` are until nothing comes.
  private func fetchCount(_ words: [String], _ step: String) throws -> Int?? {
    guard let place = words.firstIndex(where: { $0 == "get" || $0 == "gets" }) else { return nil }
    guard place + 1 < words.count else { return .some(nil) }
    guard let count = Int(words[place + 1]) else { throw UnreadStep(step) }
    return .some(count)
  }

  private mutating func fetch(_ count: Int?) -> [JSONText] {
    var seen: [JSONText] = []
    while seen.count < count ?? .max {
      guard let got = lab.get("q", on: channel) else {
        seen.append(.null)
        if count == nil { break }
        continue
      }
      let body = got.delivery.message.body
      tags[body] = got.delivery.tag
      seen.append(
        .list([.text(body), .flag(got.delivery.isRedelivered), .number(got.waiting)]))
    }
    return seen
  }

  private mutating func settle(_ words: [String], _ step: String) throws {
    guard let verb = words.first else { return }
    let named = words.filter { $0.first == "m" && Int($0.dropFirst()) != nil }
    let requeues = words.contains("requeue") && !words.contains("without")
    switch verb {
    case "ack":
      for tag in try meant(words, named, step) {
        lab.ask(.ack(tag, multiple: words.contains("multiple")), on: channel)
      }
    case "nack":
      for tag in try meant(words, named, step) {
        lab.ask(
          .nack(tag, multiple: words.contains("multiple"), requeue: requeues), on: channel)
      }
    case "reject":
      for tag in try meant(words, named, step) {
        lab.ask(.reject(tag, requeue: requeues), on: channel)
      }
    case "basic.recover": lab.ask(.recover, on: channel)
    case "close", "connection", "channel":
      lab.step(.disconnected(channel.client, upTo: connection))
      connection += 1
      lab.open(channel)
    default: throw UnreadStep(step)
    }
  }

  /// The tags that a clause means; 0 with `multiple all`.
  private func meant(_ words: [String], _ named: [String], _ step: String) throws -> [Int] {
    if words.contains("all") { return [0] }
    let tags = named.compactMap { self.tags[$0] }
    guard !tags.isEmpty, tags.count == named.count else { throw UnreadStep(step) }
    return tags
  }

  static func withoutNotes(_ step: String) -> String {
    var depth = 0
    return String(
      step.filter { character in
        if character == "(" { depth += 1 }
        defer { if character == ")" { depth -= 1 } }
        return depth == 0
      })
  }
}
