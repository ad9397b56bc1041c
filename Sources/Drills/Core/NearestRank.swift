extension RandomAccessCollection {
  /// The quantile by nearest rank: the smallest element that at least the share `q` (0 to 1) of all
  /// elements do not exceed.
  ///
  /// The elements must stand in ascending order; nil where there is none.
  func nearestRank(_ q: Double) -> Element? {
    guard !isEmpty else { return nil }
    let rank = Int((q * Double(count)).rounded(.up)) - 1
    return self[index(startIndex, offsetBy: Swift.min(Swift.max(rank, 0), count - 1))]
  }
}
