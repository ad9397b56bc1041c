import Kernel
import Patterns
import Testing

/// Vectors of rabbitmq-website docs/exchanges.md, and topic patterns against a naive matcher.
@Suite struct RabbitRoutingTests {
  @Test(
    "topic patterns match as the documentation says",
    arguments: [
      ("regions.na.cities.*", "regions.na.cities.toronto", true),
      ("regions.na.cities.*", "regions.na.cities", false),
      ("audit.events.#", "audit.events", true),
      ("audit.events.#", "audit.events.users.signup", true),
      ("audit.events.#", "audit.users", false),
      ("#", "any.thing", true),
    ])
  func documented(_ pattern: String, _ key: String, _ matches: Bool) {
    #expect(RabbitTopicPattern(pattern).matches(key) == matches)
  }

  @Test("patterns match what a matcher by plain recursion does", arguments: 1...20)
  func againstRecursion(_ seed: UInt64) {
    var random = RandomStream(seed: seed, name: "topic")
    for _ in 0..<300 {
      let pattern = words(from: ["a", "b", "*", "#", ""], &random)
      let key = words(from: ["a", "b", "c", ""], &random)
      let left = pattern.joined(separator: ".")
      let right = key.joined(separator: ".")
      let expected = Self.matches(
        left.isEmpty ? [] : pattern[...], right.isEmpty ? [] : key[...])
      #expect(
        RabbitTopicPattern(left).matches(right) == expected, "'\(left)' against '\(right)'")
    }
  }

  private func words(from alphabet: [String], _ random: inout RandomStream) -> [String] {
    (0..<random.below(6)).map { _ in alphabet[random.below(alphabet.count)] }
  }

  private static func matches(_ pattern: ArraySlice<String>, _ key: ArraySlice<String>) -> Bool {
    guard let first = pattern.first else { return key.isEmpty }
    let rest = pattern.dropFirst()
    if first == "#" {
      return (0...key.count).contains { matches(rest, key.dropFirst($0)) }
    }
    guard let word = key.first else { return false }
    return (first == "*" || first == word) && matches(rest, key.dropFirst())
  }
}
