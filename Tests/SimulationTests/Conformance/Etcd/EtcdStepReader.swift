import Foundation
import Patterns

/// Reads the steps of recordings: `put a=1 {'prev_kv': True}`, `range k at revision 7`, `delete a`,
/// `txn if value(a)==9 then put a=10, del b else range a`, `compact 8`.
///
/// Throws on a word it does not know: a step that is passed over would be a test that cannot fail.
struct EtcdStepReader {
  struct Unreadable: Error, CustomStringConvertible {
    let step: String
    let reason: String

    var description: String { "cannot read the step '\(step)': \(reason)" }
  }

  let step: String
  private var words: Substring
  private var options: [String: String] = [:]

  /// The request that `step` stands for; `last` is the last transaction, for `txn same again`.
  static func request(
    _ step: String, last: EtcdTransaction? = nil
  ) throws -> EtcdRequest {
    var reader = try EtcdStepReader(step)
    return try reader.request(last)
  }

  private init(_ step: String) throws {
    self.step = step
    words = step[...]
    if let open = words.firstIndex(of: "{"), let close = words.lastIndex(of: "}"), open < close {
      options = Self.options(words[words.index(after: open)..<close])
      words = words[..<open]
    }
    if let comment = words.range(of: " ("), words.hasSuffix(")") {
      words = words[..<comment.lowerBound]
    }
    while words.last == " " { words.removeLast() }
  }

  private mutating func request(_ last: EtcdTransaction?) throws -> EtcdRequest {
    if words.hasPrefix("compact ") {
      let parts = words.split(separator: " ")
      guard let revision = parts.last.flatMap({ Int($0) }) else { throw unreadable("revision") }
      return .compact(revision)
    }
    guard words.hasPrefix("txn ") else { return .operation(try operation(String(words))) }
    if words == "txn same again" {
      guard let last else { throw unreadable("no transaction came before") }
      return .operation(.transaction(last))
    }
    return .operation(.transaction(try transaction(words.dropFirst("txn ".count))))
  }

  // MARK: Operations

  private func operation(_ text: String) throws -> EtcdOperation {
    var reader = self
    let plain = reader.takeTrailingOptions(text)
    return try reader.plainOperation(plain)
  }

  /// Takes options written as words at the end: `prev_kv`, `limit 2`, `limit=2`.
  private mutating func takeTrailingOptions(_ text: String) -> String {
    var words = text.split(separator: " ").map(String.init)
    let flags = [
      "prev_kv", "keys_only", "count_only", "serializable", "ignore_value", "ignore_lease",
    ]
    while words.count > 2, let last = words.last {
      let pair = last.split(separator: "=").map(String.init)
      if flags.contains(last) {
        options[last] = "True"
        words.removeLast()
      } else if words.count > 3, words.suffix(3).starts(with: ["at", "revision"]), Int(last) != nil
      {
        options["revision"] = last
        words.removeLast(3)
      } else if Self.numbers.contains(words[words.count - 2]), Int(last) != nil {
        options[words[words.count - 2]] = last
        words.removeLast(2)
      } else if pair.count == 2, Self.numbers.contains(pair[0]), Int(pair[1]) != nil {
        options[pair[0]] = pair[1]
        words.removeLast()
      } else if last == "with" || last == "and" {
        words.removeLast()
      } else {
        break
      }
    }
    return words.joined(separator: " ")
  }

  private static let numbers = ["limit", "lease"]

  private func plainOperation(_ text: String) throws -> EtcdOperation {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = parts.count > 1 ? parts[1] : ""
    switch parts.first {
    case "put": return .put(try put(rest))
    case "delete", "del":
      return .delete(try keys(rest), previous: options["prev_kv"] == "True")
    case "range", "get": return .range(try range(rest))
    default: throw unreadable("'\(text)' is no put, delete or range")
    }
  }

  private func put(_ text: String) throws -> EtcdPutRequest {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let key = Self.unquoted(String(parts.first ?? ""))
    var request = EtcdPutRequest(key, parts.count > 1 ? Self.unquoted(String(parts[1])) : "")
    for (name, value) in options {
      switch name {
      case "prev_kv": request.previous = value == "True"
      case "ignore_value": request.ignoreValue = value == "True"
      case "ignore_lease": request.ignoreLease = value == "True"
      case "lease": request.lease = EtcdLeaseID(value) ?? 0
      default: throw unreadable("option \(name) of put")
      }
    }
    return request
  }

  private func range(_ text: String) throws -> EtcdRangeRequest {
    var request = EtcdRangeRequest(try keys(text))
    for (name, value) in options { try set(name, value, of: &request) }
    return request
  }

  private func set(
    _ name: String, _ value: String, of request: inout EtcdRangeRequest
  ) throws {
    switch name {
    case "range_end": break
    case "limit": request.limit = Int(value) ?? 0
    case "revision": request.revision = Int(value) ?? 0
    case "serializable": request.isSerializable = value == "True"
    case "keys_only": request.keysOnly = value == "True"
    case "count_only": request.countOnly = value == "True"
    case "sort_order": request.order = EtcdRangeRequest.Order(rawValue: value) ?? .none
    case "sort_target": request.target = EtcdRangeRequest.Target(rawValue: value) ?? .key
    case "min_mod_revision": request.minModRevision = Int(value) ?? 0
    case "max_mod_revision": request.maxModRevision = Int(value) ?? 0
    case "min_create_revision": request.minCreateRevision = Int(value) ?? 0
    case "max_create_revision": request.maxCreateRevision = Int(value) ?? 0
    default: throw unreadable("option \(name) of range")
    }
  }

  /// `a`, `prefix x/`, `x/*`, `a..c`, `[a,c)`, or a key with the option `range_end`.
  private func keys(_ text: String) throws -> EtcdKeyRange {
    if let end = options["range_end"] {
      let key = Self.unquoted(text)
      return end == "\\0" || end == "\\x00"
        ? EtcdKeyRange(key, .onward) : EtcdKeyRange(key, .before(end))
    }
    if text == "all" { return EtcdKeyRange("\0", .onward) }
    if text.hasPrefix("range ") { return try keys(String(text.dropFirst(6))) }
    if text.hasPrefix("prefix ") { return .prefix(Self.unquoted(String(text.dropFirst(7)))) }
    if text.hasSuffix("*"), text.count > 1 { return .prefix(String(text.dropLast())) }
    if let dots = text.range(of: "..") {
      return EtcdKeyRange(
        String(text[..<dots.lowerBound]), .before(String(text[dots.upperBound...])))
    }
    if text.hasPrefix("["), text.hasSuffix(")"), let comma = text.firstIndex(of: ",") {
      let first = text[text.index(after: text.startIndex)..<comma]
      let end = text[text.index(after: comma)...].dropLast()
      return EtcdKeyRange(Self.trimmed(first), .before(Self.trimmed(end)))
    }
    guard !text.contains(" ") else { throw unreadable("'\(text)' is no key or range") }
    return EtcdKeyRange(Self.unquoted(text))
  }

  // MARK: Transactions

  private func transaction(_ text: Substring) throws -> EtcdTransaction {
    var text = String(text)
    var compares: [EtcdCompare] = []
    if text.hasPrefix("if ") {
      text.removeFirst(3)
      let end = text.range(of: " then ")?.lowerBound ?? text.range(of: " else ")?.lowerBound
      for part in Self.parts(String(text[..<(end ?? text.endIndex)]), by: " and ") {
        compares.append(try compare(part))
      }
      text = String(text[(end ?? text.endIndex)...])
    }
    var success = text
    var failure = ""
    if let other = text.range(of: " else ") {
      success = String(text[..<other.lowerBound])
      failure = String(text[other.upperBound...])
    }
    if let then = success.range(of: "then ") { success = String(success[then.upperBound...]) }
    var transaction = EtcdTransaction(
      if: compares, then: try operations(success), else: try operations(failure))
    if failure.isEmpty, let key = Self.keyToCreate(compares), !transaction.success.isEmpty {
      // Get or create: the recorder reads the key in the other branch without saying so.
      transaction.failure = [.range(EtcdKeyRange(key))]
    }
    return transaction
  }

  /// The key of `create(key)==0` or `version(key)==0`, when that is all that is compared.
  private static func keyToCreate(_ compares: [EtcdCompare]) -> String? {
    guard compares.count == 1, compares[0].relation == .equal else { return nil }
    switch compares[0].target {
    case .create(0), .version(0): return compares[0].keys.key
    case .create, .version, .value, .mod, .lease: return nil
    }
  }

  private func operations(_ text: String) throws -> [EtcdOperation] {
    try Self.parts(text, by: ",").map(operation)
  }

  private func compare(_ text: String) throws -> EtcdCompare {
    let relations: [(String, EtcdCompare.Relation)] = [
      ("==", .equal), ("!=", .notEqual), (">", .greater), ("<", .less), ("=", .equal),
    ]
    guard let open = text.firstIndex(of: "("), let close = text.firstIndex(of: ")"),
      let relation = relations.first(where: { text[close...].dropFirst().hasPrefix($0.0) })
    else { throw unreadable("comparison '\(text)'") }
    let keys = EtcdKeyRange(String(text[text.index(after: open)..<close]))
    let constant = Self.unquoted(
      Self.trimmed(text[close...].dropFirst(1 + relation.0.count)))
    func target(_ make: (Int) -> EtcdCompare.Target) throws -> EtcdCompare {
      guard let number = Int(constant) else { throw unreadable("number '\(constant)'") }
      return EtcdCompare(keys, relation.1, make(number))
    }
    switch text[..<open] {
    case "value": return EtcdCompare(keys, relation.1, .value(constant))
    case "create", "create_revision": return try target { .create($0) }
    case "mod", "mod_revision": return try target { .mod($0) }
    case "version", "ver": return try target { .version($0) }
    case "lease": return try target { .lease(EtcdLeaseID($0)) }
    default: throw unreadable("comparison '\(text)'")
    }
  }

  // MARK: Words

  private static func options(_ text: Substring) -> [String: String] {
    var options: [String: String] = [:]
    for part in parts(String(text), by: ",") {
      let pair = part.split(separator: ":", maxSplits: 1).map { unquoted(trimmed($0)) }
      if pair.count == 2 { options[pair[0]] = pair[1] }
    }
    return options
  }

  private static func parts(_ text: String, by separator: String) -> [String] {
    var parts: [String] = []
    var rest = text[...]
    while let found = rest.range(of: separator) {
      parts.append(trimmed(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    parts.append(trimmed(rest))
    return parts.filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote)
    {
      return String(text.dropFirst().dropLast())
    }
    return text
  }

  private func unreadable(_ reason: String) -> Unreadable {
    Unreadable(step: step, reason: reason)
  }
}
