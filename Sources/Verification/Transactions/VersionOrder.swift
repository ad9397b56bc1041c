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
    for read in list.reads where !Datum.begins(elements, with: read.elements) { return nil }
    var isShown = [Bool](repeating: false, count: list.appends.count)
    var strangers: Set<Datum> = []
    var writers: [ListRecord.Append?] = []
    writers.reserveCapacity(elements.count)
    for element in elements {
      guard let place = list.place(of: element) else {
        guard strangers.insert(element).inserted else { return nil }
        writers.append(nil)
        continue
      }
      guard !isShown[place] else { return nil }
      isShown[place] = true
      writers.append(list.appends[place])
    }
    self.elements = elements
    self.writers = writers
    unread =
      list.appends.count == elements.count && strangers.isEmpty
      ? [] : list.appends.indices.filter { !isShown[$0] }.map { list.appends[$0] }
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

  /// The transaction that made the append at a place, or nil where nobody appended.
  func transaction(at place: Int) -> Int? {
    place < writers.count
      ? writers[place]?.transaction : unread[place - writers.count].transaction
  }
}
