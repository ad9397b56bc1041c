import Kernel
import Patterns

/// What a client waits for: one request, made of one or more calls to shards.
struct Operation: Sendable {
  enum Kind: Sendable, Equatable {
    /// Reads one key.
    case read
    /// Writes one key.
    case write
    /// Inserts the next key.
    case insert
    /// Looks for a row by another attribute.
    case query
    /// Reads a run of keys.
    case scan
    /// Writes two keys together.
    case pair
  }

  var kind: Kind
  var router: Int
  var key: Int
  var start: Instant
  /// What its client waited besides what happened here.
  var extraWait = TimeSpan.zero
  /// Whether no client waits for it.
  var isBackground = false
  /// Calls that have not come back.
  var pending = 0
  /// Whether a call failed.
  var hasFailed = false
  /// Calls that have changed something.
  var applied = 0
  /// The calls that a query by index has yet to make.
  var nextKey = -1
  /// The longest time that one of its calls stood in line, at which shard, and for how long it
  /// was worked on there.
  var longestWait = TimeSpan.zero
  var longestService = TimeSpan.zero
  var slowestShard = -1
  var redirects = 0
  /// Shards that it asked in all.
  var asked = 0
}

/// One message of a request to one shard.
struct Call: Sendable {
  enum Work: Sendable, Equatable {
    /// Reads the row of the key.
    case read
    /// Writes the row of the key.
    case write
    /// Writes the rows of the key and of its companion.
    case writePair
    /// Looks through what the shard has: a part of a query or scan.
    case part
    /// Reads or writes an index entry.
    case index
    /// Reads a copy of a hot key's row, or sets it.
    case readCopy
    /// Sets a copy of a hot key's row to what its owner has.
    case setCopy
  }

  var operation: Int
  var work: Work
  var key: Int
  var shard: NodeID
  var isAsking = false
  var redirects = 0
  var arrived = Instant.zero
  var started = Instant.zero
  /// The parcel whose drain waits for this write; -1 for none.
  var parcel = -1

  var isWrite: Bool {
    switch work {
    case .write, .writePair: true
    case .read, .part, .index, .readCopy, .setCopy: false
    }
  }
}

/// One batch on its way from source to target.
struct Copy: Sendable {
  let batch: CopyBatch
  /// The rows as they were read at the source; nil until then.
  var versions: [Int?]?
}

/// Rows of a table that are used again when they are free.
struct SlotTable<Row: Sendable>: Sendable {
  private var rows: [Row] = []
  private var free: [Int] = []

  mutating func add(_ row: Row) -> Int {
    if let place = free.popLast() {
      rows[place] = row
      return place
    }
    rows.append(row)
    return rows.count - 1
  }

  mutating func remove(_ place: Int) { free.append(place) }

  /// Places in use or once used.
  var indices: Range<Int> { rows.indices }

  subscript(place: Int) -> Row {
    get { rows[place] }
    _modify { yield &rows[place] }
  }
}
