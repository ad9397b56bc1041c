import Kernel

/// The words of a command, taken from the front.
struct RedisWords: Sendable {
  /// What a stream is cut to.
  enum Limit: Sendable {
    case length(Int)
    case from(RedisStreamID)
  }

  private var words: ArraySlice<String>

  init(_ words: [String]) { self.words = words[...] }

  var isEmpty: Bool { words.isEmpty }

  mutating func next() -> String? { words.popFirst() }

  /// The next word; a complaint about the number of arguments when there is none.
  mutating func need() throws(RedisComplaint) -> String {
    guard let word = words.popFirst() else { throw RedisComplaint() }
    return word
  }

  /// Takes the next word if it is this one, in any case.
  mutating func take(_ word: String) -> Bool {
    guard words.first?.uppercased() == word else { return false }
    words.removeFirst()
    return true
  }

  mutating func integer() throws(RedisComplaint) -> Int {
    guard let value = Int(try need()) else {
      throw RedisComplaint("ERR value is not an integer or out of range")
    }
    return value
  }

  /// A number of milliseconds; more than about thirty years counts as that.
  mutating func span() throws(RedisComplaint) -> TimeSpan {
    .milliseconds(Int64(min(max(try integer(), -1_000_000_000_000), 1_000_000_000_000)))
  }

  mutating func rest() -> [String] {
    defer { words = [] }
    return Array(words)
  }

  mutating func ids() throws(RedisComplaint) -> [RedisStreamID] {
    var ids: [RedisStreamID] = []
    for word in rest() { ids.append(try Self.id(word)) }
    return ids
  }

  /// Words at the front that are ids.
  mutating func leadingIDs() -> [RedisStreamID] {
    var ids: [RedisStreamID] = []
    while let word = words.first, let id = RedisStreamID(word) {
      ids.append(id)
      words.removeFirst()
    }
    return ids
  }

  /// `MAXLEN [=|~] n` or `MINID [=|~] id`; a nearly exact cut is an exact one here.
  mutating func limit() throws(RedisComplaint) -> Limit? {
    let isLength = take("MAXLEN")
    guard isLength || take("MINID") else { return nil }
    if !take("=") { _ = take("~") }
    if isLength {
      let most = try integer()
      guard most >= 0 else { throw RedisComplaint("ERR The MAXLEN argument must be >= 0.") }
      return .length(most)
    }
    return .from(try Self.id(try need()))
  }

  /// `[COUNT n] [BLOCK ms] [NOACK]`.
  mutating func readOptions() throws(RedisComplaint) -> (count: Int, noAck: Bool) {
    var count = Int.max
    var noAck = false
    while true {
      if take("COUNT") {
        let most = try integer()
        count = most > 0 ? most : .max
      } else if take("BLOCK") {
        _ = try integer()
      } else if take("NOACK") {
        noAck = true
      } else {
        return (count, noAck)
      }
    }
  }

  /// `STREAMS key … id …`.
  mutating func keysAndIDs() throws(RedisComplaint) -> [(key: String, id: String)] {
    guard take("STREAMS") else { throw RedisComplaint("ERR syntax error") }
    let words = rest()
    guard !words.isEmpty, words.count.isMultiple(of: 2) else {
      throw RedisComplaint(
        "ERR Unbalanced list of streams: for each stream key an ID or '$' must be specified.")
    }
    let half = words.count / 2
    return zip(words.prefix(half), words.suffix(half)).map { ($0, $1) }
  }

  static func id(_ text: String) throws(RedisComplaint) -> RedisStreamID {
    guard let id = RedisStreamID(text) else { throw RedisComplaint(RedisComplaint.noID) }
    return id
  }

  /// An end of a range: `-`, `+`, an id, or `(` and an id that is left out.
  static func bound(_ text: String, isFirst: Bool) throws(RedisComplaint) -> RedisStreamID {
    if text == "-" { return .zero }
    if text == "+" { return .greatest }
    let isOpen = text.hasPrefix("(")
    let missing: UInt64 = isFirst ? 0 : .max
    guard let id = RedisStreamID(String(isOpen ? text.dropFirst() : text[...]), missing: missing)
    else { throw RedisComplaint(RedisComplaint.noID) }
    guard isOpen else { return id }
    if isFirst {
      guard let next = id.next else {
        throw RedisComplaint("ERR invalid start ID for the interval")
      }
      return next
    }
    guard id > .zero else { throw RedisComplaint("ERR invalid end ID for the interval") }
    return id.sequence > 0
      ? RedisStreamID(id.milliseconds, id.sequence - 1)
      : RedisStreamID(id.milliseconds - 1, .max)
  }
}

/// An error reply; nil is a wrong number of arguments.
struct RedisComplaint: Error {
  let text: String?

  init(_ text: String? = nil) { self.text = text }

  static func arguments(_ command: String) -> String {
    "ERR wrong number of arguments for '\(command)' command"
  }

  static let noID = "ERR Invalid stream ID specified as stream command argument"
  static let zeroID = "ERR The ID specified in XADD must be greater than 0-0"
  static let tooSmall =
    "ERR The ID specified in XADD is equal or smaller than the target stream top item"
  static let exhausted =
    "ERR The stream has exhausted the last possible ID, unable to add more items"
  static let keyNeeded =
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to "
    + "use the MKSTREAM option to create an empty stream automatically."
}
