/// Finds the shortest circles of dependencies, by the kinds of dependency in them.
struct CycleSearch {
  private let graph: DependencyGraph
  private let edges: [DependencyGraph.Edge]
  /// The places of the edges that leave each transaction.
  private let leaving: AdjacencyTable
  private let component: [Int32]

  /// A search among the edges of `graph` of some kinds.
  init(_ graph: DependencyGraph, _ kinds: Set<Dependency.Kind>, transactionCount: Int) {
    self.graph = graph
    edges =
      kinds.count == Dependency.Kind.allCases.count
      ? graph.edges : graph.edges.filter { kinds.contains($0.kind) }
    let edges = self.edges
    leaving = AdjacencyTable(
      edges.lazy.map { (source: Int($0.source), target: $0.target) }, count: edges.count,
      nodeCount: transactionCount)
    component = StrongComponents(leaving).component
  }

  /// Whether there is any circle.
  var hasCycles: Bool { edges.contains(where: isOnCycle) }

  private func isOnCycle(_ edge: DependencyGraph.Edge) -> Bool {
    component[Int(edge.source)] == component[Int(edge.target)]
  }

  /// The shortest circle with an edge of kind `first` and all others of `rest`; with
  /// `isTwice`, one that has at least two edges of kind `first`.
  ///
  /// Of circles with two the shortest walk is taken that is a circle; where shorter walks run
  /// through a transaction twice, which cannot be without a circle with one, a longer circle
  /// may stay unfound.
  func shortest(
    _ first: Dependency.Kind, then rest: Set<Dependency.Kind>, isTwice: Bool = false
  ) -> [Dependency]? {
    var best: [DependencyGraph.Edge]?
    for edge in edges where edge.kind == first && isOnCycle(edge) {
      let longest = (best?.count ?? .max) - 2
      guard longest > 0,
        let path = path(
          from: Int(edge.target), to: Int(edge.source), through: rest, again: isTwice ? first : nil,
          atMost: longest)
      else { continue }
      let cycle = [edge] + path
      if Set(cycle.map(\.source)).count == cycle.count { best = cycle }
    }
    return best.map { $0.map(graph.dependency) }
  }

  /// The shortest way through edges of some kinds, breadth first; with `again`, through at least
  /// one edge of that kind.
  private func path(
    from start: Int, to end: Int, through kinds: Set<Dependency.Kind>,
    again: Dependency.Kind?, atMost longest: Int
  ) -> [DependencyGraph.Edge]? {
    // A position is a transaction, and whether the edge asked for has been taken.
    let goal = end * 2 + 1
    let origin = start * 2 + (again == nil ? 1 : 0)
    var arrivedBy: [Int: (edge: Int, from: Int)] = [:]
    var layer = [origin]
    var length = 0
    while !layer.isEmpty, length < longest {
      length += 1
      var next: [Int] = []
      for position in layer {
        for place in leaving[position / 2] where kinds.contains(edges[Int(place)].kind) {
          let edge = edges[Int(place)]
          guard component[Int(edge.target)] == component[end] else { continue }
          let isTaken = position % 2 == 1 || edge.kind == again
          let target = Int(edge.target) * 2 + (isTaken ? 1 : 0)
          guard arrivedBy[target] == nil, target != origin else { continue }
          arrivedBy[target] = (Int(place), position)
          if target == goal { return way(to: goal, from: origin, arrivedBy) }
          next.append(target)
        }
      }
      layer = next
    }
    return nil
  }

  private func way(
    to goal: Int, from origin: Int, _ arrivedBy: [Int: (edge: Int, from: Int)]
  ) -> [DependencyGraph.Edge] {
    var way: [DependencyGraph.Edge] = []
    var position = goal
    while position != origin, let step = arrivedBy[position] {
      way.append(edges[step.edge])
      position = step.from
    }
    return way.reversed()
  }
}
