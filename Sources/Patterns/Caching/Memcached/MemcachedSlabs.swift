import Kernel

/// memcached's memory: pages of 1 MB, each given to one slab class for good and cut into chunks of
/// that class's size; each class has its own LRU in three segments.
///
///     new ─▶ HOT ─tail, not active─▶ COLD ─tail, no room─▶ evicted
///             └─active─▶ WARM ─tail, not active─▶ COLD ─active─▶ WARM
///
/// An item is active from its second read on. **A class evicts its own items only**: where all pages
/// belong to other classes, it has to do with what it has. The mover that shifts pages between classes
/// over minutes (`slab_automove`) is left out, and so is the crawler.
///
/// Source: github.com/memcached/memcached slabs.c and items.c @010c4017.
public struct MemcachedSlabs: Sendable, Equatable {
  /// The parameters, by memcached's own names where it has them.
  public struct Options: Sendable, Hashable {
    /// `-m`, in bytes; default 64 MB.
    public var memoryLimit = 64 << 20
    /// `-f`: each class's chunks are so much larger than the last one's; default 1.25.
    public var growthFactor = 1.25
    /// `-n`: the least room for key, value and flags, in bytes; default 48.
    public var slabMinSize = 48
    /// `-I`, in bytes; default 1 MB.
    public var maxItemSize = 1 << 20
    /// Whether old items make room for new ones; `-M` turns it off.
    public var isEvicting = true
    /// Whether the LRU has segments; default on since 1.5.
    public var isSegmented = true
    /// `hot_lru_pct`: the most bytes of a class in HOT, in percent; default 20.
    public var hotPercent = 20
    /// `warm_lru_pct`: the most bytes of a class in WARM, in percent; default 40.
    public var warmPercent = 40

    /// memcached's defaults.
    public init() {}
  }

  /// A segment of a class's LRU; the raw values are its lists.
  public enum Segment: Int32, Sendable, Hashable, CaseIterable {
    /// New items.
    case hot
    /// Items that were read again and again.
    case warm
    /// All others; what is evicted is taken from its end.
    case cold
  }

  /// A class: its chunk size, its pages and its LRU.
  struct Class: Sendable, Equatable {
    let chunkSize: Int
    let perPage: Int
    var pages = 0
    var freeChunks = 0
    var lists = SlotLists(sizeHint: 16)
    var bytes = [0, 0, 0]
    var evicted = 0
    var evictedUnfetched = 0
    var outOfMemory = 0
  }

  /// What is kept of an item beside its value.
  struct Held: Sendable, Equatable {
    let size: Int
    let clsid: Int
    let chunks: Int
    var slot: Int32
    var segment: Segment
    /// The second of the server's clock at which it was stored or moved up last.
    var time: Int
    var expiry: Int?
    var isFetched = false
    var isActive = false
  }

  /// What became of a wish for room.
  public enum Admission: Sendable, Hashable {
    /// The item is kept under this number.
    case kept(Int)
    /// It is larger than `-I` allows.
    case tooLarge
    /// No chunk of its class could be had.
    case outOfMemory
  }

  /// The size of a page, in bytes.
  public static let pageSize = 1 << 20
  /// An item's header with its compare-and-swap number, in bytes.
  public static let headerSize = 56
  /// An item of a class is moved to the front again after so many seconds at the earliest.
  static let updateInterval = 60

  /// The parameters.
  public let options: Options
  var classes: [Class]
  var held: [Held?] = []
  private var freeNumbers: [Int] = []
  /// Pages that were handed out.
  public private(set) var pageCount = 0
  /// Numbers of items that had to go and that nobody has been told of.
  var gone: [Int] = []

  /// Empty memory.
  public init(_ options: Options = Options()) {
    self.options = options
    classes = Self.chunkSizes(options).map { Class(chunkSize: $0, perPage: Self.pageSize / $0) }
  }

  /// The chunk sizes of the classes, the first being class 1.
  public static func chunkSizes(_ options: Options = Options()) -> [Int] {
    precondition(options.growthFactor > 1, "the growth factor must be above 1")
    let largest = pageSize / 2
    var sizes: [Int] = []
    var size = 48 + options.slabMinSize
    while sizes.count < 62, Double(size) < Double(largest) / options.growthFactor {
      if size % 8 != 0 { size += 8 - size % 8 }
      sizes.append(size)
      size = Int(Double(size) * options.growthFactor)
    }
    return sizes + [largest]
  }

  /// What an item takes, in bytes: header, key, value with its line end, and flags unless they are 0.
  public static func size(key: String, data: Int, flags: UInt32) -> Int {
    headerSize + key.utf8.count + 1 + data + 2 + (flags == 0 ? 0 : 4)
  }

  /// The place in `classes` of an item of `size`; the last one takes what is cut into several chunks.
  func clsid(of size: Int) -> Int {
    classes.firstIndex { size <= $0.chunkSize } ?? classes.count - 1
  }

  /// Finds room for an item; what had to go is in `takeGone`.
  public mutating func admit(size: Int, expiry: Int?, at second: Int) -> Admission {
    guard size <= options.maxItemSize else { return .tooLarge }
    let clsid = self.clsid(of: size)
    let chunks = (size + classes[clsid].chunkSize - 1) / classes[clsid].chunkSize
    for taken in 0..<chunks where !takeChunk(clsid, at: second) {
      classes[clsid].freeChunks += taken
      classes[clsid].outOfMemory += 1
      return .outOfMemory
    }
    let segment = options.isSegmented ? Segment.hot : .cold
    let number = freeNumbers.popLast() ?? held.count
    if number == held.count { held.append(nil) }
    let slot = classes[clsid].lists.push(UInt64(number), on: segment.rawValue)
    held[number] = Held(
      size: size, clsid: clsid, chunks: chunks, slot: slot, segment: segment, time: second,
      expiry: expiry)
    classes[clsid].bytes[Int(segment.rawValue)] += size
    return .kept(number)
  }

  private mutating func takeChunk(_ clsid: Int, at second: Int) -> Bool {
    for _ in 0..<10 {
      if !options.isSegmented { _ = pull(clsid, .cold, at: second) }
      if classes[clsid].freeChunks == 0 { addPage(clsid) }
      if classes[clsid].freeChunks > 0 {
        classes[clsid].freeChunks -= 1
        return true
      }
      if pull(clsid, .cold, isEvicting: true, at: second) <= 0 {
        guard options.isSegmented else { return false }
        _ = pull(clsid, .hot, at: second)
      }
    }
    return false
  }

  /// A class without any page gets one even beyond the limit, so that every size can be stored.
  private mutating func addPage(_ clsid: Int) {
    let isFull = (pageCount + 1) * Self.pageSize > options.memoryLimit
    guard !isFull || classes[clsid].pages == 0 else { return }
    pageCount += 1
    classes[clsid].pages += 1
    classes[clsid].freeChunks += classes[clsid].perPage
  }

  /// Frees an item's chunks.
  public mutating func release(_ number: Int) {
    guard let item = held[number] else { return }
    classes[item.clsid].lists.release(item.slot)
    classes[item.clsid].bytes[Int(item.segment.rawValue)] -= item.size
    classes[item.clsid].freeChunks += item.chunks
    held[number] = nil
    freeNumbers.append(number)
  }

  /// The numbers of items that had to go since this was last asked.
  public mutating func takeGone() -> [Int] {
    defer { gone.removeAll() }
    return gone
  }

  /// A new end for an item, nil for none.
  public mutating func setExpiry(_ number: Int, _ expiry: Int?) { held[number]?.expiry = expiry }

  mutating func move(_ number: Int, to segment: Segment) {
    guard var item = held[number] else { return }
    classes[item.clsid].bytes[Int(item.segment.rawValue)] -= item.size
    classes[item.clsid].bytes[Int(segment.rawValue)] += item.size
    classes[item.clsid].lists.move(item.slot, to: segment.rawValue)
    item.segment = segment
    held[number] = item
  }
}
