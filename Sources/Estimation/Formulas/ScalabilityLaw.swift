/// How many times the throughput of one machine a number of machines has.
///
/// Source: Gunther, "Guerrilla Capacity Planning" (2007), chapters 4 to 6.
public enum ScalabilityLaw {
  /// The universal scalability law: `machines` (1 or more) with the share `contention` of the
  /// work one after the other and the cost `coherence` for every pair that has to agree.
  public static func capacity(
    machines: Double, contention: Double, coherence: Double
  ) -> Double {
    let others = machines - 1
    return machines / (1 + contention * others + coherence * machines * others)
  }

  /// The number of machines with the most throughput; more of them make it fall.
  ///
  /// `coherence` lies above 0. The result is not whole, and 1 where even a second machine harms.
  public static func peak(contention: Double, coherence: Double) -> Double {
    max(1, ((1 - contention) / coherence).squareRoot())
  }
}
