/// The strongly connected components of a graph: two nodes are in one when each can be reached
/// from the other.
///
/// Source: Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.
struct StrongComponents {
  /// The component of each node, numbered from 0.
  private(set) var component: [Int]

  private var order: [Int]
  private var lowest: [Int]
  private var open: [Int] = []
  private var visited = 0
  private var count = 0

  /// The components of the graph whose node `n` leads to the nodes `successors[n]`.
  init(_ successors: [[Int]]) {
    component = Array(repeating: -1, count: successors.count)
    order = component
    lowest = component
    for node in successors.indices where order[node] < 0 { visit(node, successors) }
  }

  private mutating func visit(_ root: Int, _ successors: [[Int]]) {
    var path = [(node: root, next: 0)]
    enter(root)
    while let (node, next) = path.last {
      if next < successors[node].count {
        path[path.count - 1].next += 1
        let successor = successors[node][next]
        if order[successor] < 0 {
          enter(successor)
          path.append((successor, 0))
        } else if component[successor] < 0 {
          lowest[node] = min(lowest[node], order[successor])
        }
        continue
      }
      path.removeLast()
      if let parent = path.last { lowest[parent.node] = min(lowest[parent.node], lowest[node]) }
      if lowest[node] == order[node] { close(node) }
    }
  }

  private mutating func enter(_ node: Int) {
    order[node] = visited
    lowest[node] = visited
    visited += 1
    open.append(node)
  }

  private mutating func close(_ root: Int) {
    while let node = open.popLast() {
      component[node] = count
      if node == root { break }
    }
    count += 1
  }
}
