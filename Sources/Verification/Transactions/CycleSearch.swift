/// Finds the shortest circles of dependencies, by the kinds of dependency in them.
struct CycleSearch {
  private let edges: [Dependency]
  /// The places of the edges that leave each transaction.
  private let leaving: [[Int]]
  private let component: [Int]

  /// A search among the edges that lie on circles.
  init(_ edges: [Dependency], transactionCount: Int) {
    var leaving = [[Int]](repeating: [], count: transactionCount)
    for (place, edge) in edges.enumerated() { leaving[edge.source].append(place) }
    self.edges = edges
    self.leaving = leaving
    component = StrongComponents(leaving.map { $0.map { edges[$0].target } }).component
  }

  /// Whether there is any circle.
  var hasCycles: Bool { edges.contains { component[$0.source] == component[$0.target] } }

  /// The shortest circle with an edge of kind `first` and all others of `rest`; with
  /// `isTwice`, one that has at least two edges of kind `first`.
  ///
  /// Of circles with two the shortest walk is taken that is a circle; where shorter walks run
  /// through a transaction twice, which cannot be without a circle with one, a longer circle
  /// may stay unfound.
  func shortest(
    _ first: Dependency.Kind, then rest: Set<Dependency.Kind>, isTwice: Bool = false
  ) -> [Dependency]? {
    var best: [Dependency]?
    for edge in edges
    where edge.kind == first && component[edge.source] == component[edge.target] {
      let longest = (best?.count ?? .max) - 2
      guard longest > 0,
        let path = path(
          from: edge.target, to: edge.source, through: rest, again: isTwice ? first : nil,
          atMost: longest)
      else { continue }
      let cycle = [edge] + path
      if Set(cycle.map(\.source)).count == cycle.count { best = cycle }
    }
    return best
  }

  /// The shortest way through edges of some kinds, breadth first; with `again`, through at least
  /// one edge of that kind.
  private func path(
    from start: Int, to end: Int, through kinds: Set<Dependency.Kind>,
    again: Dependency.Kind?, atMost longest: Int
  ) -> [Dependency]? {
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
        for place in leaving[position / 2] where kinds.contains(edges[place].kind) {
          let edge = edges[place]
          guard component[edge.target] == component[end] else { continue }
          let isTaken = position % 2 == 1 || edge.kind == again
          let target = edge.target * 2 + (isTaken ? 1 : 0)
          guard arrivedBy[target] == nil, target != origin else { continue }
          arrivedBy[target] = (place, position)
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
  ) -> [Dependency] {
    var way: [Dependency] = []
    var position = goal
    while position != origin, let step = arrivedBy[position] {
      way.append(edges[step.edge])
      position = step.from
    }
    return way.reversed()
  }
}
