/// The functions that the estimation language offers.
public enum EstimateFunctions {
  /// All of them, in the order in which help lists them: one group after the other.
  public static let all: [EstimateFunction] =
    LoadFunctions.all + StorageFunctions.all + QueueFunctions.all + PoolFunctions.all
    + ScalingFunctions.all + AvailabilityFunctions.all + LatencyFunctions.all
    + FilterFunctions.all + CacheFunctions.all
}
