import Kernel

/// The size of a Bloom filter and its errors.
///
/// Source: Bloom, "Space/time trade-offs in hash coding with allowable errors", Communications of
/// the ACM 13(7), 1970; the formulas in this form: Broder and Mitzenmacher, "Network Applications
/// of Bloom Filters: A Survey", Internet Mathematics 1(4), 2004.
public enum BloomSizing {
  /// The bits a key takes at the best number of hash functions, for the share `falsePositives`
  /// (between 0 and 1) of absent keys that seem present.
  public static func bitsPerKey(falsePositives: Double) -> Double {
    let log2 = PortableMath.log(2)
    return -PortableMath.log(falsePositives) / (log2 * log2)
  }

  /// The whole number of hash functions nearest to the best one, at least 1.
  public static func hashes(falsePositives: Double) -> Double {
    max(1, (-PortableMath.log2(falsePositives)).rounded())
  }

  /// The share of absent keys that seem present with `bitsPerKey` bits (above 0) and `hashes` hash
  /// functions for each key.
  public static func falsePositives(bitsPerKey: Double, hashes: Double) -> Double {
    PortableMath.power(-PortableMath.expm1(-hashes / bitsPerKey), hashes)
  }
}
