/// Which transactions come before which, as far as the reads show.
///
/// What is appended to a list and never read comes after everything that is read of it. That much
/// is certain whatever the order of the unread elements: a circle is one for every order, and
/// without a circle some order of them fits.
struct DependencyGraph {
  /// The dependencies, list by list.
  private(set) var edges: [Dependency] = []

  /// Whether each transaction took effect: it ended `ok`, or somebody saw what it appended.
  private var isVisible: [Bool]

  /// The dependencies through lists with an order of versions; `orders` has one a list, or nil.
  init(_ observations: ListObservations, _ orders: [VersionOrder?]) {
    let operations = observations.history.operations
    isVisible = operations.map { $0.outcome == .ok }
    for order in orders {
      for writer in order?.writers ?? [] {
        guard let writer, operations[writer.transaction].outcome == .unknown else { continue }
        isVisible[writer.transaction] = true
      }
    }
    for (list, order) in zip(observations.lists, orders) {
      if let order { connect(list, order) }
    }
  }

  private mutating func connect(_ list: ListRecord, _ order: VersionOrder) {
    for (place, writer) in order.writers.enumerated() {
      guard let writer else { continue }
      for next in order.appends(after: place + 1) {
        add(writer.transaction, next.transaction, .writeWrite, list.key, writer.value, next.value)
      }
    }
    for read in list.reads where read.isExternal {
      let version = read.elements.count
      if version > 0, let writer = order.writers[version - 1] {
        add(writer.transaction, read.transaction, .writeRead, list.key, writer.value, nil)
      }
      for next in order.appends(after: version) {
        add(
          read.transaction, next.transaction, .readWrite, list.key, read.elements.last,
          next.value)
      }
    }
  }

  private mutating func add(
    _ source: Int, _ target: Int, _ kind: Dependency.Kind, _ key: Datum, _ before: Datum?,
    _ after: Datum?
  ) {
    guard source != target, isVisible[source], isVisible[target] else { return }
    edges.append(
      Dependency(
        source: source, target: target, kind: kind, key: key, before: before, after: after))
  }
}
