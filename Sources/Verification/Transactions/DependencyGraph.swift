/// Which transactions come before which, as far as the reads show.
///
/// What is appended to a list and never read comes after everything that is read of it. That much
/// is certain whatever the order of the unread elements: a circle is one for every order, and
/// without a circle some order of them fits.
struct DependencyGraph {
  /// The dependencies, list by list.
  private(set) var edges: [Dependency] = []
  /// Reads of one list of which neither begins the other; nothing is inferred of such a list.
  private(set) var incompatible: [TransactionAnomaly] = []

  private let observations: ListObservations
  /// Whether each transaction took effect: it ended `ok`, or somebody saw what it appended.
  private var isVisible: [Bool]

  init(_ observations: ListObservations) {
    self.observations = observations
    isVisible = observations.history.operations.map { $0.outcome == .ok }
    markSeen()
    for key in observations.keys {
      if let versions = versions(of: key) { connect(key, versions) }
    }
  }

  private mutating func markSeen() {
    for key in observations.keys {
      for read in observations.reads[key] ?? [] {
        for element in read.elements {
          guard let writer = observations.writer(key, element)?.transaction,
            observations.history.operations[writer].outcome == .unknown
          else { continue }
          isVisible[writer] = true
        }
      }
    }
  }

  /// The elements of a list in the order of its versions; nil when the reads contradict each other.
  private mutating func versions(of key: Datum) -> [Datum]? {
    let reads = observations.reads[key] ?? []
    var longest: ListObservations.Read?
    for read in reads where read.elements.count > longest?.elements.count ?? -1 { longest = read }
    guard let longest else { return [] }
    for read in reads where !longest.elements.starts(with: read.elements) {
      incompatible.append(
        TransactionAnomaly(
          kind: .incompatibleOrder, cycle: [],
          transactions: [read.transaction, longest.transaction],
          proof: [
            "T\(read.transaction) read \(key) as \(ListTransaction.Step.text(read.elements)).",
            "T\(longest.transaction) read it as \(ListTransaction.Step.text(longest.elements)).",
            "Lists only grow, so one of these must begin the other.",
          ]))
      return nil
    }
    return Set(longest.elements).count == longest.elements.count ? longest.elements : nil
  }

  private mutating func connect(_ key: Datum, _ versions: [Datum]) {
    let read = Set(versions)
    let unread = (observations.appended[key] ?? []).filter { !read.contains($0) }
    var places: [Datum: Int] = [:]
    for (place, version) in versions.enumerated() { places[version] = place }
    for (place, version) in versions.enumerated() {
      let next = place + 1 < versions.count ? [versions[place + 1]] : unread
      guard let writer = writer(key, version) else { continue }
      for element in next {
        add(from: writer, to: self.writer(key, element), .writeWrite, key, version, element)
      }
    }
    for read in observations.reads[key] ?? [] where read.isExternal {
      let last = read.elements.last
      if let last {
        add(from: writer(key, last), to: read.transaction, .writeRead, key, last, nil)
      }
      let place = last.flatMap { places[$0] }.map { $0 + 1 } ?? 0
      for element in place < versions.count ? [versions[place]] : unread {
        add(from: read.transaction, to: writer(key, element), .readWrite, key, last, element)
      }
    }
  }

  /// The transaction that appended an element, if it took effect.
  private func writer(_ key: Datum, _ value: Datum) -> Int? {
    guard let writer = observations.writer(key, value)?.transaction, isVisible[writer] else {
      return nil
    }
    return writer
  }

  private mutating func add(
    from source: Int?, to target: Int?, _ kind: Dependency.Kind, _ key: Datum, _ before: Datum?,
    _ after: Datum?
  ) {
    guard let source, let target, source != target else { return }
    edges.append(
      Dependency(
        source: source, target: target, kind: kind, key: key, before: before, after: after))
  }
}
