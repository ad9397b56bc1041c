import Foundation
import Kernel
import Progress
import Testing

/// Documents that `importLog` must not take: refused with the place, and nothing half applied.
@Suite struct ImportTests {
  private let good = """
    {"id": "018f00000000700080000000000000aa", "action": "018f00000000700080000000000000aa", \
    "device": "desk", "at": 1767254400000, "stamp": 1767254400000, "kind": "review", \
    "payload": {"card": "c1", "rating": "good"}}
    """

  private func document(_ events: String...) -> String {
    """
    {
      "format": "drillhall-progress",
      "version": 1,
      "events": [
        \(events.joined(separator: ",\n    "))
      ]
    }
    """
  }

  private func refusal(_ text: String) throws -> Diagnostic {
    let store = try ProgressStore.test()
    try store.append(.moved(Place(topic: "t", step: "s")))
    let before = try store.exportLog()
    let error = #expect(throws: Diagnostic.self) {
      try store.importLog(Array(text.utf8), file: "laptop.json")
    }
    #expect(try store.exportLog() == before)
    return try #require(error)
  }

  @Test func `the smallest good document is taken`() throws {
    let store = try ProgressStore.test()
    #expect(try store.importLog(Array(document(good).utf8)).addedCount == 1)
    #expect(try store.state(of: .card("c1")) != nil)
    #expect(try store.importLog(Array(document().utf8)).addedCount == 0)
  }

  @Test(
    "each kind of break is named with its place",
    arguments: [
      ("\"rating\": \"good\"", "\"rating\": \"goood\"", 6, "Did you mean 'good'?"),
      ("\"rating\": \"good\"", "\"rating\": 3", 6, "events[1].payload.rating is 3"),
      ("\"rating\": \"good\"", "\"ratings\": \"good\"", 6, "Did you mean 'rating'?"),
      ("\"card\": \"c1\", ", "", 6, "events[1].payload lacks the member 'card'"),
      ("\"card\": \"c1\"", "\"card\": \"\"", 6, "events[1].payload.card"),
      ("\"card\": \"c1\"", "\"card\": \"a\\nb\"", 6, "events[1].payload.card"),
      ("\"card\": \"c1\"", "\"card\": \"c1\", \"card\": \"c2\"", 6, "twice"),
      ("\"kind\": \"review\"", "\"kind\": \"reviews\"", 6, "Did you mean 'review'?"),
      ("\"at\": 1767254400000", "\"at\": -1", 6, "events[1].at"),
      ("\"at\": 1767254400000", "\"at\": 1e99999", 6, "too large"),
      ("\"stamp\": 1767254400000", "\"stamp\": 99999999999999999", 6, "events[1].stamp"),
      ("\"id\": \"018f", "\"id\": \"ZZZZ", 6, "events[1].id"),
      ("\"device\": \"desk\"", "\"device\": null", 6, "lacks the member 'device'"),
      ("\"device\": \"desk\"", "\"device\": \"\\ud800\"", 6, "names no character"),
      ("\"device\": \"desk\"", "\"device\": \"desk", 6, "',' or '}'"),
      ("}}", "}", 7, "',' or '}'"),
      ("}}", "}},", 7, "a value"),
    ])
  func broken(part: String, with other: String, line: Int, says: String) throws {
    let bad = good.replacingOccurrences(of: "0aa\"", with: "0bb\"")
      .replacingOccurrences(of: part, with: other)
    #expect(bad != good)
    let error = try refusal(document(good, bad))
    #expect(error.description.contains(says), "\(error)")
    #expect(error.file == "laptop.json" && error.line == line, "\(error)")
    #expect(error.column != nil)
  }

  @Test(
    "what is no exported progress at all",
    arguments: [
      ("", "ends too early"), ("[]", "is a list"), ("{}", "lacks the member"),
      ("{} x", "end of the text"),
      ("{\"format\": \"other\"}", "no exported progress"),
      ("{\"format\": \"drillhall-progress\"}", "lacks the member 'version'"),
      (String(repeating: "[", count: 100_000), "nested too deeply"),
      ("{\"format\": \"drillhall-progress\", \"version\": 1, \"events\": {}}", "expected a list"),
    ])
  func other(text: String, says: String) throws {
    let error = try refusal(text)
    #expect(error.description.lowercased().contains(says.lowercased()), "\(error)")
  }

  @Test func `a newer document is refused as such`() throws {
    let newer = document(good).replacingOccurrences(of: "\"version\": 1", with: "\"version\": 4")
    let error = try refusal(newer)
    #expect(error.message.contains("newer Drillhall") && error.line == 3)
  }

  @Test func `an event that contradicts the log is refused with the rest of its document`() throws {
    let store = try ProgressStore.test()
    try store.importLog(Array(document(good).utf8))
    let before = try store.exportLog()
    let new = good.replacingOccurrences(of: "0aa\"", with: "0cc\"")
    let forged = good.replacingOccurrences(of: "\"good\"", with: "\"easy\"")
    let error = #expect(throws: Diagnostic.self) {
      try store.importLog(Array(document(new, forged).utf8))
    }
    #expect(error?.line == 6)
    #expect(try store.exportLog() == before)
  }

  @Test func `text that is no UTF-8 is refused`() throws {
    let store = try ProgressStore.test()
    var bytes = Array(document(good).utf8)
    let place = try #require(bytes.firstIndex(of: UInt8(ascii: "k")))
    bytes[place] = 0xff
    let error = #expect(throws: Diagnostic.self) { try store.importLog(bytes) }
    #expect(error?.message.contains("UTF-8") == true)
  }

  @Test(arguments: UInt64(1)...300)
  func `no damage to a document brings the reader down or the log into disorder`(
    seed: UInt64
  ) throws {
    var chance = RandomStream(seed: seed, name: "damage")
    var bytes = Array(document(good, good.replacingOccurrences(of: "0aa\"", with: "0bb\"")).utf8)
    for _ in 0...chance.below(3) {
      let place = chance.below(bytes.count)
      switch chance.below(3) {
      case 0: bytes[place] = UInt8(chance.below(256))
      case 1: bytes.remove(at: place)
      default: bytes = Array(bytes[..<place])
      }
    }
    let store = try ProgressStore.test()
    let result = try? store.importLog(bytes)
    #expect(try store.history(limit: .max).count == result?.addedCount ?? 0)
    try store.examine()
  }
}
