/// Finds a shortest circle in a graph.
enum ShortestCircle {
  /// The nodes of a shortest circle of the graph whose node `n` leads to the nodes
  /// `successors[n]`; nil when there is none.
  static func find(_ successors: [[Int]]) -> [Int]? {
    let component = StrongComponents(AdjacencyTable(successors)).component.map { Int($0) }
    var sizes = [Int](repeating: 0, count: successors.count)
    for number in component { sizes[number] += 1 }
    var best: [Int]?
    for node in successors.indices where sizes[component[node]] > 1 {
      let circle = circle(through: node, successors, component, below: best?.count ?? .max)
      best = circle ?? best
    }
    return best
  }

  /// The shortest circle through `start` with fewer than `limit` nodes, breadth first.
  private static func circle(
    through start: Int, _ successors: [[Int]], _ component: [Int], below limit: Int
  ) -> [Int]? {
    var arrivedFrom: [Int: Int] = [:]
    var layer = [start]
    var length = 1
    while !layer.isEmpty, length < limit {
      var next: [Int] = []
      for node in layer {
        for successor in successors[node] where component[successor] == component[start] {
          if successor == start { return way(to: node, from: start, arrivedFrom) }
          guard arrivedFrom[successor] == nil else { continue }
          arrivedFrom[successor] = node
          next.append(successor)
        }
      }
      layer = next
      length += 1
    }
    return nil
  }

  private static func way(to end: Int, from start: Int, _ arrivedFrom: [Int: Int]) -> [Int] {
    var way = [end]
    while let last = way.last, last != start, let before = arrivedFrom[last] { way.append(before) }
    return way.reversed()
  }
}
