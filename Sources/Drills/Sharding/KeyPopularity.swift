import Kernel

/// How often keys are asked for: Zipf's law over key numbers, drawn from a table.
///
/// The key of rank r gets a share proportional to 1/r^s. Ranks are scattered over the key numbers, so
/// that neighbours in sort order are not all popular.
struct KeyPopularity: Sendable {
  private let cumulative: [Double]
  private let numbers: [Int]

  /// The law for `count` keys with exponent `s`; 0 makes all keys alike.
  init(count: Int, exponent: Double) {
    var sum = 0.0
    cumulative = (0..<count).map { rank in
      sum += exponent == 0 ? 1 : 1 / PortableMath.power(Double(rank + 1), exponent)
      return sum
    }
    var numbers = Array(0..<count)
    var random = RandomStream(seed: 0, name: "popularity/ranks")
    random.shuffle(&numbers)
    self.numbers = numbers
  }

  /// The share of requests that the most popular key gets.
  var topShare: Double { (cumulative.first ?? 0) / (cumulative.last ?? 1) }

  /// The number of the key of `rank`, counted from 0 for the most popular.
  func number(ofRank rank: Int) -> Int { numbers[rank] }

  /// Draws the number of a key.
  func draw(_ random: inout RandomStream) -> Int {
    let point = random.unit() * (cumulative.last ?? 0)
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= point { low = middle + 1 } else { high = middle }
    }
    return numbers[low]
  }
}
