/// Which transactions come before which, as far as the reads show.
///
/// What is appended to a list and never read comes after everything that is read of it. That much
/// is certain whatever the order of the unread elements: a circle is one for every order, and
/// without a circle some order of them fits.
struct DependencyGraph {
  /// A dependency in numbers; `DependencyGraph.dependency` tells it in full.
  struct Edge {
    let source: Int32
    let target: Int32
    /// The place of the list among the lists.
    let list: Int32
    /// The version that the tie begins with.
    let version: Int32
    /// The place of the target's append in the order of versions, or -1 for a read.
    let append: Int32
    let kind: Dependency.Kind
  }

  /// The dependencies, list by list.
  private(set) var edges: [Edge] = []

  private let lists: [ListRecord]
  private let orders: [VersionOrder?]
  /// Whether each transaction took effect: it ended `ok`, or somebody saw what it appended.
  private var isVisible: [Bool]

  /// The dependencies through lists with an order of versions; `orders` has one a list, or nil.
  init(_ observations: ListObservations, _ orders: [VersionOrder?]) {
    let operations = observations.history.operations
    lists = observations.lists
    self.orders = orders
    isVisible = operations.map { $0.outcome == .ok }
    for order in orders {
      for writer in order?.writers ?? [] {
        guard let writer, operations[writer.transaction].outcome == .unknown else { continue }
        isVisible[writer.transaction] = true
      }
    }
    edges.reserveCapacity(operations.count * 6)
    for (place, order) in orders.enumerated() {
      if let order { connect(place, lists[place].reads, order) }
    }
  }

  /// What an edge stands for.
  func dependency(_ edge: Edge) -> Dependency {
    let order = orders[Int(edge.list)]
    let version = Int(edge.version)
    return Dependency(
      source: Int(edge.source), target: Int(edge.target), kind: edge.kind,
      key: lists[Int(edge.list)].key,
      before: version > 0 ? order?.elements[version - 1] : nil,
      after: edge.append < 0 ? nil : order?.append(at: Int(edge.append))?.value)
  }

  private mutating func connect(
    _ list: Int, _ reads: [ListRecord.Read], _ order: VersionOrder
  ) {
    for place in order.writers.indices {
      guard let writer = order.transaction(at: place) else { continue }
      for next in order.appends(after: place + 1) {
        add(writer, next, .writeWrite, list, place + 1, order)
      }
    }
    for read in reads where read.isExternal {
      let version = read.elements.count
      if version > 0, let writer = order.transaction(at: version - 1) {
        add(writer, read.transaction, .writeRead, list, version, append: -1)
      }
      for next in order.appends(after: version) {
        add(read.transaction, next, .readWrite, list, version, order)
      }
    }
  }

  private mutating func add(
    _ source: Int, _ next: Int, _ kind: Dependency.Kind, _ list: Int, _ version: Int,
    _ order: VersionOrder
  ) {
    guard let target = order.transaction(at: next) else { return }
    add(source, target, kind, list, version, append: next)
  }

  private mutating func add(
    _ source: Int, _ target: Int, _ kind: Dependency.Kind, _ list: Int, _ version: Int,
    append: Int
  ) {
    guard source != target, isVisible[source], isVisible[target] else { return }
    edges.append(
      Edge(
        source: Int32(source), target: Int32(target), list: Int32(list), version: Int32(version),
        append: Int32(append), kind: kind))
  }
}
