import Blueprints

/// The words of a line of a design's short form.
enum SketchWords {
  /// A line in words: arrows apart, numbers with their units, brackets whole, commas gone.
  static func split(_ line: String) -> [String] {
    var text = line.replacing("->", with: " -> ").replacing("→", with: " -> ")
    text = text.replacing("×", with: "x").replacing("@", with: " @ ").replacing("=", with: " ")
    var words: [String] = []
    var depth = 0
    for part in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      if depth > 0, let last = words.popLast() {
        words.append(last + " " + part)
      } else {
        words += part.hasSuffix(",") && !part.contains("(") ? [String(part.dropLast())] : [part]
      }
      depth += part.count { $0 == "(" } - part.count { $0 == ")" }
    }
    return joined(words.filter { !$0.isEmpty })
  }

  private static let units = ["ns", "us", "ms", "s", "m", "min", "h", "d", "%", "/s"]

  /// `5 ms` is one word, and so is `x 20`.
  private static func joined(_ words: [String]) -> [String] {
    var joined: [String] = []
    for word in words {
      guard let last = joined.last else {
        joined.append(word)
        continue
      }
      let isUnit = units.contains(word) && last.allSatisfy { $0.isNumber || $0 == "." }
      let isCount = last == "x" && word.allSatisfy(\.isNumber)
      if isUnit || isCount { joined[joined.count - 1] = last + word } else { joined.append(word) }
    }
    return joined
  }

  /// `x20` or `20x` as 20.
  static func count(_ word: String) -> Int? {
    if word.first == "x", let count = Int(word.dropFirst()) { return count }
    if word.last == "x", let count = Int(word.dropLast()) { return count }
    return nil
  }

  /// A name as designs take it: lower case, `_` for `-`; nil when it cannot be one.
  static func name(_ word: String) -> String? {
    let name = word.lowercased().replacing("-", with: "_")
    let isFine = name.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 95
    }
    guard isFine, let first = name.utf8.first, (97...122).contains(first) else { return nil }
    return name
  }

  /// The kind that a word means: the kind itself, or a usual word for it.
  static func kind(_ word: String) -> ComponentKind? {
    let word = word.lowercased()
    let name = aliases[word] ?? word.replacing("_", with: "-")
    return ComponentKind.all.first { $0.name == name }
  }

  /// The kind that a component is taken for by its name: its last words, then a plain service.
  static func kind(ofName name: String) -> (kind: ComponentKind, isGuess: Bool)? {
    let parts = name.split(separator: "_").map(String.init)
    for first in parts.indices {
      if let kind = kind(parts[first...].joined(separator: "_")) { return (kind, false) }
    }
    return ComponentKind.all.first { $0.name == "service" }.map { ($0, true) }
  }

  /// Whether a word stands for whoever brings the load.
  static func isEverybody(_ name: String) -> Bool {
    ["clients", "users", "client", "user", "people", "phones", "fans", "viewers"].contains(name)
  }

  static let aliases: [String: String] = [
    "lb": "load-balancer", "balancer": "load-balancer", "gateway": "api-gateway",
    "db": "database", "sql": "database", "postgres": "database", "mysql": "database",
    "redis": "cache", "memcached": "cache", "kv": "key-value-store", "dynamo": "key-value-store",
    "store": "key-value-store", "cassandra": "wide-column-store", "s3": "object-store",
    "blobs": "object-store", "objects": "object-store", "origin": "object-store",
    "kafka": "log", "worker": "workers", "auth": "auth-service", "limiter": "rate-limiter",
    "edge": "edge-server", "boxes": "edge-server", "box": "edge-server",
    "ids": "id-generator", "registry": "service-registry", "push": "push-gateway",
    "bank": "payment-provider", "provider": "payment-provider", "server": "service",
    "api": "service", "app": "service", "apns": "notifier", "transcoder": "encoder",
    "config": "config-service", "search": "search-index", "index": "search-index",
  ]
}
