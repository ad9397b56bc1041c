/// The binding key of a topic exchange: words between dots, where `*` stands for exactly one word
/// and `#` for any number of words, none included.
///
/// The empty key has no words at all, while `a.` has two, the second of them empty; a word that
/// merely contains a star is an ordinary word.
public struct RabbitTopicPattern: Sendable, Hashable {
  private let words: [Substring]

  /// The pattern written as `text`.
  public init(_ text: String) { words = Self.words(of: text) }

  /// Whether a message with `routingKey` matches.
  public func matches(_ routingKey: String) -> Bool {
    let key = Self.words(of: routingKey)
    // Which prefixes of the pattern match the words read so far.
    var reached = [Bool](repeating: false, count: words.count + 1)
    reached[0] = true
    skipHashes(&reached)
    for word in key {
      var next = [Bool](repeating: false, count: words.count + 1)
      for (place, pattern) in words.enumerated() where reached[place] {
        if pattern == "#" {
          next[place] = true
        } else if pattern == "*" || pattern == word {
          next[place + 1] = true
        }
      }
      skipHashes(&next)
      reached = next
    }
    return reached[words.count]
  }

  private func skipHashes(_ reached: inout [Bool]) {
    for (place, word) in words.enumerated() where reached[place] && word == "#" {
      reached[place + 1] = true
    }
  }

  private static func words(of text: String) -> [Substring] {
    text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false)
  }
}
