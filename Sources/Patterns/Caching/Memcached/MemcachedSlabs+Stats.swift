import Kernel

/// What memcached tells of its memory, and what must hold of it.
extension MemcachedSlabs {
  /// One class in figures.
  public struct ClassReport: Sendable, Hashable {
    /// Its number, from 1.
    public let id: Int
    /// The size of its chunks, in bytes.
    public let chunkSize: Int
    /// Chunks that fit into a page.
    public let perPage: Int
    /// Pages that it has.
    public let pages: Int
    /// Chunks that hold something.
    public let usedChunks: Int
    /// Items in HOT, WARM and COLD.
    public let counts: [Int]
    /// Items that had to go for others of the class.
    public let evicted: Int
    /// Of those, the ones that nobody ever read.
    public let evictedUnfetched: Int
    /// Stores refused for want of a chunk.
    public let outOfMemory: Int
    /// Bytes that its items take, as against those of their chunks.
    public let bytes: Int
  }

  /// The classes that have a page.
  public var report: [ClassReport] {
    classes.enumerated().filter { $0.element.pages > 0 }.map { place, one in
      ClassReport(
        id: place + 1, chunkSize: one.chunkSize, perPage: one.perPage, pages: one.pages,
        usedChunks: one.pages * one.perPage - one.freeChunks,
        counts: Segment.allCases.map { one.lists.count($0.rawValue) }, evicted: one.evicted,
        evictedUnfetched: one.evictedUnfetched, outOfMemory: one.outOfMemory,
        bytes: one.bytes.reduce(0, +))
    }
  }

  /// The segment that an item is in.
  public func segment(ofItem number: Int) -> Segment? { held[number]?.segment }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    var pages = 0
    for (place, one) in classes.enumerated() {
      pages += one.pages
      let own = held.compactMap { $0 }.filter { $0.clsid == place }
      let used = own.reduce(0) { $0 + $1.chunks }
      guard used + one.freeChunks == one.pages * one.perPage else {
        return InvariantViolation(
          "chunks", witness: "class \(place + 1): \(used) used, \(one.freeChunks) free")
      }
      for segment in Segment.allCases {
        let inside = own.filter { $0.segment == segment }
        let bytes = inside.reduce(0) { $0 + $1.size }
        guard inside.count == one.lists.count(segment.rawValue),
          bytes == one.bytes[Int(segment.rawValue)]
        else { return InvariantViolation("segment", witness: "class \(place + 1), \(segment)") }
      }
    }
    guard pages == pageCount else {
      return InvariantViolation("pages", witness: "\(pages), counted \(pageCount)")
    }
    let owners = classes.count { $0.pages > 0 }
    guard pageCount * Self.pageSize <= options.memoryLimit + owners * Self.pageSize else {
      return InvariantViolation("memory limit", witness: "\(pageCount) pages")
    }
    return nil
  }
}
