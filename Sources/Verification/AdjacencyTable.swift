/// The edges that leave each node, one after another in one list.
struct AdjacencyTable {
  /// Where the edges of each node begin; one more at the end.
  private let starts: [Int32]
  private let places: [Int32]
  /// The node that each edge of `places` leads to.
  private let targets: [Int32]

  /// A table of `count` edges, each given by the nodes at its ends.
  init(_ edges: some Sequence<(source: Int, target: Int32)>, count: Int, nodeCount: Int) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for edge in edges { starts[edge.source + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var places = [Int32](repeating: 0, count: count)
    var targets = places
    for (place, edge) in edges.enumerated() {
      let spot = Int(next[edge.source])
      next[edge.source] += 1
      places[spot] = Int32(place)
      targets[spot] = edge.target
    }
    self.starts = starts
    self.places = places
    self.targets = targets
  }

  /// The table of a graph whose node `n` leads to the nodes `successors[n]`.
  init(_ successors: [[Int]]) {
    let edges = successors.enumerated().flatMap { node, targets in
      targets.map { (source: node, target: Int32($0)) }
    }
    self.init(edges, count: edges.count, nodeCount: successors.count)
  }

  /// The number of nodes.
  var nodeCount: Int { starts.count - 1 }

  /// The edges that leave `node`, in their order.
  subscript(node: Int) -> ArraySlice<Int32> { places[Int(starts[node])..<Int(starts[node + 1])] }

  /// The `number`th node that an edge of `node` leads to, or nil when there are no more.
  func successor(of node: Int, number: Int) -> Int? {
    let spot = Int(starts[node]) + number
    return spot < starts[node + 1] ? Int(targets[spot]) : nil
  }
}
