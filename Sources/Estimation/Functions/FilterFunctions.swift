/// Bloom filters and random identifiers.
enum FilterFunctions {
  static let all = [
    bloomSize, bloomBitsPerKey, bloomHashes, bloomFalsePositives, collisionProbability,
    collisionsExpected, idsForCollision,
  ]

  private static let bloom = """
    Bloom, "Space/time trade-offs in hash coding with allowable errors", Communications of the \
    ACM 13(7), 1970; Broder and Mitzenmacher, "Network Applications of Bloom Filters: A Survey", \
    Internet Mathematics 1(4), 2004
    """
  private static let birthday = """
    The occupancy problem and the birthday problem, \
    https://commit-web.commit.tu-berlin.de/en/book/fsp/chapter/ch03/section/s03
    """

  private static let bloomSize = EstimateFunction(
    name: "bloom_size", group: .sets, signature: "(keys: A, false_positives: 1) -> information",
    summary: "The size of a Bloom filter for a number of keys and a share of false positives.",
    formula: "bits = keys * -ln(false_positives) / (ln 2)^2",
    assumptions: """
      With the best number of hash functions (bloom_hashes) and independent, even hashes. The \
      length of the keys does not matter; beyond the number of keys the errors rise quickly.
      """,
    example: .init(call: "bloom_size(1e9 keys, 1%)", result: "1.198 GB"), source: bloom,
    compute: { (arguments) throws(FormulaRefusal) in
      let keys = try arguments.atLeast0(0)
      return keys * BloomSizing.bitsPerKey(falsePositives: try arguments.innerShare(1))
    })

  private static let bloomBitsPerKey = EstimateFunction(
    name: "bloom_bits_per_key", group: .sets, signature: "(false_positives: 1) -> information",
    summary: "The room that each key takes in a Bloom filter.",
    formula: "bits = -ln(false_positives) / (ln 2)^2",
    assumptions:
      "With the best number of hash functions; ten times fewer errors take 4.8 bits more.",
    example: .init(call: "bloom_bits_per_key(1%)", result: "9.585 bits"), source: bloom,
    compute: { (arguments) throws(FormulaRefusal) in
      BloomSizing.bitsPerKey(falsePositives: try arguments.innerShare(0))
    })

  private static let bloomHashes = EstimateFunction(
    name: "bloom_hashes", group: .sets, signature: "(false_positives: 1) -> 1",
    summary: "The best number of hash functions of a Bloom filter.",
    formula: "hashes = -log2(false_positives), rounded, at least 1",
    assumptions: "For a filter of the size that bloom_size gives.",
    example: .init(call: "bloom_hashes(1%)", result: "7"), source: bloom,
    compute: { (arguments) throws(FormulaRefusal) in
      BloomSizing.hashes(falsePositives: try arguments.innerShare(0))
    })

  private static let bloomFalsePositives = EstimateFunction(
    name: "bloom_false_positives", group: .sets,
    signature: "(keys: A, size: information, hashes: 1) -> share",
    summary: "The share of absent keys that a Bloom filter takes for present.",
    formula: "share = (1 - e^(-hashes * keys / bits))^hashes",
    assumptions: """
      The usual approximation, close for filters of more than a few hundred bits; hashes are \
      independent and even.
      """,
    example: .init(call: "bloom_false_positives(1e9 keys, 1.2 GB, 7)", result: "0.9965%"),
    source: bloom,
    compute: { (arguments) throws(FormulaRefusal) in
      let keys = try arguments.above0(0)
      let bits = try arguments.above0(1)
      return BloomSizing.falsePositives(
        bitsPerKey: bits / keys, hashes: try arguments.atLeast1(2))
    })

  private static let collisionProbability = EstimateFunction(
    name: "collision_probability", group: .sets, signature: "(ids: A, space: B) -> share",
    summary: "The probability that at least two random identifiers are the same.",
    formula: """
      P = 1 - (1 - 1/m) (1 - 2/m) ... (1 - (n - 1)/m)
      n = ids, m = space; nearly 1 - e^(-n^2 / 2m)
      """,
    assumptions: """
      Each identifier is drawn from the whole space, all equally likely. A bad source of \
      randomness, or a hash cut short, has a smaller space than it seems.
      """,
    example: .init(call: "collision_probability(1M keys, 62^7)", result: "13.24%"),
    source: birthday,
    compute: { (arguments) throws(FormulaRefusal) in
      IdentifierCollisions.probability(
        ids: try arguments.atLeast0(0), space: try arguments.atLeast1(1))
    })

  private static let collisionsExpected = EstimateFunction(
    name: "collisions_expected", group: .sets, signature: "(ids: A, space: B) -> A",
    summary: "How many random identifiers fall on one that is taken already.",
    formula: "n - m (1 - (1 - 1/m)^n), nearly n^2 / 2m; n = ids, m = space",
    assumptions: """
      Each identifier is drawn once from the whole space, all equally likely. Who draws again \
      after a collision draws that many times more, and a few on top.
      """,
    example: .init(call: "collisions_expected(12e9 keys, 62^7)", result: "2.042e7 keys"),
    source: birthday,
    compute: { (arguments) throws(FormulaRefusal) in
      IdentifierCollisions.expected(
        ids: try arguments.atLeast0(0), space: try arguments.atLeast1(1))
    })

  private static let idsForCollision = EstimateFunction(
    name: "ids_for_collision", group: .sets, signature: "(space: A, probability: 1) -> A",
    summary: "How many random identifiers there are when two are the same with a probability.",
    formula: "the smallest n with collision_probability(n, space) >= probability",
    assumptions: """
      Each identifier is drawn from the whole space, all equally likely. Half of a chance comes \
      at about 1.18 sqrt(space).
      """,
    example: .init(call: "ids_for_collision(62^7, 50%)", result: "2.209M"), source: birthday,
    compute: { (arguments) throws(FormulaRefusal) in
      let space = try arguments.atLeast1(0)
      return IdentifierCollisions.ids(space: space, probability: try arguments.percentile(1))
    })
}
