import Kernel

/// The clients of one source: when the next request comes, and for which operation and key.
struct SourceState {
  let component: Int
  let load: Load
  /// The highest rate that the curve comes to, in requests a second.
  let peakRate: Double
  /// The first call of the chain of shares: cumulative shares with the operation's number.
  let operations: [(limit: Double, number: UInt8)]
  private let popularity: Zipf?
  private var keys: RandomStream
  private var kinds: RandomStream

  init(_ component: Int, _ load: Load, _ all: [OperationShare], seed: UInt64) {
    self.component = component
    self.load = load
    peakRate = load.rate * load.curve.peak
    popularity = load.keys > 0 ? Zipf(count: load.keys, exponent: load.skew) : nil
    keys = RandomStream(seed: seed, name: "blueprint/keys \(component)")
    kinds = RandomStream(seed: seed, name: "blueprint/operations \(component)")
    var sum = 0.0
    operations = load.operations.map { operation in
      sum += operation.share
      let number = all.firstIndex { $0.name == operation.name } ?? 0
      return (sum, UInt8(number))
    }
  }

  /// Which operation the next request is for.
  @inline(__always) mutating func drawOperation() -> UInt8 {
    guard operations.count > 1 else { return operations[0].number }
    let draw = kinds.unit()
    for entry in operations where draw < entry.limit { return entry.number }
    return operations[operations.count - 1].number
  }

  /// Which key the next request is about: 0 is the most popular one.
  @inline(__always) mutating func drawKey() -> UInt64 {
    guard let popularity else { return 0 }
    return UInt64(popularity.sample(&keys))
  }
}
