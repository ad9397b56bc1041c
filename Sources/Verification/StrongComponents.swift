/// The strongly connected components of a graph: two nodes are in one when each can be reached
/// from the other.
///
/// Source: Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion.
struct StrongComponents {
  /// The component of each node, numbered from 0.
  private(set) var component: [Int32]

  private var order: [Int32]
  private var lowest: [Int32]
  private var open: [Int32] = []
  private var visited: Int32 = 0
  private var count: Int32 = 0

  /// The components of the graph that `edges` make.
  init(_ edges: AdjacencyTable) {
    component = Array(repeating: -1, count: edges.nodeCount)
    order = component
    lowest = component
    for node in 0..<edges.nodeCount where order[node] < 0 { visit(node, edges) }
  }

  private mutating func visit(_ root: Int, _ edges: AdjacencyTable) {
    var path = [(node: root, next: 0)]
    enter(root)
    while let (node, next) = path.last {
      if let successor = edges.successor(of: node, number: next) {
        path[path.count - 1].next += 1
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
    open.append(Int32(node))
  }

  private mutating func close(_ root: Int) {
    while let node = open.popLast() {
      component[Int(node)] = count
      if Int(node) == root { break }
    }
    count += 1
  }
}
