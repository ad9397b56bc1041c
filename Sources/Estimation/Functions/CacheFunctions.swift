/// Caches of popular items, and consistent-hash rings.
enum CacheFunctions {
  static let all = [zipfHitRatio, zipfCacheSize, ringDeviation, ringLargest]

  private static let breslau = """
    Breslau, Cao, Fan, Phillips and Shenker, "Web Caching and Zipf-like Distributions: Evidence \
    and Implications", INFOCOM 1999
    """

  private static let zipfHitRatio = EstimateFunction(
    name: "zipf_hit_ratio", group: .sets,
    signature: "(items: A, cached: A, exponent: 1 = 1) -> share",
    summary: "The share of requests that a cache of the most popular items answers.",
    formula: """
      ratio = H(cached) / H(items), with H(n) = 1 + 1/2^s + 1/3^s + ... + 1/n^s
      s = exponent; beyond 32 terms by the formula of Euler and Maclaurin
      """,
    assumptions: """
      Popularity falls with a power of the rank and does not change, requests are independent, \
      and the cache holds just the most popular items; LRU reaches a little less. The exponent \
      decides: measure it.
      """,
    example: .init(call: "zipf_hit_ratio(1M items, 100k items)", result: "84.00%"),
    source: breslau,
    compute: { (arguments) throws(FormulaRefusal) in
      ZipfCache.hitRatio(
        items: try arguments.atLeast1(0), cached: try arguments.atLeast0(1),
        exponent: try arguments.atLeast0(2))
    })

  private static let zipfCacheSize = EstimateFunction(
    name: "zipf_cache_size", group: .sets,
    signature: "(items: A, hit_ratio: 1, exponent: 1 = 1) -> A",
    summary: "How many of the most popular items a cache must hold for a hit ratio.",
    formula: "the smallest n with H(n) >= hit_ratio * H(items), H as in zipf_hit_ratio",
    assumptions: """
      Popularity falls with a power of the rank and does not change, requests are independent, \
      and the cache holds just the most popular items.
      """,
    example: .init(call: "zipf_cache_size(1M items, 80%)", result: "56217 items"),
    source: breslau,
    compute: { (arguments) throws(FormulaRefusal) in
      ZipfCache.size(
        items: try arguments.atLeast1(0), hitRatio: try arguments.share(1),
        exponent: try arguments.atLeast0(2))
    })

  private static let ringDeviation = EstimateFunction(
    name: "ring_deviation", group: .sets, signature: "(nodes: A, vnodes: 1 = 1) -> share",
    summary: "How much a node's share of a consistent-hash ring varies, as a share of its mean.",
    formula: """
      deviation / mean = sqrt((n - 1) / (n v + 1)), n = nodes, v = vnodes of each
      """,
    assumptions: """
      Exact for points at random: a node's share has the beta distribution of v and v (n - 1). It \
      is the spread of the key space; popular keys come on top.
      """,
    example: .init(call: "ring_deviation(10 nodes, 128)", result: "8.382%"),
    source: """
      Karger and others, "Consistent Hashing and Random Trees", STOC 1997, for the ring; \
      "Dirichlet distribution", \
      https://www.encyclopediaofmath.org/index.php/Dirichlet_distribution, for the arcs between \
      random points; the sum over a node's arcs is derived here
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      RingBalance.deviation(
        nodes: try arguments.atLeast1(0), points: try arguments.atLeast1(1))
    })

  private static let ringLargest = EstimateFunction(
    name: "ring_largest", group: .sets, signature: "(nodes: A, vnodes: 1 = 1) -> 1",
    summary: "How many times the mean share the fullest node of a consistent-hash ring has.",
    formula: """
      1 + 1/2 + ... + 1/n for one point a node (n = nodes)
      else the mean of the largest of n gamma variables of shape v, over v
      (v = vnodes)
      """,
    assumptions: """
      A mean over rings with points at random; a single ring may be well worse. With more than \
      one point a node it is a numeric integral, right to 0.01%. Popular keys come on top.
      """,
    example: .init(call: "ring_largest(10 nodes)", result: "2.929"),
    source: """
      Schlemm, "Limiting distribution of the maximal distance between random points on a \
      circle", arXiv:1405.6114, for one point a node; for more, derived here and held against \
      simulated rings
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      RingBalance.largest(
        nodes: try arguments.atLeast1(0), points: try arguments.atLeast1(1))
    })
}
