/// A formula of system design that the estimation language offers by name.
///
/// It carries all that help and the checker need: what it takes, what it says, when it holds,
/// an example that is run as a test, and the place where a reader finds the formula.
public struct EstimateFunction: Sendable {
  /// The heading under which help lists a function.
  public enum Group: String, Sendable, Hashable, CaseIterable {
    /// From averages to peaks, and growth over time.
    case load = "Rates, peaks and growth"
    /// From what comes in to what lies on disks.
    case storage = "Storage"
    /// Waiting in front of servers.
    case queueing = "Queues"
    /// How throughput grows with the number of machines.
    case scaling = "Scaling"
    /// How parts that fail make a whole that fails.
    case availability = "Availability"
    /// Slow answers of many parts at once.
    case latency = "Latency and fan-out"
    /// Filters, random identifiers, caches and consistent-hash rings.
    case sets = "Filters, identifiers, caches and rings"
    /// What amounts cost; no function of `EstimateFunctions` is here, the language prices with a
    /// `Tariff` itself.
    case money = "Money"
  }

  /// A call in the estimation language and what it yields.
  public struct Example: Sendable, Hashable {
    /// The call as typed; it may end in `-> UNIT`.
    public let call: String
    /// An expression of the language that lies within 0.5 % of what the call yields.
    public let result: String
  }

  /// The name as typed, in snake case.
  public let name: String
  /// The heading under which help lists it.
  public let group: Group
  /// The parameters and the result with their dimensions, as in
  /// `(rate: A/time, service: time, servers: B) -> time`.
  ///
  /// A pattern is a product of factors joined by `*` and `/`: `1` for a plain number, `share` for one that is
  /// shown in percent, `time`,
  /// `information`, `money`, or one capital letter, which stands for any dimension and for the
  /// same one throughout. A parameter may have a default (`factor: 1 = 2`); the last one may
  /// be variadic (`values: 1...`, at least one).
  public let signature: String
  /// What it answers, in one sentence.
  public let summary: String
  /// The formula in plain text, readable at 80 columns.
  public let formula: String
  /// When the formula holds and when it misleads.
  public let assumptions: String
  /// A call that is run as a test.
  public let example: Example
  /// Author, title, year and the place where a reader finds the formula.
  public let source: String
  /// The exponents of the arguments where the formula is their product and nothing else, so that a
  /// product of ranges stays exact; nil for all other formulas.
  public var product: [Int]? = nil
  /// The formula itself, on arguments in base units: seconds, bits, dollars, plain counts, and
  /// shares from 0 to 1.
  ///
  /// The arguments are complete (defaults are filled in) and in the order of the signature; the
  /// result is in base units too. It allocates nothing, since an estimate with ranges calls it
  /// for every sample. It throws when an argument lies outside what the formula describes.
  public let compute:
    @Sendable (_ arguments: UnsafeBufferPointer<Double>) throws(FormulaRefusal) -> Double
}

/// Why a formula has no answer for the arguments it was given.
public struct FormulaRefusal: Error, Hashable, Sendable {
  /// The place of the argument that does not fit, counted from 0.
  public let argument: Int
  /// What is wrong with it, to follow its name: `is not above 0`.
  public let reason: String
  /// What would fit: `a share between 0 and 1`.
  public let expected: String
}
