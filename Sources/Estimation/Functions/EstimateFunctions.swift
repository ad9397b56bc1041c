/// The functions that the estimation language offers.
public enum EstimateFunctions {
  /// All of them, in the order in which help lists them: one group after the other.
  public static let all: [EstimateFunction] = []
}
