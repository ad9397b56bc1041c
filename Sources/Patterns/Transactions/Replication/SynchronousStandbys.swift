import Kernel

/// `synchronous_standby_names`: which standbys commits wait for.
///
/// Source: PostgreSQL documentation, 20.6.2; postgres/postgres REL_15_STABLE,
/// src/backend/replication/syncrep.c, syncrep_gram.y; behaviour compared with recordings of 15.18.
public struct SynchronousStandbys: Sendable, Hashable {
  /// Which of the listed standbys count.
  public enum Method: String, Sendable, Hashable {
    /// The first connected ones of the list.
    case first = "FIRST"
    /// Any of the list.
    case any = "ANY"
  }

  /// `pg_stat_replication.sync_state`: what a connected standby is to commits.
  public enum State: String, Sendable, Hashable {
    /// It is not in the list.
    case async
    /// It would be waited for if one before it were gone.
    case potential
    /// It is waited for.
    case sync
    /// It is one of those of which enough must have the record.
    case quorum
  }

  /// Which count.
  public var method: Method
  /// How many must have the record.
  public var count: Int
  /// The names, in order of priority, `*` for any; with none commits wait for no standby.
  public var names: [String]

  /// Standbys to wait for.
  public init(_ names: [String] = [], method: Method = .first, count: Int = 1) {
    precondition(count > 0, "commits wait for at least one standby of a list")
    self.method = method
    self.count = count
    self.names = names
  }

  /// The place of a standby in the list, from 1; nil when it is not in it.
  ///
  /// Upper and lower case are the same.
  func priority(of name: String) -> Int? {
    let lower = name.lowercased()
    return names.firstIndex { $0 == "*" || $0.lowercased() == lower }.map { $0 + 1 }
  }

  /// The standbys that count among those connected, which stand in the order of their connections:
  /// the first ones of the list, or all of it.
  func counted(_ connected: [String]) -> [String] {
    let listed = connected.enumerated().compactMap { place, name in
      priority(of: name).map { (name: name, priority: $0, place: place) }
    }
    guard method == .first, listed.count > count else { return listed.map(\.name) }
    let sorted = listed.sorted { ($0.priority, $0.place) < ($1.priority, $1.place) }
    return sorted.prefix(count).map(\.name)
  }

  /// What each of the connected standbys is to commits.
  func states(_ connected: [String]) -> [State] {
    let counted = counted(connected)
    return connected.map { name in
      if priority(of: name) == nil { return .async }
      guard counted.contains(name) else { return .potential }
      return method == .first ? .sync : .quorum
    }
  }

  /// The position that enough of the standbys that count have reached; nil when they are too few.
  func reached(_ positions: [Int]) -> Int? {
    guard positions.count >= count else { return nil }
    return switch method {
    case .first: positions.min()
    case .any: positions.sorted(by: >)[count - 1]
    }
  }
}

extension SynchronousStandbys {
  /// What `text` stands for: `a, b`, `2 (a, b)`, `FIRST 2 (a, b)`, `ANY 1 (*)`, or nothing.
  public static func parsed(_ text: String) throws(Diagnostic) -> SynchronousStandbys {
    var words = try Self.words(text)
    guard !words.isEmpty else { return SynchronousStandbys() }
    var method = Method.first
    var count = 1
    var isCounted = false
    if words.count > 1, let named = Method(rawValue: words[0].text.uppercased()),
      !words[0].isQuoted, Int(words[1].text) != nil
    {
      method = named
      words.removeFirst()
      isCounted = true
    }
    if let number = Int(words[0].text), isCounted || words.count > 1 && words[1].text == "(" {
      guard number > 0 else {
        throw Diagnostic(
          "number of synchronous standbys (\(number)) must be greater than zero",
          found: "\(number)")
      }
      count = number
      words.removeFirst()
      guard words.first?.text == "(", words.last?.text == ")" else { throw Self.unread(text) }
      words = Array(words.dropFirst().dropLast())
    }
    let names = words.enumerated().filter { $0.offset % 2 == 0 }.map(\.element.text)
    let signs = words.enumerated().filter { $0.offset % 2 == 1 }.map(\.element.text)
    guard words.count % 2 == 1, signs.allSatisfy({ $0 == "," }),
      !names.contains(where: { "(),".contains($0) })
    else { throw Self.unread(text) }
    return SynchronousStandbys(names, method: method, count: count)
  }

  private static func unread(_ text: String) -> Diagnostic {
    Diagnostic(
      "synchronous_standby_names cannot be read.", found: text,
      expected: "names, 2 (names), FIRST 2 (names) or ANY 2 (names)")
  }

  private static func words(_ text: String) throws(Diagnostic) -> [(text: String, isQuoted: Bool)] {
    var words: [(text: String, isQuoted: Bool)] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if "(),".contains(first) {
        words.append((String(rest.removeFirst()), false))
      } else if first == "\"" {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: "\"") else { throw unread(text) }
        words.append((String(rest[..<end]), true))
        rest = rest[rest.index(after: end)...]
      } else {
        let end = rest.firstIndex { $0.isWhitespace || "(),\"".contains($0) } ?? rest.endIndex
        words.append((String(rest[..<end]), false))
        rest = rest[end...]
      }
    }
    return words
  }
}
