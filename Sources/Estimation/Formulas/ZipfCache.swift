/// A cache that holds the most popular of the items whose popularity falls with a power of the
/// rank: item k is asked for with a probability in proportion to 1 / k^exponent.
///
/// Source: Breslau, Cao, Fan, Phillips and Shenker, "Web Caching and Zipf-like Distributions:
/// Evidence and Implications", INFOCOM 1999.
public enum ZipfCache {
  /// The share of requests for the `cached` most popular of `items`; whole numbers, a fraction is
  /// left off.
  public static func hitRatio(items: Double, cached: Double, exponent: Double) -> Double {
    if cached >= items { return 1 }
    let sums = HarmonicSum(exponent: exponent)
    return sums.upTo(cached.rounded(.down)) / sums.upTo(items.rounded(.down))
  }

  /// The smallest number of items to hold for a hit ratio of at least `hitRatio`, from 0 to 1.
  public static func size(items: Double, hitRatio: Double, exponent: Double) -> Double {
    let sums = HarmonicSum(exponent: exponent)
    let whole = items.rounded(.down)
    let wanted = hitRatio * sums.upTo(whole)
    if wanted <= 0 { return 0 }
    var low = 0.0
    var high = whole
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded(.down)
      if middle <= low || middle >= high { break }
      if sums.upTo(middle) >= wanted { high = middle } else { low = middle }
    }
    return high
  }
}
