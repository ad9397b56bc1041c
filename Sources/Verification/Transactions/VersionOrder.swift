/// The versions of a list in order, as the longest read shows them.
///
/// The version with the number `n` has `n` elements; version 0 is the empty list.
struct VersionOrder {
  /// The elements of the last version.
  let elements: [Datum]
  /// Who appended the last element of each version from 1 on; nil for what nobody appended.
  let writers: [ListRecord.Append?]
  /// The appends that no read shows: they come after the last version, in whatever order.
  let unread: [ListRecord.Append]

  /// Nil when reads contradict each other or show an element twice: then nothing follows.
  init?(_ list: ListRecord) {
    let elements = list.longestRead?.elements ?? []
    guard list.reads.allSatisfy({ elements.starts(with: $0.elements) }) else { return nil }
    let shown = Set(elements)
    guard shown.count == elements.count else { return nil }
    self.elements = elements
    writers = elements.map(list.append(of:))
    unread =
      list.appends.count == elements.count
      ? [] : list.appends.filter { !shown.contains($0.value) }
  }

  /// The places of what was appended to the version `number`: one append, or all that nobody read.
  func appends(after number: Int) -> Range<Int> {
    guard number < writers.count else { return writers.count..<writers.count + unread.count }
    return number..<number + 1
  }

  /// The append at a place: those that make versions come first, then the unread ones.
  func append(at place: Int) -> ListRecord.Append? {
    place < writers.count ? writers[place] : unread[place - writers.count]
  }
}
