/// A table of values whose numbers are used again: nothing is allocated once it has grown.
struct Slab<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var isUsed: [Bool] = []
  private var free: [Int] = []

  /// How many there are.
  var count: Int { elements.count - free.count }

  /// Adds `element` and returns its number.
  mutating func add(_ element: Element) -> Int {
    if let index = free.popLast() {
      elements[index] = element
      isUsed[index] = true
      return index
    }
    elements.append(element)
    isUsed.append(true)
    return elements.count - 1
  }

  /// Takes the element away; its number may come back for another one.
  mutating func remove(_ index: Int) {
    precondition(isUsed[index], "number \(index) is not in use")
    isUsed[index] = false
    free.append(index)
  }

  /// The element called `index`, which must be in use.
  subscript(index: Int) -> Element {
    get {
      precondition(isUsed[index], "number \(index) is not in use")
      return elements[index]
    }
    _modify {
      precondition(isUsed[index], "number \(index) is not in use")
      yield &elements[index]
    }
  }
}
