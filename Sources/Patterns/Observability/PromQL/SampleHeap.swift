/// The samples that `topk` or `bottomk` keeps: a heap with the one that would go next on top.
///
/// Which of equal samples stay depends on how the heap is rearranged, so this one moves its
/// elements exactly as Go's container/heap does, which Prometheus uses.
struct SampleHeap {
  private(set) var samples: [PromSample] = []
  private let count: Int
  private let isTop: Bool

  /// An empty heap that keeps `count` samples, the largest or the smallest.
  init(keeping count: Int, isTop: Bool) {
    self.count = count
    self.isTop = isTop
  }

  /// Takes `sample` in if it is among the best so far.
  mutating func offer(_ sample: PromSample) {
    if samples.count >= count {
      let worst = samples[0].value
      let isBetter = isTop ? worst < sample.value : worst > sample.value
      guard isBetter || worst.isNaN else { return }
      if count == 1 {
        samples[0] = sample
        return
      }
      removeWorst()
    }
    samples.append(sample)
    rise(samples.count - 1)
  }

  /// Whether the element at `one` is the next to go before that at `other`.
  private func isWorse(_ one: Int, _ other: Int) -> Bool {
    let (one, other) = (samples[one].value, samples[other].value)
    if one.isNaN { return true }
    return isTop ? one < other : one > other
  }

  private mutating func removeWorst() {
    samples.swapAt(0, samples.count - 1)
    let last = samples.count - 1
    var place = 0
    while 2 * place + 1 < last {
      var child = 2 * place + 1
      if child + 1 < last, isWorse(child + 1, child) { child += 1 }
      guard isWorse(child, place) else { break }
      samples.swapAt(place, child)
      place = child
    }
    samples.removeLast()
  }

  private mutating func rise(_ start: Int) {
    var place = start
    while place > 0, isWorse(place, (place - 1) / 2) {
      samples.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }
}
